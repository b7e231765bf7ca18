"""Entries that fit a description, newest first, in pages by their number.

No index says what entries are about, for every posting would pay for it. A page looks through so
many entries as are soon looked through, and says where it stopped; the next goes on from there.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass

from django.db.models import Count, Q, Sum

from takings.ledger.models import Entry, Transfer
from takings.ledger.queries.entries import head_of
from takings.ledger.rules import AccountName, EntryHead, TransferDraft
from takings.money import Money

CHUNK = 500
SEARCHED = 100_000  # entries: a fifth of a second, whatever is asked of them and their transfers
Ends = tuple[int | None, int | None]
"""The numbers of the last entry seen and of the last to look at; ``None`` leaves an end open."""


@dataclass(frozen=True, slots=True)
class Instants:
    """A stretch of time, both ends included; ``None`` leaves an end open."""

    first: dt.datetime | None = None
    last: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries are wanted; what is left empty does not matter.

    ``account_prefix``, ``currency`` and ``at_least_micros`` speak of one and the same transfer: an
    entry fits when one of its transfers fits all three. ``reference_prefix`` is the beginning of a
    reference, ``reference`` the whole of it.
    """

    kind: str = ""
    reference: str = ""
    reference_prefix: str = ""
    policy_version: str = ""
    occurred: Instants = Instants()
    posted: Instants = Instants()
    account_prefix: AccountName = ""
    currency: str = ""
    at_least_micros: int = 0

    @property
    def asks_transfers(self) -> bool:
        """Tell whether the transfers have to be looked at."""
        return bool(self.account_prefix or self.currency or self.at_least_micros)


@dataclass(frozen=True, slots=True)
class EntryLine(EntryHead):
    """An entry without its transfers: how many there are, and what they move per currency."""

    transfer_count: int
    moved: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One transfer, at its place in its entry."""

    entry: EntryLine
    position: int
    transfer: TransferDraft


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries that fit. ``older`` is the number before which others may, if there are any.

    ``stopped_at`` is the last entry looked at, where ``searched_count`` had been looked through;
    None where the page is full, or there are no more.
    """

    lines: tuple[EntryLine, ...]
    older: int | None
    stopped_at: EntryHead | None = None
    searched_count: int = SEARCHED


def search_entries(*, wanted: EntryFilter, before: int | None = None, limit: int = 50) -> EntryPage:
    """Return entries that fit, newest first; ``before`` is the last page's ``older``."""
    last = _last(wanted, before=before)
    numbers = _numbers(wanted, ends=(before, last), limit=limit + 1)
    shown = numbers[:limit]
    if len(numbers) > limit:
        return EntryPage(_lines(shown), older=shown[-1])
    stopped_at = None if last is None else head_of(Entry.objects.get(number=last))
    return EntryPage(_lines(shown), last, stopped_at, SEARCHED)


def search_transfers(*, wanted: EntryFilter) -> Iterator[TransferLine]:
    """Yield every transfer of the entries that fit, newest entry first, a piece at a time."""
    before: int | None = None
    while True:
        last = _last(wanted, before=before)
        while numbers := _numbers(wanted, ends=(before, last), limit=CHUNK):
            yield from _transfers(numbers)
            before = numbers[-1]
        if last is None:
            return
        before = last


def _transfers(numbers: Collection[int]) -> Iterator[TransferLine]:
    known = {line.number: line for line in _lines(numbers)}
    rows = (
        Transfer.objects.filter(entry__number__in=known)
        .order_by("-entry__number", "position")
        .values_list("entry__number", "position", *_MOVE)
    )
    for number, position, debit, credit, code, micros in rows.iterator(chunk_size=CHUNK):
        moved = TransferDraft(debit=debit, credit=credit, amount=Money(micros, code))
        yield TransferLine(known[number], position, moved)


_MOVE = ("debit__name", "credit__name", "currency", "amount_micros")


def _last(wanted: EntryFilter, *, before: int | None) -> int | None:
    """Return the number of the last entry to look at; None where there is no reason to stop."""
    if wanted == EntryFilter():
        return None
    entries = Entry.objects.filter(_between(before, None)).order_by("-number")
    rest = list(entries.values_list("number", flat=True)[SEARCHED - 1 : SEARCHED + 1])
    return rest[0] if len(rest) > 1 else None


def _numbers(wanted: EntryFilter, *, ends: Ends, limit: int) -> list[int]:
    """Return the numbers of the entries that fit between the ends, newest first.

    An account may be on either side. The newest of each side are asked for apart; the newest of
    both together are among them.
    """
    if not wanted.asks_transfers:
        fitting = Entry.objects.filter(_about_entry(wanted), _between(*ends)).order_by("-number")
        return list(fitting.values_list("number", flat=True)[:limit])
    found: set[int] = set()
    for side in _sides(wanted):
        moves = (
            Transfer.objects.filter(side, _about_transfer(wanted))
            .filter(_about_entry(wanted, path="entry__"), _between(*ends, path="entry__"))
            .order_by("-entry__number")
            .values_list("entry__number", flat=True)
            .distinct()
        )
        found |= set(moves[:limit])
    return sorted(found, reverse=True)[:limit]


def _between(before: int | None, last: int | None, *, path: str = "") -> Q:
    older = Q() if before is None else Q((f"{path}number__lt", before))
    return older if last is None else older & Q((f"{path}number__gte", last))


def _sides(wanted: EntryFilter) -> tuple[Q, ...]:
    prefix = wanted.account_prefix
    if not prefix:
        return (Q(),)
    return Q(debit__name__startswith=prefix), Q(credit__name__startswith=prefix)


def _about_transfer(wanted: EntryFilter) -> Q:
    code = Q(currency=wanted.currency) if wanted.currency else Q()
    return code & Q(amount_micros__gte=wanted.at_least_micros) if wanted.at_least_micros else code


def _about_entry(wanted: EntryFilter, *, path: str = "") -> Q:
    """Return what is asked of an entry; ``path`` leads to it from where one stands."""
    asked: dict[str, object] = {
        "kind": wanted.kind,
        "reference": wanted.reference,
        "reference__startswith": wanted.reference_prefix,
        "policy_version": wanted.policy_version,
        "occurred_at__gte": wanted.occurred.first,
        "occurred_at__lte": wanted.occurred.last,
        "posted_at__gte": wanted.posted.first,
        "posted_at__lte": wanted.posted.last,
    }
    return Q(*((path + field, value) for field, value in asked.items() if value not in {"", None}))


def _lines(numbers: Collection[int]) -> tuple[EntryLine, ...]:
    moved: dict[int, list[Money]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    sums = (
        Transfer.objects.filter(entry__number__in=numbers)
        .values("entry__number", "currency")
        .annotate(micros=Sum("amount_micros"), transfers=Count("position"))
        .order_by("entry__number", "currency")
    )
    for row in sums:
        moved[row["entry__number"]].append(Money(int(row["micros"]), row["currency"]))
        counts[row["entry__number"]] += row["transfers"]
    return tuple(
        EntryLine(
            **asdict(head_of(entry)),
            transfer_count=counts[entry.number],
            moved=tuple(moved[entry.number]),
        )
        for entry in Entry.objects.filter(number__in=numbers).order_by("-number")
    )
