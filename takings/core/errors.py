"""Refusals: the only way a domain function says no.

A refusal is a class with a code for machines and a sentence for people. The domain knows no
HTTP: the five kinds below are translated at the entrances (pages, API, edge, command line).
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An action was refused; nothing changed.

    Subclasses set ``code`` (stable, snake_case) and ``sentence`` (what is wrong and what to do;
    ``{name}`` holes are filled from the keyword arguments, which stay readable as ``facts``).
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = "This is not possible."

    def __init__(self, **facts: object) -> None:
        """Keep the facts of the case and fill the sentence with them."""
        self.facts = facts
        super().__init__(self.sentence.format(**facts))


class Invalid(Refusal):
    """The input itself is wrong (HTTP 422)."""


class Forbidden(Refusal):
    """The person may not do this (HTTP 403)."""


class NotFound(Refusal):
    """There is no such thing, or none this person may see (HTTP 404)."""


class Conflict(Refusal):
    """The input is fine but the state of the world forbids it (HTTP 409)."""


class TooMuch(Refusal):
    """A limit of size or rate is reached (HTTP 413 or 429)."""


class Unavailable(Refusal):
    """Something we depend on cannot answer now; trying later may work (HTTP 503)."""
