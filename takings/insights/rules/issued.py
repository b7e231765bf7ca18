"""An issued statement: everything it says, frozen as one text, under a number nobody can guess.

The text is JSON with its fields in one order, so that the same content is the same bytes; its
SHA-256 is printed on every form of the statement. Payment advices (``advice.py``) are made alike.
"""

import datetime as dt
import hashlib
import re
from typing import Literal
from uuid import UUID

import msgspec

from takings.money import Money

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_GROUPS, _GROUP_SIZE = 3, 4
_NUMBER = re.compile(r"[SP](?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None})
MOST_NUMBERS = 8

Verdict = Literal["valid", "tampered", "unknown"]
Form = Literal["pdf", "csv", "json"]


class Payee(msgspec.Struct, frozen=True):
    """Who is paid, as they were called when it was issued."""

    id: int
    handle: str
    name: str


class Span(msgspec.Struct, frozen=True):
    """The period [``starts_at``, ``ends_at``), and when its money leaves the hold window."""

    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    payable_from: dt.datetime


class Bar(msgspec.Struct, frozen=True):
    """One row of the waterfall; ``taken`` rows are subtracted."""

    name: str
    note: str
    micros: int
    tone: Literal["", "taken", "total"]


class NotCounted(msgspec.Struct, frozen=True):
    """Showings that did not count, and the rule that says why."""

    name: str
    rule: str
    showings: int


class Part(msgspec.Struct, frozen=True):
    """What a stream, a country, a video or a day brought; ``id`` is empty where the name says it.

    A stream has no count of views of its own.
    """

    name: str
    micros: int
    views: int = 0
    id: str = ""


class Shared(msgspec.Struct, frozen=True):
    """What one video gave to another creator (negative), or another's video gave to this one."""

    video_id: str
    title: str
    other: str
    micros: int


class Issued(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that a statement says. Each of the four lists of parts sums to ``earned``.

    ``micros`` is ``earned`` and what was ``shared`` with other creators: what is theirs.

    ``account`` are the balances of all of the creator's money at ``issued_at``; ``lines_sha256`` is
    the digest of the settlement's canonical lines, of which there are ``line_count``.

    After a correction ``revision`` is 2 or more, ``replaces`` the number of the one before, and
    ``because`` why. The first one has none of these fields.
    """

    number: str
    issued_at: dt.datetime
    verify_at: str
    payee: Payee
    period: Span
    policy: str
    currency: str
    earned: int
    micros: int
    views: int
    waterfall: tuple[Bar, ...]
    not_counted: tuple[NotCounted, ...]
    streams: tuple[Part, ...]
    countries: tuple[Part, ...]
    videos: tuple[Part, ...]
    days: tuple[Part, ...]
    shared: tuple[Shared, ...]
    account: tuple[Part, ...]
    line_count: int
    lines_sha256: str
    revision: int = 1
    replaces: str = ""
    because: str = ""

    def money(self, micros: int) -> Money:
        """Return so many micro-units in the statement's currency."""
        return Money(micros, self.currency)

    def canonical(self) -> bytes:
        """Return the content as JSON, its fields in the order above."""
        return msgspec.json.encode(self)


def read_issued(content: str) -> Issued:
    """Return what a stored text says."""
    return msgspec.json.decode(content, type=Issued)


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def number_of(secret: UUID, *, letter: Literal["S", "P"] = "S") -> str:
    """Return the number that the lowest 60 bits of a random id spell; P is a payment advice.

    >>> number_of(UUID(int=2**60 - 1)), number_of(UUID(int=33))
    ('S-ZZZZ-ZZZZ-ZZZZ', 'S-0000-0000-0011')
    """
    size = _GROUPS * _GROUP_SIZE
    letters = "".join(_LETTERS[secret.int >> 5 * place & 31] for place in reversed(range(size)))
    groups = (letters[start : start + _GROUP_SIZE] for start in range(0, size, _GROUP_SIZE))
    return f"{letter}-{'-'.join(groups)}"


def typed_number(text: str) -> str:
    """Return a number as it is stored, from what somebody typed off paper.

    >>> typed_number(" s-7kq4-m9zt-3wxo ")
    'S-7KQ4-M9ZT-3WX0'
    """
    return text.strip().upper().translate(_MISREAD)


def typed_digest(text: str) -> str:
    """Return a digest as it is stored, from what somebody typed or pasted."""
    return "".join(text.split()).lower()


def numbers_in(content: bytes) -> list[str]:
    """Return the numbers of documents that a file speaks of, the first few, without reading it.

    No parser meets a stranger's file: our PDF carries its number uncompressed, our CSV in its rows.
    """
    found = _NUMBER.findall(content.decode("latin-1"))
    return list(dict.fromkeys(found))[:MOST_NUMBERS]


def digests_in(content: bytes) -> list[str]:
    """Return the SHA-256 digests that a file speaks of, the first few, without reading it.

    The numbers of invoices can be guessed, so that one of ours is known by the digest beside it.
    """
    return list(dict.fromkeys(_DIGEST.findall(content.decode("latin-1"))))[:MOST_NUMBERS]


def verdict(*, is_known: bool, is_same: bool) -> Verdict:
    """Return what may be said of a number and of what came with it: one word."""
    if not is_known:
        return "unknown"
    return "valid" if is_same else "tampered"
