"""How a refusal of the domain, which knows no HTTP, becomes a status code. No Django here."""

from collections.abc import Sequence

from takings.core import statuses
from takings.core.errors import Refusal, TooMuch

NOT_SIGNED_IN = "not_signed_in"


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal: by its kind, with the two exceptions HTTP itself makes.

    A size limit (code ending in ``too_large``) is 413 while every other :class:`TooMuch` is 429
    (RFC 9110 §15.5.14, RFC 6585 §4); someone who has not signed in gets 401, not 403
    (RFC 9110 §15.5.2).

    >>> class Long(TooMuch):
    ...     code = "title_too_large"
    >>> status_of(Long())
    413
    """
    if refusal.code == NOT_SIGNED_IN:
        return 401
    if isinstance(refusal, TooMuch) and refusal.code.endswith("too_large"):
        return statuses.CONTENT_TOO_LARGE
    return statuses.status_of(refusal)


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
