"""The stage that makes statements: one per creator and currency, with a digest of its content."""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter

from takings.settlement.actions.stages import BATCH, Done, output_digest
from takings.settlement.models import Period, ShareLine, SplitLine, Stage, Statement
from takings.settlement.queries import split_shares
from takings.settlement.rules import StatementContent, StatementLine, digest_rows

_STATED = ("country", "day", "video_id", "views", "amount_micros", "product")


def make_statements(period: Period, *, at: dt.datetime) -> Done:
    """Make every creator's statement of the period from its final lines."""
    digests: list[tuple[object, ...]] = []
    contents = _contents(period)
    while batch := list(islice(contents, BATCH)):
        rows = [_statement(period, content, at=at) for content in batch]
        Statement.objects.bulk_create(rows)
        digests += [(row.creator_id, row.currency, row.digest) for row in rows]
    return Done(
        row_count=len(digests),
        input_digest=output_digest(period=period, stage=Stage.ALLOCATED),
        output_digest=digest_rows(digests),
    )


def make_empty_statement(
    *, period: Period, creator_id: int, currency: str, at: dt.datetime
) -> Statement:
    """Make a statement of nothing for a creator whom only a correction gives something."""
    content = _content(period, creator_id, currency, lines=())
    statement = _statement(period, content, at=at)
    statement.save()
    return statement


def _contents(period: Period) -> Iterator[StatementContent]:
    lines = ShareLine.objects.filter(period=period).order_by("creator_id", "currency")
    rows = lines.values_list("creator_id", "currency", *_STATED).iterator(chunk_size=BATCH)
    stated: set[tuple[int, str]] = set()
    for (creator_id, code), own in groupby(rows, key=itemgetter(0, 1)):
        stated.add((creator_id, code))
        own_lines = tuple(StatementLine(*said) for _, _, *said in own)
        yield _content(period, creator_id, code, lines=own_lines)
    shared = SplitLine.objects.filter(period=period).values_list("creator_id", "currency")
    for creator_id, code in shared.order_by("creator_id", "currency").distinct():
        if (creator_id, code) not in stated:  # nothing of their own, only what others gave
            yield _content(period, creator_id, code, lines=())


def _content(
    period: Period, creator_id: int, code: str, *, lines: tuple[StatementLine, ...]
) -> StatementContent:
    return StatementContent(
        period=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        creator_id=creator_id,
        currency=code,
        policy_version=period.policy_version,
        lines=lines,
        splits=split_shares(period=period, creator_id=creator_id, currency=code),
    )


def _statement(period: Period, content: StatementContent, *, at: dt.datetime) -> Statement:
    return Statement(
        period=period,
        creator_id=content.creator_id,
        currency=content.currency,
        views=content.views,
        line_count=len(content.lines),
        amount_micros=content.amount_micros,
        policy_version=content.policy_version,
        digest=content.digest(),
        made_at=at,
    )
