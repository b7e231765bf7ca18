"""The whole arithmetic of one creator's month, each number proved from the rows that are stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from takings.core.errors import NotFound
from takings.insights.queries.earnings import outcome_counts, period_facts
from takings.insights.queries.revised import Revision, revisions
from takings.insights.rules.earnings import LineFilter, OutcomeCount
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import creator_by_handle
from takings.settlement import queries as settlement
from takings.settlement.actions import shared_again
from takings.settlement.models import (
    CountLine,
    Period,
    PoolResult,
    Release,
    ShareLine,
    SplitLine,
    Statement,
)
from takings.settlement.queries.corrections import pool_of


class NothingToExplain(NotFound):
    """Only what was stated can be explained."""

    code = "nothing_to_explain"
    sentence = "@{handle} has no statement of {period}; is it closed, and did they share in it?"


@dataclass(frozen=True, slots=True)
class PoolStep:
    """A creator's part of one pool: as it was stored, and as it comes out now."""

    result: PoolResult
    account: str
    views: int
    amount: Money
    again: Money


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence about stored numbers, and whether it holds."""

    sentence: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One statement, from single days to the entries that paid it."""

    creator: Creator
    period: Period
    statement: Statement
    counted: tuple[CountLine, ...]
    not_counted: tuple[OutcomeCount, ...]
    pools: tuple[PoolStep, ...]
    splits: tuple[SplitLine, ...]
    revisions: tuple[Revision, ...]
    release: Release | None
    proofs: tuple[Proof, ...]

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.statement.currency


def explain_close(*, name: str, handle: str) -> list[Explained]:
    """Return a creator's statements of a period with their arithmetic, one for each currency.

    Refuses: UnknownPeriod, NoSuchCreator, NothingToExplain.
    """
    period = settlement.period(name=name)
    creator = creator_by_handle(handle=handle.removeprefix("@"))
    statements = settlement.statement(creator=creator, period=period) if period.pk else []
    if not statements:
        raise NothingToExplain(handle=creator.handle, period=name)
    return [_explained(one, creator=creator) for one in statements]


def _explained(statement: Statement, *, creator: Creator) -> Explained:
    period = statement.period
    pools = tuple(_pools(statement))
    counted = CountLine.objects.filter(period=period, creator=creator)
    outcomes = outcome_counts(
        creator_id=creator.pk, period=period_facts(period=period), only=LineFilter()
    )
    return Explained(
        creator=creator,
        period=period,
        statement=statement,
        counted=tuple(counted.select_related("video").order_by("day", "video_id", "country")),
        not_counted=tuple(one for one in outcomes if one.outcome != "qualified"),
        pools=pools,
        splits=tuple(settlement.split_lines(statement=statement)),
        revisions=tuple(revisions(statement=statement)),
        release=Release.objects.filter(statement=statement).first(),
        proofs=tuple(_proofs(statement, pools)),
    )


def _pools(statement: Statement) -> Iterator[PoolStep]:
    """Return the creator's part of each pool, beside what the same code makes of it now."""
    period, mine, code = statement.period, statement.creator_id, statement.currency
    lines = ShareLine.objects.filter(period=period, creator=mine, currency=code)
    sums: dict[str, tuple[int, int]] = {}
    for line in lines:
        pool = pool_of(line, period=period).account
        views, micros = sums.get(pool, (0, 0))
        sums[pool] = (views + line.views, micros + line.amount_micros)
    countries = {pool.split(":")[2] for pool in sums}
    again = {
        key.account: shares.creators.get(mine, Money.zero(code))
        for key, shares in shared_again(period=period, countries=countries)
        if key.currency == code
    }
    for result in settlement.pool_results(period=period):
        account = pool_of(result, period=period).account
        if result.currency == code and account in sums:
            views, micros = sums[account]
            yield PoolStep(result, account, views, Money(micros, code), again[account])


def _proofs(statement: Statement, pools: Sequence[PoolStep]) -> Iterator[Proof]:
    pending = (f"creator:{statement.creator_id}:pending", statement.currency)
    entries = [step.result.entry_id for step in pools if step.result.entry_id]
    paid = ledger.credits_of(entry_ids=entries)
    for step in pools:
        sentence = f"{step.account} shared once more gives the same to the micro-unit"
        yield Proof(sentence, step.again == step.amount)
        if step.result.entry_id is not None and step.amount:
            booked = paid.get(step.result.entry_id, {}).get(pending, 0)
            sentence = f"entry {step.result.entry_id} paid it from {step.account}"
            yield Proof(sentence, booked == step.amount.micros)
    said = settlement.statement_content(statement=statement)
    parts = sum(step.amount.micros for step in pools) + sum(
        one.amount_micros for one in said.splits
    )
    yield Proof("pools and shared parts sum to the statement", parts == statement.amount_micros)
    yield Proof("the statement matches its digest", said.digest() == statement.digest)
    for row in settlement.revisions_of(statement=statement):
        again = settlement.revision_content(revision=row)
        sentence = f"revision {row.number} is the sum of the newest lines, by its digest"
        same = (again.amount_micros, again.digest()) == (row.amount_micros, row.digest)
        yield Proof(sentence, same)
