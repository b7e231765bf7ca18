"""What is sealed: entries, batches and tree heads as canonical bytes, and signed heads.

Every document is a JSON object without spaces, keys sorted, in UTF-8; instants are UTC to the
microsecond; amounts are whole micro-units. Whoever holds a document can hash it without us.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from takings.ledger.rules.drafts import EntryHead
from takings.ledger.rules.merkle import leaf_hash

Document = Mapping[str, object]


def entry_document(
    head: EntryHead, transfers: Sequence[tuple[str, str, str, int]]
) -> dict[str, object]:
    """Return the whole entry; a transfer is [debit, credit, currency, micro-units]."""
    return {
        "id": str(head.id),
        "number": head.number,
        "kind": head.kind,
        "reference": head.reference,
        "policy_version": head.policy_version,
        "memo": head.memo,
        "occurred_at": instant(head.occurred_at),
        "posted_at": instant(head.posted_at),
        "reverses": None if head.reverses is None else str(head.reverses),
        "transfers": [list(row) for row in transfers],
    }


def batch_document(
    *, number: int, entry_count: int, entries_root: bytes, sealed_at: dt.datetime
) -> dict[str, object]:
    """Return what the tree's leaf of a batch says."""
    return {
        "batch": number,
        "entries": entry_count,
        "root": entries_root.hex(),
        "sealed_at": instant(sealed_at),
    }


def head_document(
    *, size: int, root: bytes, signed_at: dt.datetime, public_key: bytes
) -> dict[str, object]:
    """Return what a tree head says: so many batches have this root."""
    return {
        "size": size,
        "root": root.hex(),
        "signed_at": instant(signed_at),
        "public_key": public_key.hex(),
    }


def instant(at: dt.datetime) -> str:
    """Return an instant in UTC, always to the microsecond: ``2026-11-02T12:00:00.000000Z``."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(document: Document) -> bytes:
    """Return the one spelling of a document."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def leaf_of(document: Document) -> bytes:
    """Return the leaf hash of a document."""
    return leaf_hash(canonical(document))


def signing_key(secret: str) -> Ed25519PrivateKey:
    """Return the key that belongs to a secret."""
    seed = hashlib.sha256(b"takings tree heads\x00" + secret.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def is_signed(document: Document, *, signature: bytes, public_key: bytes) -> bool:
    """Tell whether the signature is this key's, over this document."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, canonical(document))
    except (InvalidSignature, ValueError):
        return False
    return True


def published_head(line: str | bytes) -> tuple[int, bytes]:
    """Return (size, root) of a published head: a line that is a signed head document."""
    head = json.loads(line)
    return int(head["size"]), bytes.fromhex(head["root"])
