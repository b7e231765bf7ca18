"""Corrections, and what a closed period's shares say with them: the newest of each line."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from takings.core.errors import NotFound
from takings.ledger.rules import AccountName
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator
from takings.policies.queries import policy
from takings.settlement.models import (
    Correction,
    LineChange,
    PartChange,
    Period,
    PoolChange,
    PoolCut,
    PoolResult,
    Posting,
    RightsLine,
    ShareLine,
    SplitChange,
    SplitLine,
    Statement,
    StatementRevision,
)
from takings.settlement.rules import (
    PLATFORM,
    PoolKey,
    SplitShare,
    StatementContent,
    StatementLine,
)

LineKey = tuple[AccountName, str, UUID, dt.date]
SplitKey = tuple[AccountName, str, UUID, dt.date, int, int]
PartKey = tuple[AccountName, str, AccountName]
NEWEST = 1_000_000
EVERYBODY = Q()
Changed = TypeVar("Changed", LineChange, SplitChange, PartChange, PoolChange)


class UnknownCorrection(NotFound):
    """No correction has this id."""

    code = "unknown_correction"
    sentence = "There is no correction {correction}."


@dataclass(frozen=True, slots=True)
class NewestLine:
    """A line as it stands: whose it is, its counted views, and what they earned."""

    creator_id: int
    views: int
    micros: int


def access_correction(*, user: Visitor, correction_id: UUID) -> Correction:
    """Return a correction to an operator. Refuses: OperatorsOnly, UnknownCorrection."""
    access_operator(user=user)
    return correction(correction_id=correction_id)


def correction(*, correction_id: UUID) -> Correction:
    """Return a correction. Refuses: UnknownCorrection."""
    found = _corrections().filter(pk=correction_id).first()
    if found is None:
        raise UnknownCorrection(correction=correction_id)
    return found


def corrections(*, period: Period) -> list[Correction]:
    """Return the corrections of a period, proposed, approved and declined, the newest first."""
    return list(_corrections().filter(period__name=period.name).order_by("-proposed_at", "-pk"))


def waiting_corrections() -> int:
    """Return how many corrections wait for a second person."""
    return Correction.objects.filter(is_approved=None).count()


def newest_correction(*, period: Period) -> Correction | None:
    """Return the correction that was approved last, if any was."""
    return Correction.objects.filter(period=period, is_approved=True).order_by("number").last()


def pool_of(row: ShareLine | SplitLine | RightsLine | PoolResult, *, period: Period) -> PoolKey:
    """Return the pool that a row of a closed period is about."""
    return PoolKey(period.name, row.country, row.currency, row.product)


def newest_lines(
    *, period: Period, until: int = NEWEST, only: Q = EVERYBODY
) -> dict[LineKey, NewestLine]:
    """Return the lines of a closed period as its corrections up to ``until`` left them."""
    lines: dict[LineKey, NewestLine] = {}
    for row in ShareLine.objects.filter(only, period=period).iterator(chunk_size=5_000):
        key = (pool_of(row, period=period).account, row.currency, row.video_id, row.day)
        lines[key] = NewestLine(row.creator_id, row.views, row.amount_micros)
    for change in _approved(LineChange.objects.filter(only), period, until):
        key = (change.pool, change.currency, change.video_id, change.day)
        lines[key] = NewestLine(change.creator_id, change.views_after, change.after_micros)
    return {key: line for key, line in lines.items() if line.views or line.micros}


def newest_splits(
    *, period: Period, until: int = NEWEST, only: Q = EVERYBODY
) -> dict[SplitKey, int]:
    """Return what owners give parties, as the corrections up to ``until`` left it."""
    parts: dict[SplitKey, int] = {}
    for row in SplitLine.objects.filter(only, period=period):
        pool = pool_of(row, period=period).account
        parts[pool, row.currency, row.video_id, row.day, row.owner_id, row.creator_id] = (
            row.amount_micros
        )
    for change in _approved(SplitChange.objects.filter(only), period, until):
        what = (change.video_id, change.day, change.owner_id, change.creator_id)
        parts[change.pool, change.currency, *what] = change.after_micros
    return {key: micros for key, micros in parts.items() if micros}


def newest_parts(*, period: Period) -> dict[PartKey, int]:
    """Return what rights holders and the platform get, as all corrections left it."""
    parts: dict[PartKey, int] = {}
    for pool in PoolResult.objects.filter(period=period):
        key = pool_of(pool, period=period)
        rest = rest_account(key=key, views=pool.views, policy_version=period.policy_version)
        parts[key.account, pool.currency, rest] = pool.platform_micros
    for row in RightsLine.objects.filter(period=period):
        account = pool_of(row, period=period).account
        parts[account, row.currency, f"rights:{row.holder}"] = row.amount_micros
    for change in _approved(PartChange.objects.all(), period, NEWEST):
        parts[change.pool, change.currency, change.account] = change.after_micros
    return {key: micros for key, micros in parts.items() if micros}


def pool_totals(*, period: Period) -> dict[PoolKey, int]:
    """Return what of each pool of a closed period is shared, as all corrections left it."""
    totals = {
        pool_of(row, period=period): row.total_micros
        for row in PoolResult.objects.filter(period=period)
    }
    places = {(key.account, key.currency): key for key in totals}
    for change in _approved(PoolChange.objects.all(), period, NEWEST):
        totals[places[change.pool, change.currency]] = change.after_micros
    return totals


def cuts_of(*, period: Period) -> dict[tuple[AccountName, str], list[PoolCut]]:
    """Return what the pools of a closed period should not have held, by pool and currency."""
    found: dict[tuple[AccountName, str], list[PoolCut]] = defaultdict(list)
    for cut in PoolCut.objects.filter(period=period).order_by("cut_at", "pk"):
        found[cut.pool, cut.currency].append(cut)
    return found


def uncorrected(*, period: Period) -> list[Money]:
    """Return what waits to be taken back by a correction of a closed period, by currency."""
    if period.pk is None:
        return []  # nothing happened in it that was written down
    held, shared = Counter[str](), Counter[str]()
    for row in PoolResult.objects.filter(period=period):
        held[row.currency] += row.total_micros
    for cut in PoolCut.objects.filter(period=period):
        held[cut.currency] -= cut.amount_micros
    for key, micros in pool_totals(period=period).items():
        shared[key.currency] += micros
    return [Money(micros, code) for code, micros in sorted((shared - held).items())]


def paid_by_platform(*, entry_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these entries that gave back money of pools which were shared before."""
    return set(PoolCut.objects.filter(pk__in=entry_ids).values_list("pk", flat=True))


def rest_account(*, key: PoolKey, views: int, policy_version: str) -> AccountName:
    """Return who takes the rest of a pool: without a counted view, whom its policy names."""
    rule = policy(policy_version).rule_of(key.product)
    return rule.rest_to if views else rule.unearned_to


def corrected_amounts(*, correction: Correction) -> dict[tuple[AccountName, str], int]:
    """Return by how much a correction changes what each creator and rights holder has.

    The platform keeps the rest and has no row; one whose views alone changed has a row of nothing.
    """
    sums: Counter[tuple[AccountName, str]] = Counter()
    for line in correction.linechanges.iterator(chunk_size=5_000):
        sums[f"creator:{line.creator_id}", line.currency] += line.change.micros
    for split in correction.splitchanges.all():
        sums[f"creator:{split.owner_id}", split.currency] -= split.change.micros
        sums[f"creator:{split.creator_id}", split.currency] += split.change.micros
    for part in correction.partchanges.exclude(account=PLATFORM):
        sums[part.account, part.currency] += part.change.micros
    return dict(sorted(sums.items()))


def releasable(*, statement: Statement) -> Money:
    """Return what a statement's release moves: its amount, and what corrections left waiting."""
    rows = Posting.objects.filter(
        correction__period=statement.period_id,
        owner=f"creator:{statement.creator_id}",
        currency=statement.currency,
    )
    corrected = rows.aggregate(sum=Sum("waiting_micros"))["sum"] or 0
    return Money(statement.amount_micros + int(corrected), statement.currency)


def corrected_content(
    *, statement: Statement, correction: Correction, number: int, replaces: str
) -> StatementContent:
    """Return what a statement says after a correction: the newest lines and parts up to it."""
    period, mine = statement.period, statement.creator_id
    own = Q(currency=statement.currency)
    lines = newest_lines(period=period, until=correction.number, only=own & Q(creator=mine))
    sides = own & (Q(owner=mine) | Q(creator=mine))
    splits = newest_splits(period=period, until=correction.number, only=sides)
    return StatementContent(
        period=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        creator_id=mine,
        currency=statement.currency,
        policy_version=statement.policy_version,
        lines=tuple(
            StatementLine(country, day, video_id, line.views, line.micros, product)
            for (pool, _, video_id, day), line in lines.items()
            for _, product, country, _ in [pool.split(":")]
        ),
        splits=tuple(
            SplitShare(country, day, video_id, party, -micros, product)
            if owner == mine
            else SplitShare(country, day, video_id, owner, micros, product)
            for (pool, _, video_id, day, owner, party), micros in splits.items()
            for _, product, country, _ in [pool.split(":")]
        ),
        revision=number,
        replaces=replaces,
    )


def revision_content(*, revision: StatementRevision) -> StatementContent:
    """Return what a revision says, from the rows it was made from."""
    before = revision.statement.revisions.filter(number=revision.number - 1).first()
    return corrected_content(
        statement=revision.statement,
        correction=revision.correction,
        number=revision.number,
        replaces=before.digest if before else revision.statement.digest,
    )


def revisions_of(*, statement: Statement) -> list[StatementRevision]:
    """Return the revisions of a statement, the first correction first."""
    rows = statement.revisions.select_related("correction", "statement__period")
    return list(rows.order_by("number"))


def line_changes(*, creator: Creator, correction: Correction) -> list[LineChange]:
    """Return what a correction changed of a creator's lines, by day, video and country."""
    rows = correction.linechanges.filter(creator=creator).select_related("video")
    return list(rows.order_by("day", "video_id", "pool", "currency"))


def _approved(rows: QuerySet[Changed], period: Period, until: int) -> Iterable[Changed]:
    """Return the rows of approved corrections, in the order in which they hold."""
    found = rows.filter(
        correction__period=period, correction__is_approved=True, correction__number__lte=until
    )
    return found.order_by("correction__number").iterator(chunk_size=5_000)


def _corrections() -> QuerySet[Correction]:
    return Correction.objects.select_related("period", "proposed_by", "answered_by")
