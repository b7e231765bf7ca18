"""How a refusal of the domain, which knows no HTTP, becomes a status code. No Django here."""

from collections.abc import Sequence

from takings.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooMuch,
    Unavailable,
)

STATUS_OF_KIND: dict[type[Refusal], int] = {
    Invalid: 422,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMuch: 429,
    Unavailable: 503,
}
BAD_REQUEST = 400
CONTENT_TOO_LARGE = 413
NOT_SIGNED_IN = "not_signed_in"


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal: by its kind, with the two exceptions HTTP itself makes.

    A size limit (code ending in ``too_large``) is 413 while every other :class:`TooMuch` is 429
    (RFC 9110 §15.5.14, RFC 6585 §4); someone who has not signed in gets 401, not 403
    (RFC 9110 §15.5.2).

    >>> class Late(Conflict):
    ...     code = "late"
    >>> status_of(Late())
    409
    """
    if refusal.code == NOT_SIGNED_IN:
        return 401
    if isinstance(refusal, TooMuch) and refusal.code.endswith("too_large"):
        return CONTENT_TOO_LARGE
    kinds = (status for kind, status in STATUS_OF_KIND.items() if isinstance(refusal, kind))
    return next(kinds, BAD_REQUEST)


def sentence_of(problems: Sequence[tuple[tuple[str | int, ...], str]]) -> str:
    """Return one sentence for the problems of a request, each given as (where, what).

    >>> sentence_of([(("body", "change", "title"), "Field required")])
    'title: field required.'
    """
    parts = []
    for where, what in problems:
        name = str(where[-1]) if where else "request"
        parts.append(f"{name}: {what[:1].lower()}{what[1:]}")
    return "; ".join(parts) + "."
