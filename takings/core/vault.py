"""Encryption of what pages must not show: names, numbers of accounts and taxpayers, documents.

Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` package. A key may be changed: the
first secret of ``TAKINGS_VAULT_KEY`` encrypts, all of them decrypt.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from takings.core.errors import Conflict

APART = ","


class SealedWithOtherKey(Conflict):
    """The secret that encrypted this is not among those given."""

    code = "sealed_with_other_key"
    sentence = "This cannot be read with the secrets in TAKINGS_VAULT_KEY; add the older one."


class Vault:
    """Encrypts and decrypts texts with these secrets, apart by commas, the newest first."""

    def __init__(self, secrets: str) -> None:
        """Derive the keys."""
        self._keys = [_key(secret.strip()) for secret in secrets.split(APART) if secret.strip()]
        self._fernet = MultiFernet([Fernet(key) for key in self._keys])

    def lock(self, text: str) -> bytes:
        """Return the text encrypted; nothing stays nothing."""
        return self.lock_bytes(text.encode()) if text else b""

    def open(self, sealed: bytes | memoryview) -> str:
        """Return the text. Refuses: SealedWithOtherKey."""
        return self.open_bytes(sealed).decode() if sealed else ""

    def lock_bytes(self, content: bytes) -> bytes:
        """Return a file's bytes encrypted."""
        return self._fernet.encrypt(content)

    def open_bytes(self, sealed: bytes | memoryview) -> bytes:
        """Return a file's bytes. Refuses: SealedWithOtherKey."""
        try:
            return self._fernet.decrypt(bytes(sealed))
        except InvalidToken:
            raise SealedWithOtherKey from None

    def fingerprint(self, parts: Sequence[str]) -> str:
        """Return what tells equal secrets from others without telling them (HMAC-SHA256)."""
        text = "\x1f".join(parts).encode()
        return hmac.new(self._keys[-1], text, hashlib.sha256).hexdigest()


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"vault:{secret}".encode()).digest())
