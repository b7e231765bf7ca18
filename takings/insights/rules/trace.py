"""A trace: everything behind one amount, as values that a page, JSON and a terminal can show."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from takings.money import Money

RefKind = Literal[
    "line", "estimate", "entry", "impression", "view", "statement", "video", "campaign"
]

StopKind = Literal[
    "deposit",
    "impressions",
    "pool",
    "music",
    "share",
    "line",
    "views",
    "booking",
    "payable",
    "transfers",
    "view",
    "outcome",
    "split",
    "statement",
    "video",
]


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that can be opened: its kind and its id as text."""

    kind: RefKind
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing worth knowing, named; ``ref`` opens what it speaks of."""

    label: str
    value: str
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things an amount is made of, or is split into.

    ``tone`` is ``here`` for the part that the trace follows, ``quiet`` for the rest of it.
    """

    label: str
    amount: Money | None = None
    note: str = ""
    count: int | None = None
    at: dt.datetime | None = None
    ref: Ref | None = None
    tone: Literal["", "here", "quiet"] = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic: what is computed, from what, and the exact result."""

    what: str
    formula: str
    result: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the cent's way.

    ``samples`` are single things among many (impressions, showings), shown when asked for;
    ``left_out`` counts those that are not listed.
    """

    kind: StopKind
    title: str
    sentence: str
    amount: Money | None = None
    at: dt.datetime | None = None
    ref: Ref | None = None
    facts: tuple[Fact, ...] = ()
    parts: tuple[Part, ...] = ()
    samples: tuple[Part, ...] = ()
    left_out: int = 0
    steps: tuple[Step, ...] = ()
    here: bool = False


@dataclass(frozen=True, slots=True)
class Zoom:
    """A whole and the part of it that the next whole is: the picture from pool to line.

    ``permille`` is the part's share of the whole, floored, for drawing only.
    """

    whole: str
    amount: Money
    part: str
    permille: int


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule in a sentence, and the texts it follows."""

    topic: str
    sentence: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """The dated policy in words."""

    version: str
    effective_from: dt.date
    rules: tuple[PolicyRule, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of an amount, from where the money came in to where it is now."""

    ref: Ref
    title: str
    sentence: str
    amount: Money | None
    status: Literal["final", "estimated", "fact"]
    stops: tuple[Stop, ...]
    zooms: tuple[Zoom, ...] = ()
    policy: PolicyCard | None = None
