"""What the finance desk shows: where money stands, what is owed and for how long, what is wrong."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from takings.core.errors import NotFound
from takings.insights.models import Adjustment, BooksRun
from takings.insights.queries.desk import TrialSheet, last_books_run, trial_sheets
from takings.insights.queries.waiting import Entrusted, Waiting, entrusted, waiting
from takings.insights.rules.aging import EDGES_DAYS, NAMES, Became, aged, between
from takings.ledger import queries as ledger
from takings.ledger.queries.ripe import standing_since
from takings.ledger.queries.terms import locked_before
from takings.money import Money
from takings.people.queries import Visitor, access_operator
from takings.settlement.models import EarningsHold, Release
from takings.settlement.queries import open_holds

PLACES = ("bank", "provider:")
RECENT = 50


class UnknownAdjustment(NotFound):
    """No adjustment has this id."""

    code = "unknown_adjustment"
    sentence = "There is no adjustment {adjustment}."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the platform's own money lies: the bank, or a provider."""

    name: str
    balance: Money


@dataclass(frozen=True, slots=True)
class Aging:
    """What is payable to creators in a currency, by how long; ``owed_to_us`` stands below zero."""

    currency: str
    buckets: tuple[tuple[str, Money], ...]
    total: Money
    owed_to_us: Money


@dataclass(frozen=True, slots=True)
class Finance:
    """The finance desk's first page."""

    sheets: list[TrialSheet]
    places: list[Place]
    agings: list[Aging]
    escrow: list[Aging]
    holds: list[EarningsHold]
    run: BooksRun | None
    waiting: list[Adjustment]
    open: list[Waiting]
    entrusted: list[Entrusted]
    locked_before: dt.datetime | None


def finance(*, at: dt.datetime) -> Finance:
    """Return where everything stands now."""
    sheets = trial_sheets()
    return Finance(
        sheets=sheets,
        places=places(),
        agings=agings(at=at),
        escrow=escrow_agings(at=at),
        holds=open_holds(),
        run=last_books_run(),
        waiting=list(_adjustments(is_approved=None)),
        open=waiting(),
        entrusted=entrusted(sheets),
        locked_before=locked_before(),
    )


def places() -> list[Place]:
    """Return the balances of the bank and of each provider."""
    rows = [row for prefix in PLACES for row in ledger.balances(prefix=prefix)]
    return [Place(row.name, row.balance) for row in rows]


def agings(*, at: dt.datetime) -> list[Aging]:
    """Return what is payable to creators, by currency and age."""
    became: dict[tuple[str, str], list[Became]] = defaultdict(list)
    rows = Release.objects.values_list(
        "statement__creator_id", "statement__currency", "released_at", "statement__amount_micros"
    )
    for creator_id, code, released_at, micros in rows.iterator():
        became[f"creator:{creator_id}:payable", code].append(Became(released_at, micros))
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(NAMES))
    below: dict[str, int] = defaultdict(int)
    for row in ledger.balances(prefix="creator:"):
        if not row.name.endswith(":payable"):
            continue
        code, micros = row.balance.currency, row.balance.micros
        parts = aged(balance=micros, became=became[row.name, code], at=at)
        sums[code] = [old + new for old, new in zip(sums[code], parts, strict=True)]
        below[code] += min(micros, 0)
    return [_aging(code, sums[code], below[code]) for code in sorted(sums)]


def escrow_agings(*, at: dt.datetime) -> list[Aging]:
    """Return what waits in escrow (deals, requests, orders), by currency and age."""
    instants = [at, *(at - dt.timedelta(days=days) for days in EDGES_DAYS)]
    standing = [standing_since(prefix="escrow:", until=until) for until in instants]
    return [
        _aging(code, between([one[code].micros for one in standing]), 0)
        for code, now in standing[0].items()
        if now
    ]


def access_adjustment(*, user: Visitor, adjustment_id: UUID) -> Adjustment:
    """Return an adjustment to an operator. Refuses: OperatorsOnly, UnknownAdjustment."""
    access_operator(user=user)
    found = Adjustment.objects.select_related("proposed_by").filter(pk=adjustment_id).first()
    if found is None:
        raise UnknownAdjustment(adjustment=adjustment_id)
    return found


def answered_adjustments() -> list[Adjustment]:
    """Return the adjustments that were answered last."""
    return list(_adjustments(is_approved__isnull=False)[:RECENT])


def _adjustments(**wanted: bool | None) -> QuerySet[Adjustment]:
    rows = Adjustment.objects.filter(**wanted).select_related("proposed_by", "answered_by")
    return rows.order_by("-proposed_at", "-pk")


def _aging(code: str, micros: Sequence[int], below: int) -> Aging:
    parts = tuple((name, Money(one, code)) for name, one in zip(NAMES, micros, strict=True))
    return Aging(code, parts, Money(sum(micros), code), Money(-below, code))
