"""What happened after a click: reported by the advertiser, believed when it is signed and fits.

The rule is **the last click**: a report names the click that led to it, and it counts when that
click was a person's, came before and is no older than the window. Views without a click lead to
nothing: nobody is recognised on somebody else's site.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from takings.core.errors import Invalid
from takings.money import Money

WINDOWS = (1, 7, 30)
CLICK_PARAMETER = "takings_click"
MOST_SKEW = dt.timedelta(minutes=5)
"""How far the clock of whoever reports may be from ours: after that a copy is worth nothing."""
LONGEST_TIMESTAMP = 12
_SIGNATURE_BYTES = 16


class Refused(StrEnum):
    """Why a report is not a conversion."""

    FORGED = "forged"
    STALE = "stale"
    UNKNOWN_CLICK = "unknown_click"
    OTHER_ADVERTISER = "other_advertiser"
    NO_PERSON = "no_person"
    BEFORE_CLICK = "before_click"
    TOO_LATE = "too_late"
    IN_FUTURE = "in_future"
    OTHER_CURRENCY = "other_currency"

    @property
    def sentence(self) -> str:
        """The reason as the advertiser reads it."""
        return _SENTENCES[self]


_SENTENCES = {
    Refused.FORGED: "The signature does not fit the text, or was made with another secret.",
    Refused.STALE: "The timestamp is more than five minutes from our clock.",
    Refused.UNKNOWN_CLICK: "The click id is none that we gave, or nobody came with it.",
    Refused.OTHER_ADVERTISER: "The click was on an ad of another advertiser.",
    Refused.NO_PERSON: "The click did not count, or no person saw the ad.",
    Refused.BEFORE_CLICK: "It happened before the click.",
    Refused.TOO_LATE: "It happened after the window that begins with the click.",
    Refused.IN_FUTURE: "It is said to happen later than now.",
    Refused.OTHER_CURRENCY: "The value is not in the campaign's currency.",
}


class BadReport(Invalid):
    """A report has an order, a click, and perhaps an instant and a value."""

    code = "bad_report"
    sentence = "{why}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says; ``order_id`` is the advertiser's, one conversion each."""

    order_id: str
    click_id: str
    at: dt.datetime
    value: Money | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """A click: on whose ad, when, in which currency its campaign pays, and whether it counted."""

    brand_id: int
    clicked_at: dt.datetime
    currency: str
    is_valid: bool


def attribute(
    said: Said, *, touch: Touch | None, brand_id: int, click_days: int, now: dt.datetime
) -> Refused | None:
    """Return why a report is no conversion of its click, or None: it is one."""
    if touch is None:
        return Refused.UNKNOWN_CLICK
    checks = {
        Refused.OTHER_ADVERTISER: touch.brand_id != brand_id,
        Refused.NO_PERSON: not touch.is_valid,
        Refused.BEFORE_CLICK: said.at < touch.clicked_at,
        Refused.IN_FUTURE: said.at > now + MOST_SKEW,
        Refused.TOO_LATE: said.at > touch.clicked_at + dt.timedelta(days=click_days),
        Refused.OTHER_CURRENCY: said.value is not None and said.value.currency != touch.currency,
    }
    return next((reason for reason, applies in checks.items() if applies), None)


def make_click_id(decision_id: uuid.UUID, *, secret: str) -> str:
    """Return the name under which an advertiser knows a click: nobody else can make one."""
    payload = decision_id.bytes
    return _text(payload + hmac.digest(_key(secret), payload, "sha256")[:_SIGNATURE_BYTES])


def read_click_id(click_id: str, *, secrets: Sequence[str]) -> uuid.UUID | None:
    """Return the decision behind a click id, or None when it is not ours."""
    try:
        raw = base64.urlsafe_b64decode(click_id + "=" * (-len(click_id) % 4))
    except (binascii.Error, ValueError):
        return None
    payload, signature = raw[:16], raw[16:]
    for secret in secrets:
        expected = hmac.digest(_key(secret), payload, "sha256")[:_SIGNATURE_BYTES]
        if hmac.compare_digest(signature, expected):
            return uuid.UUID(bytes=payload)
    return None


def with_click_id(url: str, click_id: str) -> str:
    """Return a landing page's address that tells its owner which click led there.

    Every other byte stays: an address may be signed.
    """
    parts = urlsplit(url)
    given = [one for one in parts.query.split("&") if one]
    kept = [one for one in given if one.partition("=")[0] != CLICK_PARAMETER]
    return urlunsplit(parts._replace(query="&".join([*kept, f"{CLICK_PARAMETER}={click_id}"])))


def reporting_secret(goal_id: uuid.UUID, *, number: int, secret: str) -> str:
    """Return the secret by which an advertiser signs reports: the goal's, of this number.

    It is made from the installation's secret each time, so that it stands nowhere.
    """
    said = f"takings conversion secret\0{goal_id}\0{number}".encode()
    return _text(hmac.digest(hashlib.sha256(secret.encode()).digest(), said, "sha256"))


def check_signature(
    body: bytes, *, timestamp: str, signature: str, secrets: Sequence[str], now: dt.datetime
) -> Refused | None:
    """Return why a signed report is not believed, or None.

    Signed is ``<timestamp>.<body>``, HMAC-SHA256 in hex; the timestamp is in seconds since 1970.
    """
    text = timestamp.encode() + b"." + body
    given = signature.encode("ascii", "replace")
    made = [hmac.new(one.encode(), text, hashlib.sha256).hexdigest().encode() for one in secrets]
    if not any(hmac.compare_digest(one, given) for one in made):
        return Refused.FORGED
    is_time = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP
    if not is_time or abs(int(now.timestamp()) - int(timestamp)) > MOST_SKEW.total_seconds():
        return Refused.STALE
    return None


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"takings click id\0" + secret.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
