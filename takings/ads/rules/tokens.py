"""The signed decision: all that billing needs to know later, carried by the player meanwhile.

A token is ``<key id>.<payload>.<signature>``: the payload is a fixed binary record, the signature
HMAC-SHA256 cut to 128 bits (RFC 2104 §5 allows half of the digest). Nothing in it is secret.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from takings.core import ids
from takings.core.errors import Invalid
from takings.money import Money

_RECORD = struct.Struct(">BB16s16s16s16s16s16sq3s2s")
_VERSION = 1
_SIGNATURE_BYTES = 16
_KEY_ID_CHARS = 4
LONGEST_TOKEN = 400
NO_VIDEO = uuid.UUID(int=0)


class ForgedToken(Invalid):
    """No key of ours made this signature over this payload."""

    code = "forged_token"
    sentence = "This ad token was not made by us."


class Placement(IntEnum):
    """Where an ad is shown: between two videos, or before, within or after one."""

    FEED = 1
    PRE = 2
    MID = 3
    POST = 4

    @property
    def word(self) -> str:
        """The place as targeting names it: ``feed``, ``pre``, ``mid`` or ``post``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Decision:
    """One ad chosen for one viewer, at a price fixed now. Its id (UUIDv7) holds the time.

    ``lease_id`` names the reserved money that pays; ``after_video_id`` is the post that it
    follows, or stands in.
    """

    decision_id: uuid.UUID
    campaign_id: uuid.UUID
    lease_id: uuid.UUID
    creative_id: uuid.UUID
    after_video_id: uuid.UUID
    viewer_id: uuid.UUID
    price: Money
    country: str
    placement: Placement = Placement.FEED

    @property
    def issued_at(self) -> dt.datetime:
        """When the decision was taken, to the millisecond."""
        return ids.time_of(self.decision_id)


class KeyRing:
    """The keys that sign and check tokens: the first signs, all of them check.

    To change keys, put the new secret first and keep the old ones for the life of a token.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        """Derive one key per secret; the key id names it without telling it."""
        keys = [hashlib.sha256(b"takings ad token\0" + one.encode()).digest() for one in secrets]
        self._keys = {hashlib.sha256(key).hexdigest()[:_KEY_ID_CHARS]: key for key in keys}
        self._signing_id = next(iter(self._keys))

    def sign(self, decision: Decision) -> str:
        """Return the decision as a signed token."""
        payload = base64.urlsafe_b64encode(_pack(decision)).rstrip(b"=").decode()
        body = f"{self._signing_id}.{payload}"
        return f"{body}.{self.signature(body)}"

    def signature(self, body: str) -> str:
        """Return what the signing key makes of ``<key id>.<payload>``."""
        return _signature(body, self._keys[self._signing_id])

    def read(self, token: str) -> Decision:
        """Return the decision inside a token, or refuse with :class:`ForgedToken`."""
        body, _, signature = token.rpartition(".")
        key_id, _, payload = body.partition(".")
        key = self._keys.get(key_id)
        if key is None or len(token) > LONGEST_TOKEN or not token.isascii():
            raise ForgedToken
        if not hmac.compare_digest(signature, _signature(body, key)):
            raise ForgedToken
        return _unpack(payload)


def _pack(decision: Decision) -> bytes:
    return _RECORD.pack(
        _VERSION,
        decision.placement,
        decision.decision_id.bytes,
        decision.campaign_id.bytes,
        decision.lease_id.bytes,
        decision.creative_id.bytes,
        decision.after_video_id.bytes,
        decision.viewer_id.bytes,
        decision.price.micros,
        decision.price.currency.encode(),
        decision.country.encode(),
    )


def _unpack(payload: str) -> Decision:
    try:
        record = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        version, placement, *identifiers, micros, currency, country = _RECORD.unpack(record)
    except (binascii.Error, struct.error):
        raise ForgedToken from None
    if version != _VERSION:
        raise ForgedToken
    decision, campaign, lease, creative, after, viewer = (uuid.UUID(bytes=x) for x in identifiers)
    return Decision(
        decision_id=decision,
        campaign_id=campaign,
        lease_id=lease,
        creative_id=creative,
        after_video_id=after,
        viewer_id=viewer,
        price=Money(micros, currency.decode()),
        country=country.decode(),
        placement=Placement(placement),
    )


def _signature(body: str, key: bytes) -> str:
    digest = hmac.digest(key, body.encode(), "sha256")[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
