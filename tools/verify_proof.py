"""Check a proof of Takings' books without Takings: `python verify_proof.py PROOF.json`.

Needs nothing but Python ≥ 3.10 and shares no code with what made the proof. It checks

* a proof of an entry: the entry hashes into its batch, the batch into a tree head, and the head is
  signed (RFC 9162 hashing, Ed25519 of RFC 8032);
* a proof of consistency: both heads are signed and the older tree is a prefix of the newer one.

`--key HEX` (or a head you kept: `--head HEAD.json`) says whose signature you trust.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Point = tuple[int, int, int, int]
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha256(data: bytes) -> bytes:
    """Return the SHA-256."""
    return hashlib.sha256(data).digest()


def read(name: str) -> str:
    """Return the text of a file."""
    return Path(name).read_text(encoding="utf-8")


def spell(document: Json) -> bytes:
    """Return the one spelling of a document."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def leaf(document: Json) -> bytes:
    """Return the hash of a leaf (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + spell(document))


def pair(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours."""
    return sha256(b"\x01" + left + right)


def demand(holds: bool, sentence: str) -> None:
    """End with a sentence unless it holds."""
    if not holds:
        sys.exit("WRONG: " + sentence)


def root_of(hashed: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Walk from a leaf to the root (RFC 9162, 2.1.3.2)."""
    demand(0 <= index < size, "a leaf lies outside of its tree")
    last = size - 1
    for step in path:
        demand(last > 0, "a path is too long")
        if index % 2 or index == last:
            hashed = pair(step, hashed)
            while index and not index % 2:
                index, last = index // 2, last // 2
        else:
            hashed = pair(hashed, step)
        index, last = index // 2, last // 2
    demand(last == 0, "a path is too short")
    return hashed


def is_prefix(old: int, new: int, roots: tuple[bytes, bytes], path: list[bytes]) -> bool:
    """Tell whether the tree of `old` leaves begins that of `new` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and roots[0] == roots[1]
    if not 0 < old < new or not path:
        return False
    path = list(path) if old & (old - 1) else [roots[0], *path]
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place // 2, last // 2
    first = second = path.pop(0)
    for step in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            first, second = pair(step, first), pair(step, second)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            second = pair(second, step)
        place, last = place // 2, last // 2
    return last == 0 and (first, second) == roots


def add(a: Point, b: Point) -> Point:
    """Add two points of edwards25519 in extended coordinates (RFC 8032, 5.1.4)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    w, x, y, z = f - e, h - g, h + g, f + e
    return w * x % P, y * z % P, x * y % P, w * z % P


def times(count: int, point: Point) -> Point:
    """Multiply a point."""
    total = (0, 1, 1, 0)
    while count:
        if count & 1:
            total = add(total, point)
        point = add(point, point)
        count >>= 1
    return total


def point_of(data: bytes) -> Point | None:
    """Decode a point (RFC 8032, 5.1.3); None if it is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE: Point = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
    1,
    46827403850823179245072216630277197565144205554125654976674165829533817101731,
)


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Verify an Ed25519 signature (RFC 8032, 5.1.7)."""
    if len(signature) != 64 or len(key) != 32:
        return False
    a, r = point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + key + message).digest()
    left = times(s, BASE)
    right = add(r, times(int.from_bytes(hashed, "little") % ORDER, a))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P
        or (left[1] * right[2] - right[1] * left[2]) % P
    )


def check_head(head: Json, trusted: str | None) -> bytes:
    """Check a signature; return the root that it is over."""
    said = {name: value for name, value in head.items() if name != "signature"}
    key = bytes.fromhex(head["public_key"])
    demand(
        is_signed(spell(said), bytes.fromhex(head["signature"]), key),
        "a tree head is not signed by its key",
    )
    demand(
        trusted is None or trusted == head["public_key"],
        "a tree head is signed by another key than yours",
    )
    return bytes.fromhex(head["root"])


def check_entry(proof: Json, trusted: str | None) -> str:
    """Check the way from an entry to a signed head."""
    batch, head = proof["batch"], proof["head"]
    path = [bytes.fromhex(step) for step in proof["entry_path"]]
    root = root_of(leaf(proof["entry"]), proof["position"], batch["entries"], path)
    demand(root.hex() == batch["root"], "the entry is not in its batch, or not as it says")
    path = [bytes.fromhex(step) for step in proof["batch_path"]]
    root = root_of(leaf(batch), batch["batch"], head["size"], path)
    demand(root == check_head(head, trusted), "the batch is not in the tree, or not as it says")
    place = f"number {proof['position']} of batch {batch['batch']}, sealed {batch['sealed_at']}"
    return f"entry {proof['entry']['id']} is {place}"


def check_consistency(proof: Json, trusted: str | None) -> str:
    """Check that nothing before the older head was changed."""
    old, new = proof["old"], proof["new"]
    roots = check_head(old, trusted), check_head(new, trusted)
    path = [bytes.fromhex(step) for step in proof["path"]]
    demand(
        is_prefix(old["size"], new["size"], roots, path),
        "the older tree is no prefix of the newer one",
    )
    return f"the tree of {old['size']} batches is a prefix of the tree of {new['size']}"


def main() -> None:
    """Check the proof that the command line names."""
    words = argparse.ArgumentParser(description="Check a proof of Takings' books.")
    words.add_argument("proof", help="the file with the proof, or - for standard input")
    words.add_argument("--key", help="the public key you trust, in hexadecimal digits")
    words.add_argument(
        "--head", help="a file with the tree head you kept: the proof must lead to it"
    )
    given = words.parse_args()
    try:
        proof = json.loads(sys.stdin.read() if given.proof == "-" else read(given.proof))
        check = check_entry if "entry" in proof else check_consistency
        said = check(proof, given.key)
        if given.head:
            kept = json.loads(read(given.head))
            known = [proof[name] for name in ("head", "old", "new") if name in proof]
            demand(kept in known, "the proof does not lead to the head you kept")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"WRONG: this is no proof: {error!r}")
    print("RIGHT: " + said)


if __name__ == "__main__":
    main()
