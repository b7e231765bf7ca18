"""The trace of a ledger entry: its transfers, and what is before and after it."""

from uuid import UUID

from takings.ads.models import BilledImpression, Charge, Deposit
from takings.core.errors import NotFound
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.direct import earned_stops
from takings.insights.queries.tracing.money_in import (
    deposit_parts,
    earns_from,
    has_part_in,
    impression_part,
    money_in_stops,
    pool_stop,
    price_of_one,
)
from takings.insights.queries.tracing.waiting import waiting_stops
from takings.insights.rules.pools import pool_of
from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Fact, Part, Ref, Stop, Trace
from takings.insights.rules.transfers import touches, transfer_parts
from takings.insights.rules.words import (
    day_words,
    kind_words,
    period_words,
    place_words,
    policy_card,
    views_words,
)
from takings.ledger import queries as ledger
from takings.ledger.queries import EntryView
from takings.money import Money
from takings.policies.queries import policy
from takings.settlement.models import Release, ShareLine
from takings.settlement.rules import PoolKey

FEW = 25


def trace_entry(*, entry_id: UUID, reader: Reader) -> Trace:
    """Return an entry with what is behind it. Refuses NothingHere."""
    try:
        entry = ledger.entry(id=entry_id)
    except NotFound as unknown:
        raise NothingHere(id=entry_id) from unknown
    pool = _pool(entry)
    if not touches(entry.transfers, reader=reader) and not (
        pool and has_part_in(pool, reader=reader)
    ):
        raise NothingHere(id=entry_id)
    before, after = _around(entry, pool, reader)
    return Trace(
        ref=Ref("entry", str(entry.id)),
        title=kind_words(entry.kind),
        sentence=f"{entry.memo or kind_words(entry.kind)}. Posted under {entry.policy_version}.",
        amount=_amount(entry),
        status="fact",
        stops=(*before, _transfers(entry, reader), *after),
        policy=policy_card(policy(entry.policy_version)),
    )


def _pool(entry: EntryView) -> PoolKey | None:
    accounts = ((move, name) for move in entry.transfers for name in (move.debit, move.credit))
    pools = (pool_of(name, currency=move.amount.currency) for move, name in accounts)
    return next((pool for pool in pools if pool), None)


def _amount(entry: EntryView) -> Money | None:
    """Return the sum of the transfers, if they are of one currency."""
    codes = {move.amount.currency for move in entry.transfers}
    if len(codes) != 1:
        return None
    return Money(sum(move.amount.micros for move in entry.transfers), codes.pop())


def _transfers(entry: EntryView, reader: Reader) -> Stop:
    parts, left_out = transfer_parts(entry.transfers, reader=reader)
    count = len(entry.transfers)
    facts = [
        Fact("Number", f"{entry.number:,}"),
        Fact("Kind", entry.kind),
        Fact("About", entry.reference),
        Fact("Policy", entry.policy_version),
    ]
    if entry.reverses:
        facts.append(Fact("Undoes", "an earlier entry", Ref("entry", str(entry.reverses))))
    if entry.reversed_by:
        facts.append(Fact("Undone by", "a later entry", Ref("entry", str(entry.reversed_by))))
    return Stop(
        kind="transfers",
        title=kind_words(entry.kind),
        sentence=(
            f"{count:,} transfer{'s' if count != 1 else ''}. Each moves one amount from one "
            "account to another, so none can be out of balance."
        ),
        amount=_amount(entry),
        at=entry.posted_at,
        ref=Ref("entry", str(entry.id)),
        facts=tuple(facts),
        parts=parts,
        left_out=left_out,
        here=True,
    )


def _around(
    entry: EntryView, pool: PoolKey | None, reader: Reader
) -> tuple[tuple[Stop, ...], tuple[Stop, ...]]:
    """Return the stops before and after an entry; of any kind, what a creator earned by it."""
    if entry.kind == "ad_charged":
        after = (
            (pool_stop(key=pool, reader=reader),)
            if pool
            else earned_stops(entry_id=entry.id, reader=reader)
        )
        return _before_charge(entry, reader), after
    if entry.kind in {"pool_funded", "pool_fee_added"} and pool is not None:
        return (), (pool_stop(key=pool, reader=reader),)
    if entry.kind == "pool_shared" and pool is not None:
        return money_in_stops(key=pool, reader=reader), _lines(entry, pool, reader)
    if entry.kind == "prepaid_received":
        return (), _after_deposit(entry)
    if entry.kind == "earnings_released":
        return _released(entry), ()
    waiting = waiting_stops(entry=entry, reader=reader)
    return (), (*waiting, *earned_stops(entry_id=entry.id, reader=reader))


def _before_charge(entry: EntryView, reader: Reader) -> tuple[Stop, ...]:
    """Show the deposit to its owner, and the impressions that were charged to everybody."""
    charge = (
        Charge.objects.select_related("campaign__brand", "line_item")
        .filter(entry_id=entry.id)
        .first()
    )
    if charge is None:
        return ()
    brand = charge.campaign.brand
    visible = [brand.pk] if reader.owns_brand(brand.pk) else []
    deposits = deposit_parts(brand_ids=visible, currency=charge.currency, until=charge.charged_at)
    rows = BilledImpression.objects.filter(entry_id=entry.id).select_related("campaign__brand")
    listed = rows.order_by("-viewed_at")[:FEW]
    word = charge.line_item.kind.word
    price = price_of_one(charge.amount, count=charge.impression_count)
    deposit = Stop(
        kind="deposit",
        title="Paid in advance",
        sentence=f"{brand.name} paid before its ads were shown.",
        parts=deposits or (Part(label=brand.name, note="prepaid"),),
    )
    seen = Stop(
        kind="impressions",
        title="Ads that were seen",
        sentence=f"{charge.impression_count:,} {word} of “{charge.campaign.name}”.",
        amount=charge.amount,
        samples=tuple(impression_part(row, currency=charge.currency) for row in listed),
        left_out=max(0, charge.impression_count - FEW),
        facts=(Fact("Price", price), Fact("Segment", charge.segment_id)),
    )
    return deposit, seen


def _lines(entry: EntryView, pool: PoolKey, reader: Reader) -> tuple[Stop, ...]:
    """Show the lines that the entry paid: all to operators, their own to creators."""
    if not earns_from(pool, reader=reader):
        return ()
    lines = ShareLine.objects.filter(entry_id=entry.id).select_related("video", "creator")
    if not reader.is_operator:
        lines = lines.filter(creator_id=reader.creator_id or 0)
    total = lines.count()
    listed = lines.order_by("-amount_micros", "pk")[:FEW]
    stop = Stop(
        kind="line",
        title="The lines it paid",
        sentence=f"{total:,} lines, one for each video and day with engaged views.",
        parts=tuple(
            Part(
                label=f"“{line.video.title}”",
                note=f"@{line.creator.handle} · {day_words(line.day)} · {views_words(line.views)}",
                amount=Money(line.amount_micros, line.currency),
                ref=Ref("line", str(line.pk)),
            )
            for line in listed
        ),
        left_out=max(0, total - FEW),
    )
    return (stop,)


def _after_deposit(entry: EntryView) -> tuple[Stop, ...]:
    """Show what the advertiser's money was charged for since."""
    deposit = Deposit.objects.filter(pk=entry.id).first()
    if deposit is None:
        return ()
    charges = Charge.objects.filter(
        campaign__brand=deposit.brand_id,
        currency=deposit.currency,
        charged_at__gte=deposit.deposited_at,
    ).select_related("campaign")
    total = charges.count()
    listed = charges.order_by("-charged_at", "pk")[:FEW]
    stop = Stop(
        kind="impressions",
        title="Charged since then",
        sentence="What was paid in is spent view by view; the rest stays the advertiser's.",
        parts=tuple(
            Part(
                label=row.campaign.name,
                note=f"{place_words(row.country)}, {period_words(row.period)}",
                count=row.impression_count,
                amount=row.amount,
                at=row.charged_at,
                ref=Ref("entry", str(row.entry_id)),
            )
            for row in listed
        ),
        left_out=max(0, total - FEW),
    )
    return (stop,)


def _released(entry: EntryView) -> tuple[Stop, ...]:
    release = (
        Release.objects.filter(entry_id=entry.id)
        .select_related("statement__period", "statement__creator")
        .first()
    )
    if release is None:
        return ()
    statement = release.statement
    amount = Money(statement.amount_micros, statement.currency)
    ref = Ref("statement", f"{statement.period.name}/{statement.creator_id}/{statement.currency}")
    stop = Stop(
        kind="statement",
        title=f"Statement of @{statement.creator.handle}",
        sentence="What was earned in the period, line by line; this entry released all of it.",
        amount=amount,
        at=statement.made_at,
        ref=ref,
        facts=(Fact("Digest", statement.digest),),
    )
    return (stop,)
