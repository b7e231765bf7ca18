"""What a statement says after a correction: the document, and what its creator is told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.conf import settings

from takings.insights.models import IssuedStatement
from takings.insights.queries.earnings import outcome_counts, period_facts
from takings.insights.queries.issued import COUNTED, PURPOSES, VERIFY
from takings.insights.queries.readers import NothingHere
from takings.insights.rules.earnings import LineFilter
from takings.insights.rules.issued import (
    Bar,
    Issued,
    NotCounted,
    Part,
    Payee,
    Shared,
    Span,
    number_of,
)
from takings.insights.rules.words import country_words, day_words, product_words
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.settlement import queries as settlement
from takings.settlement.models import (
    LineChange,
    Posting,
    Statement,
    StatementRevision,
)
from takings.settlement.rules import StatementContent, StatementLine, counted_once
from takings.videos.models import Video

Sum = tuple[int, int]
"""Views and micro-units."""


Key = TypeVar("Key", str, UUID, dt.date)


@dataclass(frozen=True, slots=True)
class Revision:
    """What one correction changed of a statement: by how much, why, how it was posted.

    ``issued`` is its document, empty until it is made.
    """

    row: StatementRevision
    change: Money
    amount: Money
    waiting: Money
    payable: Money
    entry_id: UUID | None
    lines: tuple[LineChange, ...]
    issued: IssuedStatement | None


def revisions(*, statement: Statement) -> list[Revision]:
    """Return what corrections changed of a statement, the first one first."""
    told, before, code = [], statement.amount_micros, statement.currency
    for row in settlement.revisions_of(statement=statement):
        owner = f"creator:{statement.creator_id}"
        posting = Posting.objects.get(correction=row.correction, owner=owner, currency=code)
        lines = settlement.line_changes(creator=statement.creator, correction=row.correction)
        told.append(
            Revision(
                row=row,
                change=Money(row.amount_micros - before, code),
                amount=Money(row.amount_micros, code),
                waiting=Money(posting.waiting_micros, code),
                payable=Money(posting.payable_micros, code),
                entry_id=posting.entry_id,
                lines=tuple(line for line in lines if line.currency == code),
                issued=IssuedStatement.objects.filter(revision=row).first(),
            )
        )
        before = row.amount_micros
    return told


def revised_content(*, revision: StatementRevision, id: UUID, at: dt.datetime) -> Issued:  # noqa: A002 - the row's own
    """Return all that a revision says, as the books and the newest lines stand at ``at``."""
    statement, creator = revision.statement, revision.statement.creator
    period, payable_from = statement.period, settlement.payable_from(period=statement.period)
    said = settlement.revision_content(revision=revision)
    replaced = _replaced(revision)
    if payable_from is None or replaced is None:
        raise NothingHere(id=str(revision))
    earned = sum(line.amount_micros for line in said.lines)
    return Issued(
        number=number_of(id),
        issued_at=at,
        verify_at=f"{settings.PUBLIC_URL}{VERIFY}",
        payee=Payee(id=creator.pk, handle=creator.handle, name=creator.name),
        period=Span(period.name, period.starts_at, period.ends_at, payable_from),
        policy=statement.policy_version,
        currency=statement.currency,
        earned=earned,
        micros=revision.amount_micros,
        views=revision.views,
        waterfall=_waterfall(revision, replaced),
        not_counted=_not_counted(statement),
        streams=tuple(
            Part(product_words(product), micros)
            for product, (_, micros) in _sums(said.lines, lambda line: line.product)
        ),
        countries=_countries(said),
        videos=_videos(said),
        days=_days(said),
        shared=_shared(said),
        account=_account(statement),
        line_count=revision.line_count,
        lines_sha256=revision.digest,
        revision=revision.number,
        replaces=replaced.number,
        because=revision.correction.reason,
    )


def _replaced(revision: StatementRevision) -> IssuedStatement | None:
    rows = IssuedStatement.objects.filter(statement=revision.statement)
    if revision.number == 2:  # noqa: PLR2004 - the first revision replaces the statement itself
        return rows.filter(revision=None).first()
    return rows.filter(revision__number=revision.number - 1).first()


def _waterfall(revision: StatementRevision, replaced: IssuedStatement) -> tuple[Bar, ...]:
    source = replaced.revision or replaced.statement
    change = revision.amount_micros - source.amount_micros
    return (
        Bar("Stated before", f"in {replaced.number}", source.amount_micros, ""),
        Bar(
            f"Correction {revision.correction.number}",
            revision.correction.reason,
            abs(change),
            "taken" if change < 0 else "",
        ),
        Bar("Yours", "after the correction", revision.amount_micros, "total"),
    )


def _not_counted(statement: Statement) -> tuple[NotCounted, ...]:
    facts = period_facts(period=statement.period)
    counts = outcome_counts(creator_id=statement.creator_id, period=facts, only=LineFilter())
    return tuple(
        NotCounted(one.name, one.rule, one.showings) for one in counts if one.outcome != COUNTED
    )


def _sums(
    lines: Iterable[StatementLine], key: Callable[[StatementLine], Key]
) -> list[tuple[Key, Sum]]:
    """Return views and micro-units by key, the largest amount first."""
    groups: dict[Key, list[StatementLine]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    sums = {
        one: (
            counted_once(((row.country, row.day, row.video_id), row.views) for row in rows),
            sum(row.amount_micros for row in rows),
        )
        for one, rows in groups.items()
    }
    return sorted(sums.items(), key=lambda one: (-one[1][1], str(one[0])))


def _countries(said: StatementContent) -> tuple[Part, ...]:
    return tuple(
        Part(country_words(country), micros, views)
        for country, (views, micros) in _sums(said.lines, lambda line: line.country)
    )


def _videos(said: StatementContent) -> tuple[Part, ...]:
    sums = _sums(said.lines, lambda line: line.video_id)
    titles = _titles(video_id for video_id, _ in sums)
    return tuple(
        Part(titles[video_id], micros, views, str(video_id)) for video_id, (views, micros) in sums
    )


def _days(said: StatementContent) -> tuple[Part, ...]:
    days = sorted(_sums(said.lines, lambda line: line.day))
    return tuple(Part(day_words(day), micros, views) for day, (views, micros) in days)


def _shared(said: StatementContent) -> tuple[Shared, ...]:
    sums: dict[tuple[UUID, int], int] = defaultdict(int)
    for part in said.splits:
        sums[part.video_id, part.other_id] += part.amount_micros
    titles = _titles(video_id for video_id, _ in sums)
    others = Creator.objects.filter(pk__in={other for _, other in sums})
    handles = dict(others.values_list("pk", "handle"))
    return tuple(
        Shared(str(video_id), titles[video_id], handles[other], micros)
        for (video_id, other), micros in sorted(sums.items())
    )


def _titles(video_ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Video.objects.filter(pk__in=set(video_ids)).values_list("pk", "title"))


def _account(statement: Statement) -> tuple[Part, ...]:
    owner = f"creator:{statement.creator_id}"
    return tuple(
        Part(words, ledger.balance(name=f"{owner}:{purpose}", currency=statement.currency).micros)
        for purpose, words in PURPOSES.items()
    )
