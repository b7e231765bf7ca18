"""Pseudonyms of somebody who is erased: the same within a day, unlinkable beyond it."""

import datetime as dt
import hashlib
import hmac
import uuid

WORDS_BITS = 63
"""A network's hash is a positive 64-bit integer; 0 means that none is known."""


def pseudonym(*, key: bytes, day: dt.date) -> uuid.UUID:
    """Return who the person is on this day, to whoever does not have the key."""
    return uuid.UUID(bytes=_digest(key, f"viewer {day}")[:16])


def fresh_network(*, key: bytes, day: dt.date, network: int) -> int:
    """Return another hash for a network on this day, for everybody in it."""
    digest = _digest(key, f"network {day} {network}")
    return int.from_bytes(digest[:8], "big") >> (64 - WORDS_BITS) or 1


def _digest(key: bytes, subject: str) -> bytes:
    return hmac.digest(key, subject.encode(), hashlib.sha256)
