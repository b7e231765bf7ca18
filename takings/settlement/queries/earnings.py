"""What a creator earned: the estimate apart from the final figure, line by line."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from takings.core.errors import NotFound
from takings.ledger.rules import AccountName
from takings.money import Money
from takings.people.models import Creator
from takings.policies.queries import policy
from takings.settlement.models import (
    Estimate,
    EstimateLine,
    EstimatePool,
    Period,
    PoolResult,
    RightsLine,
    ShareLine,
    Statement,
)
from takings.settlement.queries.splits import lines_between
from takings.settlement.rules import (
    PRODUCT,
    PoolThen,
    SplitShare,
    StatementContent,
    StatementLine,
    counted_once,
    why_final,
)

LINE_ORDER = ("day", "video_id", "country", "currency", "product")
LINE_CELLS = ("country", "day", "video_id", "views", "amount_micros", "product")


class UnknownLine(NotFound):
    """No final line has this number."""

    code = "unknown_line"
    sentence = "There is no earnings line {line}."


@dataclass(frozen=True, slots=True)
class EarningLine:
    """A video's counted views of one day in one country and what they earn (or would)."""

    country: str
    video_id: UUID
    day: dt.date
    views: int
    amount: Money
    product: str = PRODUCT


@dataclass(frozen=True, slots=True)
class EstimateView:
    """What a period would pay a creator if it closed at ``made_at``: never a promise."""

    period: Period
    made_at: dt.datetime
    policy_version: str
    lines: tuple[EarningLine, ...]

    @property
    def views(self) -> int:
        """All counted views: those of a video, day and country once."""
        return counted_once(
            ((line.country, line.day, line.video_id), line.views) for line in self.lines
        )

    @property
    def totals(self) -> dict[str, Money]:
        """The sum of the lines per currency."""
        return _totals(self.lines)


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One line before and after: what was estimated last, what became final."""

    country: str
    video_id: UUID
    day: dt.date
    estimated_views: int
    final_views: int
    estimated: Money
    final: Money
    product: str = PRODUCT
    why: str = ""

    @property
    def change(self) -> Money:
        """Final less estimated."""
        return self.final - self.estimated


def estimate(*, creator: Creator, period: Period | None = None) -> EstimateView | None:
    """Return the creator's estimate of a period (the newest one made), or nothing was made yet."""
    made = Estimate.objects.select_related("period").order_by("-period__starts_at")
    head = (made if period is None else made.filter(period__name=period.name)).first()
    if head is None:
        return None
    rows = EstimateLine.objects.filter(period=head.period, creator=creator)
    return EstimateView(
        period=head.period,
        made_at=head.made_at,
        policy_version=head.policy_version,
        lines=tuple(_lines(rows.order_by(*LINE_ORDER))),
    )


def share_lines(*, creator: Creator, period: Period) -> list[ShareLine]:
    """Return the creator's final lines of a period by day, video and country."""
    rows = ShareLine.objects.filter(creator=creator, period__name=period.name)
    return list(rows.select_related("video").order_by(*LINE_ORDER))


def share_line(*, id: int) -> ShareLine:  # noqa: A002 - the number shown in the trace's address
    """Return one final line. Refuses: UnknownLine."""
    row = ShareLine.objects.select_related("period", "creator", "video").filter(pk=id).first()
    if row is None:
        raise UnknownLine(line=id)
    return row


def statement(*, creator: Creator, period: Period) -> list[Statement]:
    """Return the creator's final statements of a period, one per currency."""
    rows = Statement.objects.filter(creator=creator, period__name=period.name)
    return list(rows.select_related("period").order_by("currency"))


def statements(*, creator: Creator) -> list[Statement]:
    """Return all statements of a creator, newest period first."""
    rows = Statement.objects.filter(creator=creator).select_related("period")
    return list(rows.order_by("-period__starts_at", "currency"))


def statement_content(*, statement: Statement) -> StatementContent:
    """Return what a statement says, from its lines: its digest must be the stored one."""
    lines = ShareLine.objects.filter(
        period=statement.period_id, creator=statement.creator_id, currency=statement.currency
    )
    return StatementContent(
        period=statement.period.name,
        starts_at=statement.period.starts_at,
        ends_at=statement.period.ends_at,
        creator_id=statement.creator_id,
        currency=statement.currency,
        policy_version=statement.policy_version,
        lines=tuple(StatementLine(*row) for row in lines.values_list(*LINE_CELLS)),
        splits=split_shares(
            period=statement.period, creator_id=statement.creator_id, currency=statement.currency
        ),
    )


def split_shares(*, period: Period, creator_id: int, currency: str) -> tuple[SplitShare, ...]:
    """Return what a creator gave to others (negative) and got from others in a period."""
    return tuple(
        SplitShare(row.country, row.day, row.video_id, *other, row.product)
        for row in lines_between(period=period, creator_id=creator_id, currency=currency)
        for other in [
            (row.creator_id, -row.amount_micros)
            if row.owner_id == creator_id
            else (row.owner_id, row.amount_micros)
        ]
    )


def differences(*, creator: Creator, period: Period) -> list[LineDifference]:
    """Return every line whose final figure is not its last estimate, by day, video, country.

    Each says why: which views came or went, whether the pool held other money, or rounding.
    """
    pools = _pools_then(EstimatePool.objects.filter(period__name=period.name))
    shared = _pools_then(PoolResult.objects.filter(period__name=period.name))
    estimated = _keyed(EstimateLine.objects.filter(creator=creator, period__name=period.name))
    final = _keyed(ShareLine.objects.filter(creator=creator, period__name=period.name))
    changed: list[LineDifference] = []
    for key in sorted(estimated.keys() | final.keys()):
        day, video_id, country, code, product = key
        nothing = EarningLine(country, video_id, day, 0, Money.zero(code), product)
        before, after = estimated.get(key, nothing), final.get(key, nothing)
        if before != after:
            changed.append(
                LineDifference(
                    country=country,
                    video_id=video_id,
                    day=day,
                    estimated_views=before.views,
                    final_views=after.views,
                    estimated=before.amount,
                    final=after.amount,
                    product=product,
                    why=why_final(
                        (before.views, after.views),
                        pools.get((country, code, product)),
                        shared.get((country, code, product)),
                    ),
                )
            )
    return changed


def pool_results(*, period: Period) -> list[PoolResult]:
    """Return how each pool of a period was shared, by country, currency and product."""
    rows = PoolResult.objects.filter(period__name=period.name)
    return list(rows.order_by("country", "currency", "product"))


def shares_of(*, pool: PoolResult) -> list[tuple[AccountName, int]]:
    """Return how many micro-units of a pool each account gets, by its lines, sorted by name.

    The platform takes the rest; a pool without a counted view goes where its policy says.
    """
    where = {
        "period": pool.period_id,
        "product": pool.product,
        "country": pool.country,
        "currency": pool.currency,
    }
    creators = ShareLine.objects.filter(**where).values_list("creator_id").order_by("creator_id")
    holders = RightsLine.objects.filter(**where).values_list("holder", "amount_micros")
    rule = policy(pool.period.policy_version).rule_of(pool.product)
    rest_to = rule.rest_to if pool.views else rule.unearned_to
    return sorted(
        [
            (rest_to, pool.platform_micros),
            *((f"rights:{holder}", micros) for holder, micros in holders),
            *(
                (f"creator:{creator_id}:pending", int(micros))
                for creator_id, micros in creators.annotate(micros=Sum("amount_micros"))
            ),
        ]
    )


def fullest(lines: QuerySet[ShareLine] | QuerySet[EstimateLine]) -> Combinable:
    """Return the condition on lines whose views to add up, so that each view is added once.

    The same views of a video, day and country may earn in several products' pools.
    """
    about = ("period", "creator", "currency", "country", "video", "day")
    same = lines.model.objects.filter(**{name: OuterRef(name) for name in about})
    more = Q(views__gt=OuterRef("views"))
    first = Q(views=OuterRef("views"), pk__lt=OuterRef("pk"))
    return ~Exists(same.filter(more | first))


def rights_lines(*, period: Period) -> list[RightsLine]:
    """Return what rights holders earned in a period."""
    rows = RightsLine.objects.filter(period__name=period.name)
    return list(rows.order_by("country", "currency", "holder", "product"))


def _lines(rows: Iterable[EstimateLine | ShareLine]) -> Iterator[EarningLine]:
    for row in rows:
        amount = Money(row.amount_micros, row.currency)
        yield EarningLine(row.country, row.video_id, row.day, row.views, amount, row.product)


def _pools_then(
    rows: Iterable[EstimatePool | PoolResult],
) -> dict[tuple[str, str, str], PoolThen]:
    return {
        (row.country, row.currency, row.product): PoolThen(
            Money(row.total_micros, row.currency), row.views
        )
        for row in rows
    }


def _keyed(
    rows: Iterable[EstimateLine | ShareLine],
) -> dict[tuple[dt.date, UUID, str, str, str], EarningLine]:
    return {
        (line.day, line.video_id, line.country, line.amount.currency, line.product): line
        for line in _lines(rows)
    }


def _totals(lines: Iterable[EarningLine]) -> dict[str, Money]:
    totals: dict[str, Money] = {}
    for line in lines:
        code = line.amount.currency
        totals[code] = totals.get(code, Money.zero(code)) + line.amount
    return totals
