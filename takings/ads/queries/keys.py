"""The keys of this installation's ad tokens."""

from django.conf import settings

from takings.ads.rules.tokens import KeyRing


def key_ring() -> KeyRing:
    """Return the keys of this installation: the present secret, and those it replaced."""
    return KeyRing(
        [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )
