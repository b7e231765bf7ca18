"""Dry runs beside what is known already: last month's close and the estimate."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet, Sum

from takings.core.errors import NotFound
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator
from takings.policies.rules import DIRECT
from takings.settlement.models import (
    DryRun,
    DryRunPool,
    EstimateLine,
    Period,
    ShareLine,
    Status,
)
from takings.settlement.rules import moved_shares, share_bp

LISTED = 20
QUALIFIED = "qualified"


class UnknownDryRun(NotFound):
    """No dry run has this id."""

    code = "unknown_dry_run"
    sentence = "There is no dry run {run}."


@dataclass(frozen=True, slots=True)
class ShareRow:
    """What a creator would get, and what the month before and the last estimate said.

    ``before`` and ``estimated`` are before splits, like the estimate itself; shares are basis
    points of all that creators earned in this currency.
    """

    creator: Creator
    views: int
    amount: Money
    now_bp: int
    before_bp: int
    before: Money
    estimated: Money


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How many views had an outcome, and how many of 10,000 that is."""

    outcome: str
    views: int
    bp: int


@dataclass(frozen=True, slots=True)
class DryRunReport:
    """A dry run in full: its pools, the largest shares, and what somebody should look at.

    ``moved`` are creators whose share moved far against ``before``, the last closed period;
    ``without_views`` are pools that nobody watched for (ads inside videos ask for no view),
    ``without_money`` are views that nobody paid for.
    """

    run: DryRun
    before: Period | None
    pools: tuple[DryRunPool, ...]
    totals: tuple[Money, ...]
    largest: tuple[ShareRow, ...]
    moved: tuple[ShareRow, ...]
    without_views: tuple[DryRunPool, ...]
    without_money: tuple[DryRunPool, ...]
    outcomes: tuple[OutcomeRow, ...]


def dry_runs(*, period: Period) -> list[DryRun]:
    """Return the dry runs of a period, the newest first."""
    rows = DryRun.objects.filter(period__name=period.name).select_related("made_by", "period")
    return list(rows.order_by("-made_at", "-pk"))


def access_dry_run(*, user: Visitor, run_id: UUID) -> DryRun:
    """Return a dry run to an operator. Refuses: OperatorsOnly, UnknownDryRun."""
    access_operator(user=user)
    found = DryRun.objects.select_related("period", "made_by").filter(pk=run_id).first()
    if found is None:
        raise UnknownDryRun(run=run_id)
    return found


def dry_run_report(*, run: DryRun) -> DryRunReport:
    """Return a dry run with all that it is compared with."""
    pools = tuple(run.pools.order_by("account", "currency"))
    before = _before(run.period)
    rows = _share_rows(run, before)
    moved = _moved(rows)
    return DryRunReport(
        run=run,
        before=before,
        pools=pools,
        totals=_totals(pools),
        largest=tuple(sorted(rows, key=lambda row: (-row.amount.micros, row.creator.pk))[:LISTED]),
        moved=tuple(moved),
        without_views=tuple(
            pool
            for pool in pools
            if pool.total_micros and not pool.views and pool.account.split(":")[1] not in DIRECT
        ),
        without_money=tuple(pool for pool in pools if pool.views and not pool.total_micros),
        outcomes=_outcomes(run),
    )


def _before(period: Period) -> Period | None:
    closed = Period.objects.filter(status=Status.CLOSED, starts_at__lt=period.starts_at)
    return closed.order_by("-starts_at").first()


def _share_rows(run: DryRun, before: Period | None) -> list[ShareRow]:
    shares = list(run.shares.select_related("creator").order_by("currency", "creator_id"))
    last = _sums(ShareLine.objects.filter(period=before)) if before else {}
    estimated = _sums(EstimateLine.objects.filter(period=run.period))
    whole = _wholes({(row.creator_id, row.currency): row.amount_micros for row in shares})
    whole_before = _wholes(last)
    return [
        ShareRow(
            creator=row.creator,
            views=row.views,
            amount=row.amount,
            now_bp=share_bp(row.amount_micros, whole=whole[code]),
            before_bp=share_bp(last.get(key, 0), whole=whole_before.get(code, 0)),
            before=Money(last.get(key, 0), code),
            estimated=Money(estimated.get(key, 0), code),
        )
        for row in shares
        for key, code in [((row.creator_id, row.currency), row.currency)]
    ]


def _moved(rows: list[ShareRow]) -> list[ShareRow]:
    """Return the rows whose share moved far, by currency."""
    by_currency: dict[str, dict[int, ShareRow]] = defaultdict(dict)
    for row in rows:
        by_currency[row.amount.currency][row.creator.pk] = row
    return [
        known[one.creator_id]
        for known in by_currency.values()
        for one in moved_shares(
            {key: row.before.micros for key, row in known.items()},
            {key: row.amount.micros for key, row in known.items()},
        )
    ]


def _sums(lines: QuerySet[ShareLine] | QuerySet[EstimateLine]) -> dict[tuple[int, str], int]:
    rows = lines.values_list("creator_id", "currency").order_by("creator_id", "currency")
    return {(key, code): int(micros) for key, code, micros in rows.annotate(Sum("amount_micros"))}


def _wholes(sums: Mapping[tuple[int, str], int]) -> dict[str, int]:
    whole: Counter[str] = Counter()
    for (_, code), micros in sums.items():
        whole[code] += micros
    return dict(whole)


def _totals(pools: tuple[DryRunPool, ...]) -> tuple[Money, ...]:
    sums: dict[str, Money] = {}
    for pool in pools:
        sums[pool.currency] = sums.get(pool.currency, Money.zero(pool.currency)) + pool.total
    return tuple(sums[code] for code in sorted(sums))


def _outcomes(run: DryRun) -> tuple[OutcomeRow, ...]:
    rows = run.outcomes.values_list("outcome").annotate(sum=Sum("views")).order_by("-sum")
    seen = [(outcome, int(views)) for outcome, views in rows]
    whole = sum(views for _, views in seen)
    return tuple(
        OutcomeRow(outcome, views, share_bp(views, whole=whole)) for outcome, views in seen
    )
