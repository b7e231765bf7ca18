"""How a refusal, which knows no HTTP, becomes a status code at an entrance."""

from collections.abc import Mapping
from types import MappingProxyType

from takings.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooMuch,
    Unavailable,
)

BAD_REQUEST, NOT_ALLOWED, CONTENT_TOO_LARGE = 400, 405, 413
STATUS: Mapping[type[Refusal], int] = MappingProxyType(
    {
        Invalid: 422,
        Forbidden: 403,
        NotFound: 404,
        Conflict: 409,
        TooMuch: 429,
        Unavailable: 503,
    }
)
NONE: Mapping[type[Refusal], int] = MappingProxyType({})


def status_of(
    refusal: Refusal, *, own: Mapping[type[Refusal], int] = NONE, otherwise: int = BAD_REQUEST
) -> int:
    """Return the HTTP status of a refusal: the nearest of its classes decides.

    ``own`` are the entrance's, which go before; ``otherwise`` is that of no known kind.

    >>> class Late(Conflict):
    ...     code = "late"
    >>> status_of(Late()), status_of(Late(), own={Late: 410}), status_of(Refusal())
    (409, 410, 400)
    """
    known = {**STATUS, **own}
    return next((known[kind] for kind in type(refusal).__mro__ if kind in known), otherwise)
