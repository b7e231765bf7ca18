"""The part of a close that shares lines among the parties of agreements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from takings.ledger.actions import post
from takings.money import Money
from takings.settlement.actions.stages import BATCH
from takings.settlement.models import Period, ShareLine, Split, SplitLine
from takings.settlement.queries.splits import split_terms, terms_of
from takings.settlement.rules import named, split_amount, split_entry, split_entry_id


def share_lines_out(*, period: Period) -> list[tuple[object, ...]]:
    """Cut every line of a video that is shared on that day, and keep the parts of the parties."""
    splits = split_terms(period=period)
    if not splits:
        return []
    lines = ShareLine.objects.filter(period=period, video__in=splits, amount_micros__gt=0)
    parts = split_parts(splits=splits, lines=lines.select_related("period"))
    SplitLine.objects.bulk_create(parts, batch_size=BATCH)
    return said_parts(parts)


def split_parts(
    *, splits: Mapping[UUID, Sequence[Split]], lines: Iterable[ShareLine]
) -> list[SplitLine]:
    """Return the parties' parts of these lines, as unsaved rows in one order."""
    shared = [line for line in lines if line.video_id in splits]
    return [
        part
        for line in sorted(shared, key=lambda line: (line.video_id, line.day, *_place(line)))
        for split in splits[line.video_id]
        for part in _parts(line, split)
    ]


def said_parts(parts: Iterable[SplitLine]) -> list[tuple[object, ...]]:
    """Return what parts say, as rows for a digest."""
    return [
        ("split", *_place(part), part.video_id, part.day, part.creator_id, part.amount_micros)
        for part in parts
    ]


def post_splits(*, period: Period, at: dt.datetime) -> None:
    """Post what each owner gives to the parties, one entry for each owner and currency."""
    rows = SplitLine.objects.filter(period=period).values_list("owner_id", "currency", "creator_id")
    sums = rows.annotate(micros=Sum("amount_micros")).order_by("owner_id", "currency", "creator_id")
    given: dict[tuple[int, str], dict[int, Money]] = defaultdict(dict)
    for owner_id, code, creator_id, micros in sums:
        given[owner_id, code][creator_id] = Money(int(micros), code)
    for (owner_id, _), parts in given.items():
        draft = split_entry(
            period=period.name,
            owner_id=owner_id,
            parts=parts,
            policy_version=period.policy_version,
            occurred_at=period.ends_at,
        )
        with transaction.atomic():
            post(drafts=[draft], at=at)


def _place(line: ShareLine | SplitLine) -> tuple[str, ...]:
    return named(line.product, line.country, line.currency)


def _parts(line: ShareLine, split: Split) -> Iterable[SplitLine]:
    terms = terms_of(split)
    if terms is None or terms.owner_id != line.creator_id or not terms.holds_on(line.day):
        return
    amount = Money(line.amount_micros, line.currency)
    for party, part in split_amount(amount=amount, terms=terms).items():
        if party != terms.owner_id and part:
            yield SplitLine(
                period_id=line.period_id,
                split=split,
                product=line.product,
                country=line.country,
                currency=line.currency,
                owner_id=terms.owner_id,
                creator_id=party,
                video_id=line.video_id,
                day=line.day,
                amount_micros=part.micros,
                entry_id=split_entry_id(
                    period=line.period.name, owner_id=terms.owner_id, currency=line.currency
                ),
            )
