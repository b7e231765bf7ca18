"""Identifiers: time-ordered UUIDs (RFC 9562 version 7) and ids derived from names."""

import datetime as dt
import secrets
import uuid

from takings.core import clock

NAMESPACE = uuid.UUID("6f1b1c52-3e0a-5d2e-9c58-7a4b5c1d2e3f")


def uuid7(*, at: dt.datetime, entropy: int | None = None) -> uuid.UUID:
    """Return a UUIDv7: 48 bits of milliseconds, then 74 bits of ``entropy`` (random by default)."""
    bits = secrets.randbits(74) if entropy is None else entropy & (1 << 74) - 1
    high, low = bits >> 62, bits & (1 << 62) - 1
    return uuid.UUID(int=clock.to_ms(at) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def time_of(identifier: uuid.UUID) -> dt.datetime:
    """Return the instant inside a UUIDv7; ``ValueError`` for any other version."""
    if identifier.version != 7:  # noqa: PLR2004 - RFC 9562 version number
        message = f"{identifier} is not a UUIDv7"
        raise ValueError(message)
    return clock.from_ms(identifier.int >> 80)


def derived(*parts: object) -> uuid.UUID:
    """Return the one id that belongs to these parts: same parts, same id (UUIDv5).

    This is how repeated work meets itself: the second posting of the same fact has the same id.
    """
    return uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))
