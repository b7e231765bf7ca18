"""The trace of a statement's total: the pools it came from and the lines it is made of."""

from django.db.models import Sum
from django.db.models.functions import Coalesce

from takings.insights.queries.earnings import country_shares, product_shares
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.booking import payable_stop
from takings.insights.rules.earnings import CountryShare, ProductShare, waterfall
from takings.insights.rules.reader import Reader, Whose, start, whose
from takings.insights.rules.trace import Fact, Part, Ref, Stop, Trace
from takings.insights.rules.words import (
    country_words,
    day_words,
    engaged_words,
    line_words,
    period_words,
    policy_card,
    product_words,
)
from takings.money import Money
from takings.policies.queries import policy
from takings.settlement.models import ShareLine, Statement
from takings.settlement.queries import split_lines

FEW = 25


def trace_statement(*, key: str, reader: Reader) -> Trace:
    """Return what a statement's total is made of; ``key`` is ``2026-11/7/USD``.

    Refuses NothingHere.
    """
    period, _, rest = key.partition("/")
    creator_id, _, currency = rest.partition("/")
    rows = Statement.objects.select_related("period", "creator").filter(
        period__name=period, currency=currency
    )
    row = rows.filter(creator_id=int(creator_id)).first() if creator_id.isdigit() else None
    if row is None or not reader.owns_creator(row.creator_id):
        raise NothingHere(id=key)
    return _statement(row, reader)


def _statement(row: Statement, reader: Reader) -> Trace:
    by = whose(handle=row.creator.handle, creator_id=row.creator_id, reader=reader)
    amount = Money(row.amount_micros, row.currency)
    name = period_words(row.period.name)
    shares = country_shares(creator=row.creator, period=row.period.name, currency=row.currency)
    others = product_shares(creator=row.creator, period=row.period.name, currency=row.currency)
    lines = ShareLine.objects.filter(
        period=row.period, creator=row.creator, currency=row.currency
    ).select_related("video")
    first = lines.order_by("-amount_micros", "pk").first()
    return Trace(
        ref=Ref("statement", f"{row.period.name}/{row.creator_id}/{row.currency}"),
        title=f"Statement {name}",
        sentence=(
            f"What @{row.creator.handle} earned in {name} with {engaged_words(row.views)}, "
            f"on {row.line_count:,} lines."
        ),
        amount=amount,
        status="final",
        stops=(
            _pools(shares, others, by),
            _split(shares, others, currency=row.currency, by=by),
            _total(row),
            *_shared(row, amount),
            *((payable_stop(line=first, by=by),) if first else ()),
        ),
        policy=policy_card(policy(row.policy_version)),
    )


def _pools(shares: tuple[CountryShare, ...], others: tuple[ProductShare, ...], by: Whose) -> Stop:
    return Stop(
        kind="pool",
        title="Each country has its pool",
        sentence=(
            f"Ads seen in a country are shared by views in that country. {start(by.possessive)} "
            "part of each was booked by one entry."
        ),
        parts=tuple(
            Part(
                label=country_words(share.country),
                note=f"{share.own_views:,} of {share.pool.sharing:,} sharing views",
                amount=share.paid,
                ref=Ref("entry", str(share.entry_id)) if share.entry_id else None,
            )
            for share in shares
        )
        + tuple(
            Part(
                label=f"{product_words(one.product)}, {country_words(one.country)}",
                note=one.note,
                amount=one.amount,
                ref=Ref("entry", str(one.entry_id)) if one.entry_id else None,
            )
            for one in others
        ),
    )


def _split(
    shares: tuple[CountryShare, ...],
    others: tuple[ProductShare, ...],
    *,
    currency: str,
    by: Whose,
) -> Stop:
    return Stop(
        kind="split",
        title=f"From {by.possessive} views to {by.possessive} account",
        sentence="What stood behind the views, and what was taken before it was paid.",
        parts=tuple(
            Part(
                label=bar.name,
                note=bar.note,
                amount=bar.amount,
                tone="here" if bar.tone == "total" else "quiet" if bar.tone == "taken" else "",
            )
            for bar in waterfall(shares, currency=currency, by=by, others=others)
        ),
    )


def _shared(row: Statement, amount: Money) -> tuple[Stop, ...]:
    """Return what agreements gave and took, if there were any."""
    splits = split_lines(statement=row)
    if not splits:
        return ()
    return (
        Stop(
            kind="split",
            title="What was shared",
            sentence="By agreement of all parties; one entry for each creator who gave.",
            amount=amount,
            parts=tuple(
                Part(
                    label=f"“{line.video.title}”, {day_words(line.day)}",
                    note=(
                        f"to @{line.creator.handle}"
                        if line.owner_id == row.creator_id
                        else f"from @{line.owner.handle}"
                    ),
                    amount=-line.amount if line.owner_id == row.creator_id else line.amount,
                    ref=Ref("entry", str(line.entry_id)),
                )
                for line in splits[:FEW]
            ),
            left_out=max(0, len(splits) - FEW),
        ),
    )


def _total(row: Statement) -> Stop:
    lines = ShareLine.objects.filter(
        period=row.period, creator=row.creator, currency=row.currency
    ).select_related("video")
    listed = lines.order_by("-amount_micros", "pk")[:FEW]
    earned = lines.aggregate(sum=Coalesce(Sum("amount_micros"), 0))["sum"]
    return Stop(
        kind="statement",
        title="The total and its lines",
        sentence=f"{row.line_count:,} lines sum to it exactly; the largest are below.",
        amount=Money(int(earned), row.currency),
        at=row.made_at,
        ref=Ref("statement", f"{row.period.name}/{row.creator_id}/{row.currency}"),
        facts=(Fact("SHA-256", row.digest),),
        parts=tuple(_part(line) for line in listed),
        left_out=max(0, row.line_count - FEW),
        here=True,
    )


def _part(line: ShareLine) -> Part:
    return Part(
        label=f"“{line.video.title}”",
        note=(
            f"{day_words(line.day)}, {country_words(line.country)} · "
            f"{line_words(views=line.views, product=line.product)}"
        ),
        amount=Money(line.amount_micros, line.currency),
        ref=Ref("line", str(line.pk)),
    )
