"""The signed token by which the edge knows who sends a gift, without asking the database.

A page gives it to its own script; no other site can read it, so it guards against forged requests
as well. It is good for an hour, and for nothing but gifts.
"""

import datetime as dt
import hashlib
import hmac

from takings.core import clock
from takings.core.errors import Forbidden

LIFE = dt.timedelta(hours=1)
SIGNATURE_CHARS = 32


class BadSenderToken(Forbidden):
    """Missing, forged or too old."""

    code = "bad_sender_token"
    sentence = "This page is too old to send gifts; reload it and send it again."


def sign_sender(*, user_id: int, key: str, at: dt.datetime) -> str:
    """Return the token ``<user>.<issued, ms>.<signature>`` (HMAC-SHA256)."""
    body = f"{user_id}.{clock.to_ms(at)}"
    return f"{body}.{_signature(body, key)}"


def read_sender(*, token: str, key: str, at: dt.datetime) -> int:
    """Return whose token it is. Refuses: BadSenderToken."""
    body, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        raise BadSenderToken
    user, _, issued = body.partition(".")
    if at - clock.from_ms(int(issued)) > LIFE:
        raise BadSenderToken
    return int(user)


def _signature(body: str, key: str) -> str:
    digest = hmac.new(f"gift:{key}".encode(), body.encode(), hashlib.sha256)
    return digest.hexdigest()[:SIGNATURE_CHARS]
