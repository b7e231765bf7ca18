"""The clock is read here and nowhere else; everything deeper takes the time as an argument."""

import datetime as dt

UTC = dt.UTC
_EPOCH, _MS = dt.datetime(1970, 1, 1, tzinfo=UTC), dt.timedelta(milliseconds=1)


def now() -> dt.datetime:
    """Return the current instant, aware, in UTC."""
    return dt.datetime.now(tz=UTC)


def said(instant: dt.datetime) -> str:
    """Return ``2026-11-26 12:00:00 UTC``: an instant as a sentence says it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def to_ms(instant: dt.datetime) -> int:
    """Return milliseconds since 1970-01-01 UTC, floored."""
    return (instant - _EPOCH) // _MS


def from_ms(ms: int) -> dt.datetime:
    """Return the instant ``ms`` milliseconds after 1970-01-01 UTC."""
    return _EPOCH + ms * _MS
