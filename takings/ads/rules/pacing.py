"""Pacing: a day's budget spent as its plan says, not at once and not too late.

Once a minute each campaign's pace is multiplied by e to the power of how far its spending is from
the plan: in this minute, and in the day so far. An auction's bid is multiplied by the pace (dual
mirror descent with an entropic step, Balseiro, Lu and Mirrokni 2020); a fixed price takes part in
that share of the opportunities (probabilistic throttling, Agarwal et al., KDD 2014).

Days are the advertiser's. The pace is kept at midnight, and a day of 23 or 25 hours is planned as
such, so that nothing jumps.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from takings.ads.rules.lines import MILLION, Sale
from takings.ads.rules.schedule import day_around

STEP = Fraction(2, 100)
"""How strongly one minute moves the pace (η)."""
PULL = 20
"""How strongly the day so far does (k_p), in budgets."""
LARGEST_STEP = Fraction(3, 10)
LEAST_BID_PPM, LEAST_PART_PPM = 10_000, 2_000
FIRST_BID_PPM, FIRST_PART_PPM = MILLION, 100_000
HOUR = dt.timedelta(hours=1)
TICK = dt.timedelta.resolution
EVENLY = (1,) * 24
"""Every hour of the day brings as many viewers as any other: assumed until they were counted."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an advertiser, as instants; ``starts_at`` ≤ now < ``ends_at``."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Spending:
    """What a day's budget should have become and has, in micro-units, at the end of some minutes.

    ``planned_micros`` and ``spent_micros`` are since the day began; the ``_now`` ones, which only
    auctions look at, of the last ``minutes``.
    """

    budget_micros: int
    planned_micros: int
    spent_micros: int
    planned_now_micros: int = 0
    spent_now_micros: int = 0
    minutes: int = 1


def running_day(at: dt.datetime, *, time_zone: str, runs: tuple[dt.datetime, dt.datetime]) -> Day:
    """Return the advertiser's day, or what a campaign that starts or ends in it has of it."""
    starts_at, ends_at = day_around(at, time_zone=time_zone)
    return Day(max(starts_at, runs[0]), min(ends_at, runs[1]), ZoneInfo(time_zone))


def day_budget(
    left_micros: int, *, day: Day, ends_at: dt.datetime, most_micros: int | None = None
) -> int:
    """Return a day's part of what was left when it began, spread evenly until a campaign ends.

    ``most_micros`` is what a day may cost, if that was said.
    """
    even = (
        left_micros * ((day.ends_at - day.starts_at) // TICK) // ((ends_at - day.starts_at) // TICK)
    )
    return even if most_micros is None else min(even, most_micros)


def planned_part(at: dt.datetime, *, day: Day, curve: Sequence[int] = EVENLY) -> Fraction:
    """Return the part of a day's budget that should be spent by now: from 0 to 1.

    ``curve`` holds the weight of each hour of the clock. An hour that the clock shows twice counts
    twice, one that it leaves out not at all.
    """
    passed = whole = Fraction(0)
    hour = day.starts_at
    while hour < day.ends_at:
        until = min(hour + HOUR, day.ends_at)
        weight = curve[hour.astimezone(day.zone).hour]
        whole += weight * Fraction((until - hour) // TICK)
        elapsed = min(max(at - hour, dt.timedelta()), until - hour)
        passed += weight * Fraction(elapsed // TICK)
        hour = until
    return passed / whole


def next_pace(pace_ppm: int, *, spending: Spending, sale: Sale) -> int:
    """Return the pace for the next minute, in parts per million."""
    if sale == Sale.FIXED:
        on_plan = spending.spent_micros <= spending.planned_micros
        moved = pace_ppm * 11 // 10 if on_plan else pace_ppm * 9 // 10
        return max(LEAST_PART_PPM, min(moved, MILLION))
    moved = int(pace_ppm * _exp(_step(spending)))
    return max(LEAST_BID_PPM, min(moved, MILLION))


def _step(spending: Spending) -> Fraction:
    """Return η·g: the minute's gap in average minutes of the budget, the day's gap in budgets."""
    budget = spending.budget_micros
    minute = Fraction(
        (spending.planned_now_micros - spending.spent_now_micros) * 1_440,
        budget * spending.minutes,
    )
    so_far = Fraction(PULL * (spending.planned_micros - spending.spent_micros), budget)
    return max(-LARGEST_STEP, min(STEP * (minute + so_far), LARGEST_STEP))


def _exp(step: Fraction) -> Fraction:
    """Return e to a small power: four terms of its series, within 0.000 02 of it up to 0.3."""
    return 1 + step + step**2 / 2 + step**3 / 6 + step**4 / 24
