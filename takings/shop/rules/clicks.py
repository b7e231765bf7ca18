"""The click on goods that a video shows: whose part of the sale it locks, signed, for some days."""

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

import msgspec

SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody came to these goods from a video, when its creator was offered this part."""

    product_id: UUID
    video_id: UUID
    affiliate_bp: int
    at: dt.datetime

    def counts(self, *, product_id: UUID, at: dt.datetime, window: dt.timedelta) -> bool:
        """Tell whether a sale of goods at an instant comes from it."""
        return self.product_id == product_id and dt.timedelta() <= at - self.at <= window


def sign_click(click: Click, *, key: str) -> str:
    """Return a token that carries a click through links and forms."""
    body = msgspec.json.encode(click)
    return base64.urlsafe_b64encode(_signature(body, key) + body).decode().rstrip("=")


def read_click(token: str, *, key: str) -> Click | None:
    """Return the click of a token; nothing for what we did not sign."""
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        signature, body = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(body, key)):
            return None
        return msgspec.json.decode(body, type=Click)
    except (ValueError, msgspec.MsgspecError):
        return None


def _signature(body: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), b"shop click" + body, hashlib.sha256).digest()[:SIGNATURE_BYTES]
