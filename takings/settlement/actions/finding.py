"""What a closed period would say today: counted and shared again, and compared line by line."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import Conflict
from takings.events.queries import Counts
from takings.money import Money
from takings.policies.queries import policy
from takings.policies.rules import DIRECT
from takings.settlement import queries
from takings.settlement.actions.counting import CountViews, count_lake
from takings.settlement.actions.working import Worked, work_out
from takings.settlement.models import (
    CountLine,
    LineChange,
    PartChange,
    Period,
    PoolChange,
    PoolResult,
    SplitChange,
    Status,
)
from takings.settlement.queries.corrections import (
    LineKey,
    NewestLine,
    PartKey,
    SplitKey,
    cuts_of,
    newest_lines,
    newest_parts,
    newest_splits,
    pool_of,
    pool_totals,
    rest_account,
)
from takings.settlement.rules import PoolKey, Seen, why_changed

Where = tuple[str, UUID, dt.date]
Outcomes = Mapping[Where, Mapping[str, int]]
NOTHING = NewestLine(creator_id=0, views=0, micros=0)
UNKNOWN: Outcomes = {}


class NotClosedYet(Conflict):
    """What is not final is not corrected."""

    code = "not_closed_yet"
    sentence = "{period} is not closed yet; its close counts the newest views anyway."


class NothingToCorrect(Conflict):
    """Counted again, everything is as it was."""

    code = "nothing_to_correct"
    sentence = "Counted and shared again, {period} comes to what it says already."


@dataclass(frozen=True, slots=True)
class Changes:
    """What a correction of a closed period would change; every row is unsaved."""

    period: Period
    worked: Worked
    lines: tuple[LineChange, ...]
    splits: tuple[SplitChange, ...]
    parts: tuple[PartChange, ...]
    pools: tuple[PoolChange, ...]


def find_changes(
    *, name: str, outcomes: Outcomes = UNKNOWN, count: CountViews = count_lake
) -> Changes:
    """Count and share a closed period again by its own policy, and compare with what it says.

    ``outcomes`` tells how its showings came out before, as far as that was kept. Nothing is
    written. Refuses: UnknownPeriod, NotClosedYet, NothingToCorrect.
    """
    period = queries.period(name=name)
    if period.status != Status.CLOSED:
        raise NotClosedYet(period=name)
    rules = policy(period.policy_version)
    counts = count(starts_at=period.starts_at, ends_at=period.ends_at, policy=rules)
    pools = tuple(_pools(period))
    left = pool_totals(period=period) | {_key(one): one.after_micros for one in pools}
    money = {key: Money(micros, key.currency) for key, micros in left.items() if micros}
    worked = work_out(period=period, policy=rules, counts=counts, pools=money)
    changes = Changes(
        period=period,
        worked=worked,
        lines=tuple(_lines(period, worked, outcomes, pools=pools)),
        splits=tuple(_splits(period, worked)),
        parts=tuple(_parts(period, worked)),
        pools=pools,
    )
    if not changes.lines and not changes.splits and not changes.parts:
        raise NothingToCorrect(period=name)
    return changes


def _pools(period: Period) -> Iterator[PoolChange]:
    """Yield the pools that held too much; of all others the same money is shared again."""
    results = PoolResult.objects.filter(period=period)
    held = {pool_of(row, period=period): row.total_micros for row in results}
    totals, cuts = pool_totals(period=period), cuts_of(period=period)
    for key in sorted(held, key=lambda one: one.place):
        cut = sum(one.amount_micros for one in cuts[key.account, key.currency])
        left = max(0, held[key] - cut)
        if left != totals[key]:
            yield PoolChange(
                pool=key.account,
                currency=key.currency,
                before_micros=totals[key],
                after_micros=left,
            )


def _key(change: PoolChange) -> PoolKey:
    _, product, country, name = change.pool.split(":")
    return PoolKey(name, country, change.currency, product)


def _lines(
    period: Period, worked: Worked, outcomes: Outcomes, *, pools: Sequence[PoolChange]
) -> Iterator[LineChange]:
    cuts = cuts_of(period=period)
    because = {(one.pool, one.currency): cuts[one.pool, one.currency][-1].why for one in pools}
    before = newest_lines(period=period)
    after: dict[LineKey, NewestLine] = {
        (key.account, key.currency, line.video_id, line.day): NewestLine(
            line.creator_id, line.views, line.amount.micros
        )
        for key, shares in worked.pools
        for line in shares.lines
    }
    now = _outcomes(worked.counts)
    held = _held(period)
    holds = {one.video_id: one.holders for views in worked.counted.values() for one in views}
    for line in sorted(before.keys() | after.keys()):
        pool, code, video_id, day = line
        old, new = before.get(line, NOTHING), after.get(line, NOTHING)
        if old == new:
            continue
        where = (pool.split(":")[2], video_id, day)
        music = held.get(video_id, ()), holds.get(video_id, ())
        yield LineChange(
            pool=pool,
            currency=code,
            creator_id=new.creator_id or old.creator_id,
            video_id=video_id,
            day=day,
            views_before=old.views,
            views_after=new.views,
            before_micros=old.micros,
            after_micros=new.micros,
            why=because[pool, code]  # no view changes what ads inside a video paid, or gifts
            if pool.split(":")[1] in DIRECT
            else why_changed(
                Seen(old.views, outcomes.get(where, {}), music[0]),
                Seen(new.views, now.get(where, {}), music[1] if new.views else music[0]),
                pool=f"the pool is smaller: {because[pool, code]}"
                if (pool, code) in because
                else "",
            ),
        )


def _outcomes(counts: Counts) -> Outcomes:
    found: dict[Where, dict[str, int]] = defaultdict(dict)
    for row in counts.rows:
        found[row.country, row.video_id, row.day][row.outcome] = row.views
    return found


def _held(period: Period) -> dict[UUID, tuple[str, ...]]:
    rows = CountLine.objects.filter(period=period).values_list("video_id", "holders")
    return {video_id: tuple(holders) for video_id, holders in rows.distinct()}


def _splits(period: Period, worked: Worked) -> Iterator[SplitChange]:
    before = newest_splits(period=period)
    after: dict[SplitKey, int] = {
        (
            pool_of(part, period=period).account,
            part.currency,
            part.video_id,
            part.day,
            part.owner_id,
            part.creator_id,
        ): part.amount_micros
        for part in worked.splits
    }
    for split in sorted(before.keys() | after.keys()):
        old, new = before.get(split, 0), after.get(split, 0)
        if old != new:
            pool, code, video_id, day, owner_id, creator_id = split
            yield SplitChange(
                pool=pool,
                currency=code,
                video_id=video_id,
                day=day,
                owner_id=owner_id,
                creator_id=creator_id,
                before_micros=old,
                after_micros=new,
            )


def _parts(period: Period, worked: Worked) -> Iterator[PartChange]:
    before = newest_parts(period=period)
    after: dict[PartKey, int] = {}
    for key, shares in worked.pools:
        rest = rest_account(key=key, views=shares.views, policy_version=period.policy_version)
        after[key.account, key.currency, rest] = shares.platform.micros
        for holder, amount in shares.holders.items():
            after[key.account, key.currency, f"rights:{holder}"] = amount.micros
    for part in sorted(before.keys() | after.keys()):
        old, new = before.get(part, 0), after.get(part, 0)
        if old != new:
            pool, code, account = part
            yield PartChange(
                pool=pool, currency=code, account=account, before_micros=old, after_micros=new
            )
