"""What settlement adds to ``check_books``: pools, lines, statements, releases and holds agree."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.db.models.functions import Coalesce

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.policies.queries import policy
from takings.settlement.models import (
    EarningsHold,
    Period,
    PoolFee,
    PoolFunding,
    PoolResult,
    Release,
    ShareLine,
    SplitLine,
    Stage,
    Statement,
    Status,
)
from takings.settlement.queries.correction_checks import CHECKS as CORRECTIONS
from takings.settlement.queries.corrections import releasable
from takings.settlement.queries.direct_checks import CHECKS as DIRECT
from takings.settlement.queries.earnings import shares_of, statement_content
from takings.settlement.queries.exchange_checks import CHECKS as EXCHANGES
from takings.settlement.queries.holds import reserve_of
from takings.settlement.queries.periods import period, pools_with_money
from takings.settlement.rules import UnknownPeriod

if TYPE_CHECKING:
    from uuid import UUID

BATCH = 1_000
Tell = Callable[[int, int], None]


def _pools(_: Tell) -> Iterator[Finding]:
    pools: dict[str, set[str]] = defaultdict(set)
    for key in pools_with_money():
        pools[key.period].add(key.product)
    for name in sorted(pools):
        try:
            found = period(name=name)
        except UnknownPeriod as refusal:
            yield Finding(POOLS_ARE_EMPTY.invariant, f"period:{name}", str(refusal))
            continue
        if found.status == Status.CLOSED:
            sentence = "the period is closed and a pool of it still holds money"
            yield Finding(POOLS_ARE_EMPTY.invariant, f"period:{name}", sentence)
        for product in sorted(pools[name]):
            if not policy(found.policy_version).has_rule(product):
                sentence = f"{found.policy_version} has no rule for a pool of {product}"
                yield Finding(POOLS_ARE_EMPTY.invariant, f"period:{name}", sentence)


def _shares(tell: Tell) -> Iterator[Finding]:
    pools = PoolResult.objects.select_related("period").order_by("id")
    for done, pool in enumerate(pools):
        tell(done, len(pools))
        shares = dict(shares_of(pool=pool))
        total = sum(shares.values())
        if total != pool.total_micros:
            sentence = f"its lines sum to {total} of {pool.total_micros} micro-units"
            yield Finding(SHARES_SUM.invariant, f"pool_result:{pool.pk}", sentence)
        if pool.entry_id is None or not _is_posted(pool.period):
            continue
        if ledger.archived_entries(ids=[pool.entry_id]):
            continue  # proved before it was archived
        posted = ledger.credits_of(entry_ids=[pool.entry_id]).get(pool.entry_id, {})
        if posted != {(name, pool.currency): micros for name, micros in shares.items() if micros}:
            sentence = f"entry {pool.entry_id} does not pay what the lines say"
            yield Finding(SHARES_SUM.invariant, f"pool_result:{pool.pk}", sentence)


def _is_posted(of: Period) -> bool:
    return of.stages.filter(stage=Stage.POSTED).exists()


def _statements(tell: Tell) -> Iterator[Finding]:
    total = Statement.objects.count()
    rows = Statement.objects.select_related("period").order_by("id")
    for done, row in enumerate(rows.iterator(chunk_size=BATCH)):
        tell(done, total)
        content = statement_content(statement=row)
        if (content.views, content.amount_micros) != (row.views, row.amount_micros):
            sentence = f"it says {row.amount_micros} and its lines {content.amount_micros}"
            yield Finding(STATEMENTS_HOLD.invariant, f"statement:{row.pk}", sentence)
        elif content.digest() != row.digest:
            sentence = "its content does not match its digest"
            yield Finding(STATEMENTS_HOLD.invariant, f"statement:{row.pk}", sentence)


def _stated(_: Tell) -> Iterator[Finding]:
    for closed in Period.objects.filter(status=Status.CLOSED).order_by("starts_at"):
        nothing = Coalesce(Sum("amount_micros"), 0)
        stated = closed.statements.aggregate(sum=nothing)["sum"]
        earned = ShareLine.objects.filter(period=closed).aggregate(sum=nothing)["sum"]
        if stated != earned:
            sentence = f"creators earned {earned}, statements say {stated} micro-units"
            yield Finding(ALL_IS_STATED.invariant, f"period:{closed.name}", sentence)
        missing = {*Stage.values} - set(closed.stages.values_list("stage", flat=True))
        if missing:
            sentence = f"it closed without {', '.join(sorted(missing))}"
            yield Finding(ALL_IS_STATED.invariant, f"period:{closed.name}", sentence)


def _releases(tell: Tell) -> Iterator[Finding]:
    total = Release.objects.count()
    rows = Release.objects.select_related("statement").order_by("id").iterator(chunk_size=BATCH)
    done = 0
    while batch := list(islice(rows, BATCH)):
        ids = [row.entry_id for row in batch if row.entry_id]
        archived, posted = ledger.archived_entries(ids=ids), ledger.credits_of(entry_ids=ids)
        for row in batch:
            if row.entry_id in archived:
                continue  # proved before it was archived
            told = row.statement
            account = (f"creator:{told.creator_id}:payable", told.currency)
            amount = releasable(statement=told)
            expected = {account: amount.micros} if amount else {}
            paid = posted.get(row.entry_id, {}) if row.entry_id else {}
            if paid != expected:
                sentence = f"it moved {paid}, its statement says {expected}"
                yield Finding(RELEASES_MATCH.invariant, f"release:{row.pk}", sentence)
        done += len(batch)
        tell(done, total)


def _holds(_: Tell) -> Iterator[Finding]:
    rows = EarningsHold.objects.filter(lift__isnull=True).values_list("creator_id", "currency")
    sums = rows.annotate(sum=Sum("amount_micros")).order_by("creator_id", "currency")
    named = {(f"creator:{owner}:held", code): int(micros) for owner, code, micros in sums}
    found = {
        (row.name, row.balance.currency): row.balance.micros
        for row in ledger.balances(prefix="creator:")
        if row.name.endswith(":held") and row.balance
    }
    for name, code in sorted(named.keys() | found.keys()):
        said, kept = named.get((name, code), 0), found.get((name, code), 0)
        if said != kept:
            sentence = f"its holds say {said} {code} micro-units, it holds {kept}"
            yield Finding(HELD_IS_NAMED.invariant, f"account:{name}", sentence)


def _splits(_: Tell) -> Iterator[Finding]:
    rows = SplitLine.objects.values_list("entry_id", "creator_id", "currency")
    sums = rows.annotate(sum=Sum("amount_micros")).order_by("entry_id", "creator_id")
    said: dict[UUID, dict[tuple[str, str], int]] = defaultdict(dict)
    for entry_id, creator_id, code, micros in sums:
        said[entry_id][f"creator:{creator_id}:pending", code] = int(micros)
    posted = ledger.credits_of(entry_ids=list(said))
    archived = ledger.archived_entries(ids=list(said))
    unposted = SplitLine.objects.exclude(period__stages__stage=Stage.POSTED)
    waiting = set(unposted.values_list("entry_id", flat=True))
    for entry_id in sorted(said.keys() - set(archived) - waiting):
        if posted.get(entry_id, {}) != said[entry_id]:
            sentence = "it does not move what the split lines say"
            yield Finding(SPLITS_MATCH.invariant, f"entry:{entry_id}", sentence)


def _reserves(_: Tell) -> Iterator[Finding]:
    rows = EarningsHold.objects.filter(release__isnull=False).order_by("pk")
    for row in rows.select_related("release__statement__creator").iterator(chunk_size=BATCH):
        assert row.release is not None  # noqa: S101 - the filter says so
        told, rule = row.release.statement, reserve_of(release=row.release)
        most = rule.share.ratio * releasable(statement=told).micros if rule else 0
        days = rule.days if rule else 0
        same = (row.creator_id, row.currency) == (told.creator_id, told.currency)
        if not same or row.amount_micros > most or (row.ends_at - row.held_at).days != days:
            sentence = f"it keeps {row.amount_micros} micro-units, its policy {int(most)}"
            yield Finding(RESERVES_MATCH.invariant, f"hold:{row.pk}", sentence)


def _money_in(_: Tell) -> Iterator[Finding]:
    """Compare what was put into pools with its entries; ads have a check of their own."""
    rows: Iterator[PoolFunding | PoolFee] = chain(
        PoolFunding.objects.filter(entry_id__isnull=False).order_by("pk").iterator(BATCH),
        PoolFee.objects.order_by("pk").iterator(BATCH),
    )
    while batch := list(islice(rows, BATCH)):
        ids = [row.entry_id for row in batch if row.entry_id]
        posted, archived = ledger.credits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
        for row in batch:
            said = {(row.key.account, row.currency): row.amount_micros}
            moved = posted.get(row.entry_id, {}) if row.entry_id else {}
            if row.entry_id not in archived and moved != said:
                name = type(row).__name__.lower()
                sentence = f"its entry moved {moved}, it says {said}"
                yield Finding(MONEY_IN.invariant, f"{name}:{row.pk}", sentence)


POOLS_ARE_EMPTY = Check("pools of closed periods are empty, and every pool has a period", _pools)
SHARES_SUM = Check("the shares of a pool sum to it and are what its entry paid", _shares)
STATEMENTS_HOLD = Check(
    "every statement is the sum of its lines and matches its digest", _statements
)
ALL_IS_STATED = Check("all that creators earned in a closed period is on statements", _stated)
RELEASES_MATCH = Check("a release moves exactly its statement", _releases)
SPLITS_MATCH = Check("what is shared among creators is what its entry moved", _splits)
RESERVES_MATCH = Check(
    "a reserve keeps no more of a release than its policy says, nor longer", _reserves
)
MONEY_IN = Check("what was put into a pool is what its entry says", _money_in)
HELD_IS_NAMED = Check("what is held of a creator is the sum of their open holds", _holds)

CHECKS = (
    POOLS_ARE_EMPTY,
    SHARES_SUM,
    STATEMENTS_HOLD,
    ALL_IS_STATED,
    RELEASES_MATCH,
    HELD_IS_NAMED,
    RESERVES_MATCH,
    SPLITS_MATCH,
    MONEY_IN,
    *CORRECTIONS,
    *DIRECT,
    *EXCHANGES,
)
