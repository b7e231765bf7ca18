"""Statements as pages show them: totals by country and video, every line, what changed."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from takings.insights.models import IssuedStatement
from takings.insights.queries.earnings import LineRow, earnings, lines_of, period_facts
from takings.insights.queries.issued import PURPOSES
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.revised import Revision, revisions
from takings.insights.queries.since import Since, since
from takings.insights.rules.earnings import (
    LineFilter,
    PeriodFacts,
    VideoEarnings,
    WaterfallRow,
)
from takings.insights.rules.issued import Issued, NotCounted, read_issued
from takings.insights.rules.trace import Ref
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.settlement import queries as settlement
from takings.settlement.models import EarningsHold, Estimate, Release, SplitLine, Statement
from takings.settlement.queries import LineDifference
from takings.settlement.rules import counted_once
from takings.videos.models import Video


@dataclass(frozen=True, slots=True)
class Summary:
    """One statement in the list: ``payable_at`` is due, ``released_at`` is done."""

    period: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    amount: Money
    views: int
    ref: Ref
    payable_at: dt.datetime | None
    released_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CountrySum:
    """What one country brought on a statement."""

    country: str
    views: int
    amount: Money


@dataclass(frozen=True, slots=True)
class NamedDifference:
    """A line that the close changed, with the video's title."""

    title: str
    line: LineDifference


@dataclass(frozen=True, slots=True)
class Paper:
    """What was issued: its number, the SHA-256 of its content, and the way from gross to paid."""

    number: str
    digest: str
    issued_at: dt.datetime
    waterfall: tuple[WaterfallRow, ...]
    not_counted: tuple[NotCounted, ...]
    streams: tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One statement in full; ``lines``, ``countries`` and ``videos`` each sum to ``earned``.

    The statement's amount is that, less what others got of it, and what others gave (``shared``).

    ``estimated`` is empty when no estimate was made before the close, ``paper`` until it is issued.
    ``account`` is what the creator's accounts hold now, ``holds`` what keeps money back now.
    ``since`` is what became of this statement's money after it was issued, ``revisions`` what
    corrections changed of it.
    """

    summary: Summary
    period: PeriodFacts
    policy_version: str
    digest: str
    made_at: dt.datetime
    lines: tuple[LineRow, ...]
    countries: tuple[CountrySum, ...]
    changes: tuple[NamedDifference, ...]
    estimated: Money | None
    estimated_at: dt.datetime | None
    videos: tuple[VideoEarnings, ...]
    paper: Paper | None
    earned: Money
    shared: tuple[SplitLine, ...]
    account: tuple[tuple[str, Money], ...]
    holds: tuple[EarningsHold, ...]
    since: Since
    revisions: tuple[Revision, ...]

    @property
    def change(self) -> Money:
        """Final less estimated; nothing without an estimate."""
        return self.earned - (self.estimated or self.earned)


def summaries(*, creator: Creator) -> list[Summary]:
    """Return all statements of a creator, newest first."""
    rows = settlement.statements(creator=creator)
    released = dict(
        Release.objects.filter(statement__in=rows).values_list("statement_id", "released_at")
    )
    return [_summary(row, released.get(row.pk)) for row in rows]


def sheets(*, creator: Creator, period: str) -> list[Sheet]:
    """Return the statements of a period, one per currency. Refuses NothingHere."""
    found = settlement.statement(creator=creator, period=settlement.period(name=period))
    if not found:
        raise NothingHere(id=period)
    return [_sheet(row, creator) for row in found]


def canonical(*, creator: Creator, period: str, currency: str) -> bytes:
    """Return the text whose SHA-256 is the statement's digest. Refuses NothingHere."""
    rows = settlement.statement(creator=creator, period=settlement.period(name=period))
    row = next((row for row in rows if row.currency == currency), None)
    if row is None:
        raise NothingHere(id=f"{period} {currency}")
    return settlement.statement_content(statement=row).canonical()


def _summary(row: Statement, released_at: dt.datetime | None) -> Summary:
    return Summary(
        period=row.period.name,
        starts_at=row.period.starts_at,
        ends_at=row.period.ends_at,
        amount=Money(row.amount_micros, row.currency),
        views=row.views,
        ref=Ref("statement", f"{row.period.name}/{row.creator_id}/{row.currency}"),
        payable_at=settlement.payable_from(period=row.period),
        released_at=released_at,
    )


def _sheet(row: Statement, creator: Creator) -> Sheet:
    period = period_facts(period=row.period)
    lines = lines_of(creator=creator, period=period, only=LineFilter(), currency=row.currency)
    release = Release.objects.filter(statement=row).first()
    made = Estimate.objects.filter(period=row.period).values_list("made_at", flat=True).first()
    changes = _changes(row, creator) if made else ()
    moved = sum(one.line.change.micros for one in changes)
    earned = sum(line.amount.micros for line in lines)
    return Sheet(
        summary=_summary(row, release.released_at if release else None),
        period=period,
        policy_version=row.policy_version,
        digest=row.digest,
        made_at=row.made_at,
        lines=tuple(
            sorted(lines, key=lambda line: (line.day, line.title, line.country, line.product))
        ),
        countries=_by_country(lines, row.currency),
        changes=changes,
        estimated=Money(earned - moved, row.currency) if made else None,
        estimated_at=made,
        videos=earnings(creator=creator, period=period, currency=row.currency).videos,
        paper=_paper(row),
        earned=Money(earned, row.currency),
        shared=tuple(settlement.split_lines(statement=row)),
        account=_account(row),
        holds=tuple(
            one for one in settlement.open_holds(creator=creator) if one.currency == row.currency
        ),
        since=since(statement=row, release=release),
        revisions=tuple(revisions(statement=row)),
    )


def _paper(row: Statement) -> Paper | None:
    found = IssuedStatement.objects.filter(statement=row, revision=None).first()
    if found is None:
        return None
    said: Issued = read_issued(found.content)
    return Paper(
        number=found.number,
        digest=found.digest,
        issued_at=found.issued_at,
        waterfall=tuple(
            WaterfallRow(bar.name, bar.note, said.money(bar.micros), bar.tone)
            for bar in said.waterfall
        ),
        not_counted=said.not_counted,
        streams=tuple((one.name, said.money(one.micros)) for one in said.streams),
    )


def _account(row: Statement) -> tuple[tuple[str, Money], ...]:
    return tuple(
        (words, ledger.balance(name=f"creator:{row.creator_id}:{purpose}", currency=row.currency))
        for purpose, words in PURPOSES.items()
    )


def _by_country(lines: list[LineRow], currency: str) -> tuple[CountrySum, ...]:
    countries: dict[str, list[LineRow]] = defaultdict(list)
    for line in lines:
        countries[line.country].append(line)
    rows = [
        CountrySum(
            name,
            counted_once(((one.country, one.day, one.video_id), one.views) for one in own),
            Money(sum(one.amount.micros for one in own), currency),
        )
        for name, own in countries.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.amount.micros, row.country)))


def _changes(row: Statement, creator: Creator) -> tuple[NamedDifference, ...]:
    found = [
        one
        for one in settlement.differences(creator=creator, period=row.period)
        if one.final.currency == row.currency
    ]
    titles = dict(
        Video.objects.filter(pk__in={one.video_id for one in found}).values_list("pk", "title")
    )
    return tuple(NamedDifference(titles.get(one.video_id, ""), one) for one in found)
