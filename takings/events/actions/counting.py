"""Counting whole days once, and keeping the counts beside the lake until their inputs change."""

import datetime as dt
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from takings.events.models import Partial
from takings.events.models.files import sync_folder
from takings.events.queries.partials import (
    NAMED,
    Kind,
    folder_of,
    input_digest,
    rules_digest,
    stem_of,
)
from takings.events.queries.spans import Span
from takings.events.rules.days import DaysCounted, TellDays, tell_nobody
from takings.policies.rules import Policy

KEPT = 2
"""Partials of a day, kind and rules that stay: the newest, and one somebody may be reading."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A partial that was just made."""

    day: dt.date
    kind: Kind
    table: pa.Table
    took_ms: int


def count_days(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    policy: Policy,
    tell: TellDays = tell_nobody,
) -> list[Partial]:
    """Count every whole day of [``starts_at``, ``ends_at``) whose inputs changed; returns these.

    Its inputs are the day's files of the lake, the rules with their numbers, and its videos'
    lengths and owners. Each day is kept by itself, so whoever is killed goes on with the next one.
    ``tell`` hears before the first day and after each one.
    """
    span = Span.of(starts_at, ends_at, policy=policy, snapshot_id=None)
    kept = {kind: span.kept(kind) for kind in kinds_of(policy)}
    days = span.whole_days()
    dirty = {
        day: [kind for kind, clean in kept.items() if day not in clean]
        for day in days
        if any(day not in clean for clean in kept.values())
    }
    partials, counted = [], DaysCounted(day_count=len(dirty))
    tell(counted)
    for day, kinds in sorted(dirty.items()):
        made = _count(span, day, kinds=kinds)
        partials += made
        counted = counted.and_day(
            event_count=days[day].row_count,
            byte_count=days[day].byte_count,
            took_ms=sum(partial.took_ms for partial in made),
        )
        tell(counted)
    return partials


def kinds_of(policy: Policy) -> list[Kind]:
    """Return what is kept of a day: who watched what only where a product is shared by that."""
    by_member = any(rule.method == "user_centric" for rule in policy.products.values())
    return [Kind.COUNTS, Kind.WATCHING] if by_member else [Kind.COUNTS]


def drop_partials(*, day: dt.date) -> None:
    """Forget what was counted of a day; it is counted again when it is asked for."""
    for path in folder_of(day).glob("*"):
        path.unlink(missing_ok=True)
    Partial.objects.filter(day=day).delete()


def _count(span: Span, day: dt.date, *, kinds: list[Kind]) -> list[Partial]:
    began = time.monotonic()
    found = []
    with span.judged(day) as (session, showings):
        for kind in kinds:
            table = span.answer(kind, session=session, showings=showings)
            took_ms = int((time.monotonic() - began) * 1_000)
            found.append(_keep(span, _Counted(day, kind, table, took_ms)))
            began = time.monotonic()
    return found


def _keep(span: Span, counted: _Counted) -> Partial:
    """Write the file under a passing name, sync it, give it its name; then register it."""
    files = span.days[counted.day]
    folder = folder_of(counted.day)
    folder.mkdir(parents=True, exist_ok=True)
    passing = folder / f"{counted.kind}-{os.getpid()}.writing"
    with passing.open("wb") as file:
        parquet.write_table(counted.table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    digest = hashlib.sha256(passing.read_bytes()).hexdigest()
    stem = stem_of(files, policy=span.policy, kind=counted.kind)
    path = passing.rename(folder / f"{stem}{digest[:NAMED]}.parquet")
    sync_folder(folder)
    partial, _ = Partial.objects.get_or_create(
        day=counted.day,
        name=path.name,
        defaults={
            "kind": counted.kind,
            "policy_version": span.policy.version,
            "rules": rules_digest(policy=span.policy, kind=counted.kind),
            "snapshot_id": span.snapshot_id,
            "input_digest": input_digest(files),
            "digest": digest,
            "row_count": len(counted.table),
            "byte_count": path.stat().st_size,
            "event_count": files.row_count,
            "event_byte_count": files.byte_count,
            "took_ms": counted.took_ms,
        },
    )
    _drop_older(partial, folder=folder)
    return partial


def _drop_older(partial: Partial, *, folder: Path) -> None:
    """Forget what the newest counts replaced, but one; a count of the same rules only."""
    alike = folder.glob(f"{partial.kind}-{partial.rules[:NAMED]}-*.parquet")
    others = [path for path in alike if path.name != partial.name]
    by_age = sorted(others, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in by_age[KEPT - 1 :]:
        path.unlink(missing_ok=True)
        Partial.objects.filter(day=partial.day, name=path.name).delete()
