"""Secrets of ours at partners, encrypted in the database by the keys of this installation."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Seal:
    """Encrypts with the first of these secrets, reads with all (Fernet)."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Derive the keys."""
        keys = (hashlib.sha256(f"partner header:{one}".encode()).digest() for one in secrets)
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def lock(self, text: str) -> bytes:
        """Return the text encrypted; nothing stays nothing."""
        return self._fernet.encrypt(text.encode()) if text else b""

    def open(self, sealed: bytes) -> str | None:
        """Return the text, or None when it was encrypted with a secret that is gone."""
        try:
            return self._fernet.decrypt(sealed).decode() if sealed else ""
        except InvalidToken:
            return None
