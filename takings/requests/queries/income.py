"""What requests come to: for their creator, and for the desk."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.requests.models import Case, Release, Request
from takings.requests.rules import ESCROW, OPEN, Act, State

MONTH = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Filter:
    """Requests that a creator looks at together."""

    title: str
    states: frozenset[State] | None


FILTERS = {
    "yours": Filter("Wait for you", frozenset({State.ASKED, State.PAID, State.ACCEPTED})),
    "theirs": Filter("Wait for others", frozenset({State.UNPAID, State.DELIVERED, State.CASE})),
    "done": Filter("Over", frozenset(State) - OPEN),
    "all": Filter("All", None),
}


@dataclass(frozen=True, slots=True)
class Income:
    """What requests brought a creator, by currency: in 30 days, in all, and what waits."""

    month: list[Money]
    total: list[Money]
    waiting: list[Money]
    done_count: int
    late_count: int


def income_of(*, creator: Creator, at: dt.datetime) -> Income:
    """Return what requests brought a creator; what was taken back is not in it."""
    rows = Release.objects.filter(request__creator=creator, taken_back__isnull=True)
    own = Request.objects.filter(creator=creator)
    waiting = own.filter(
        state__in=[State.PAID, State.ACCEPTED, State.DELIVERED, State.CASE], taken_at__isnull=True
    )
    late = own.filter(steps__act=Act.LAPSE, state=State.RETURNED)
    return Income(
        month=_moneys(rows.filter(released_at__gt=at - MONTH), "share_micros"),
        total=_moneys(rows, "share_micros"),
        waiting=_moneys(waiting, "price_micros"),
        done_count=own.filter(state__in=[State.RELEASED, State.SPLIT]).count(),
        late_count=late.distinct().count(),
    )


def open_cases() -> QuerySet[Case]:
    """Return the cases that wait for an operator, the oldest first."""
    found = Case.objects.filter(decided_at__isnull=True).order_by("opened_at", "pk")
    return found.select_related("request__fan", "request__creator", "opened_by")


def stuck() -> QuerySet[Request]:
    """Return what should go back and was refused by the card company."""
    found = Request.objects.filter(state=State.RETURNING, steps__act=Act.NOT_GIVEN).distinct()
    return found.select_related("fan", "creator").order_by("paid_at", "pk")


def newest_requests() -> QuerySet[Request]:
    """Return all requests, the newest first."""
    return Request.objects.select_related("fan", "creator").order_by("-asked_at", "pk")


def sums() -> list[Money]:
    """Return what waits in the escrows of requests, by currency."""
    waiting: dict[str, int] = defaultdict(int)
    for row in ledger.balances(prefix=ESCROW):
        waiting[row.balance.currency] += row.balance.micros
    return [Money(micros, code) for code, micros in sorted(waiting.items()) if micros]


def _moneys(rows: QuerySet[Release] | QuerySet[Request], field: str) -> list[Money]:
    sums = rows.order_by("currency").values_list("currency").annotate(micros=Sum(field))
    return [Money(micros, code) for code, micros in sums if micros]
