"""The settlement room: one page per period for those who close it, and its figures as a file."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.core import clock
from takings.insights.queries import rooms as ask
from takings.insights.queries.rooms import Room
from takings.insights.rules.facts import FactRow, fact_rows
from takings.insights.rules.rooms import PoolRow
from takings.insights.rules.spread import countries_chart, spread_chart
from takings.insights.rules.words import country_words
from takings.insights.views.csv_files import csv_answer
from takings.money import Money
from takings.people.queries import access_operator
from takings.policies.queries import policy
from takings.settlement import queries as settlement

PER_PAGE = 10
CHARTED = 12
CREATORS_HEAD = (
    "period",
    "status",
    "creator_id",
    "handle",
    "pool",
    "country",
    "lines",
    "views",
    "amount",
    "currency",
)


@require_GET
def room_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a period: what it was counted from, its rules, who moved, how it is spread."""
    access_operator(user=request.user)
    room = ask.room(name=name, currency=request.GET.get("currency", ""))
    pools = ask.pool_table(room=room)
    spread = ask.spread(room=room)
    corrected = settlement.newest_correction(period=room.period) if room.is_final else None
    context = {
        "room": room,
        "corrected": corrected.number if corrected else 0,
        "inputs": ask.inputs(room=room),
        "outcomes": ask.outcome_rows(room=room),
        "pools": pools,
        "rows": Paginator(pools.rows, PER_PAGE).get_page(request.GET.get("page")),
        "movers": (
            ("Creators", ask.creator_movers(room=room)),
            ("Countries", ask.country_movers(room=room)),
        ),
        "spread": spread,
        "chart": spread_chart(spread),
        "countries": countries_chart(
            _largest(pools.rows, code=room.currency),
            code=room.currency,
            look="final" if room.is_final else "estimated",
        ),
        "changes": ask.estimate_changes(room=room),
        "facts": _facts(room),
        "is_over": room.period.ends_at <= clock.now(),
        "demo": settings.DEMO,
    }
    return render(request, "insights/desk/room.html", context)


@require_GET
def creators_csv(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """Download every creator's part of every pool; amounts are exact decimals."""
    access_operator(user=request.user)
    room = ask.room(name=name, currency=request.GET.get("currency", ""))
    status = "final" if room.is_final else "estimated"
    file = f"takings-creators-{name}-{room.currency}-{status}"
    return csv_answer(name=file, head=CREATORS_HEAD, rows=_rows(room, status=status))


def _rows(room: Room, *, status: str) -> Iterator[tuple[object, ...]]:
    for one in ask.creator_sums(room=room):
        yield (
            room.period.name,
            status,
            one.creator_id,
            one.handle,
            one.pool,
            one.country,
            one.line_count,
            one.views,
            one.amount.decimal(),
            one.amount.currency,
        )


def _largest(rows: Sequence[PoolRow], *, code: str) -> list[tuple[str, Money]]:
    """Return what creators get of the largest countries, for the chart, and all others as one."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[country_words(row.country)] += row.now.creators.micros
    named = [(name, Money(micros, code)) for name, micros in sums.most_common()]
    if len(named) <= CHARTED:
        return named
    rest = sum(money.micros for _, money in named[CHARTED - 1 :])
    return [*named[: CHARTED - 1], ("Others", Money(rest, code))]


def _facts(room: Room) -> tuple[FactRow, ...]:
    before = policy(room.before.policy_version) if room.before else None
    return fact_rows(policy(room.period.policy_version), before=before)
