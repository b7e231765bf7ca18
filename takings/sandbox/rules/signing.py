"""How a message is signed: HMAC-SHA256 over its time and its body, as card companies do."""

import datetime as dt
import hashlib
import hmac
import re

HEADER = "Sandbox-Signature"
TOLERANCE = dt.timedelta(minutes=5)
_SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def sign(body: bytes, *, secret: str, at: dt.datetime) -> str:
    """Return the value of the header: ``t=<unix seconds>,v1=<hex>``."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(body, secret=secret, seconds=seconds)}"


def is_signed(body: bytes, *, signature: str, secret: str, at: dt.datetime) -> bool:
    """Tell whether the body was signed with this secret, within five minutes of ``at``."""
    found = _SIGNATURE.fullmatch(signature)
    if found is None:
        return False
    seconds = int(found[1])
    wanted = _digest(body, secret=secret, seconds=seconds)
    is_fresh = abs(int(at.timestamp()) - seconds) <= TOLERANCE.total_seconds()
    return hmac.compare_digest(wanted, found[2]) and is_fresh


def _digest(body: bytes, *, secret: str, seconds: int) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
