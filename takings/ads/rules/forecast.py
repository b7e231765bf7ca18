"""What a line item would get: the last days' requests, decided once more with it among its rivals.

A sample of requests is replayed through the real decision; each request of it stands for as many
as ``weight_ppm`` says. The days of the sample are repeated until the line item ends, hour by hour,
and what it would win costs at most its budgets. Replay keeps what averages lose: that rivals want
the same places at the same hours (Ghosh et al. 2009; Agarwal et al., KDD 2010).

Frequency caps are not replayed: the sample names no viewer. Rivals are those of today, with money.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isqrt

from takings.ads.rules.auction import NobodyWon, Won, decide
from takings.ads.rules.lines import MILLION, LineItem, Opportunity
from takings.ads.rules.rates import Rates
from takings.ads.rules.schedule import DAY, day_of
from takings.ads.rules.snapshot import Bid, build_snapshot, worth
from takings.ads.rules.tokens import NO_VIDEO

KEPT_FOR = 28 * DAY
LOOKS_BACK_DAYS = 7
FEWEST_SAMPLED, FEWEST_FITTING = 100, 20
"""Of fewer requests nothing is told."""
LEAST_ERROR_PPM, LARGEST_ERROR_PPM, ONE_DAY_ERROR_PPM = 100_000, 900_000, 500_000
"""A range is never narrower than a tenth, and one day says little about others."""
SEEDS = 4
"""Paced rivals take part in some of so many times ``TURNS`` turns."""
HOUR = dt.timedelta(hours=1)
_EPOCH = dt.datetime.fromtimestamp(0, tz=dt.UTC)
_ALWAYS = (dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC))
_WORTH = MILLION * MILLION * 10_000
"""What ``worth`` multiplies micro-units by."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A request that was kept, and what an impression had to be worth there, in micro-units."""

    here: Opportunity
    to_win_micros: int
    after_video_id: uuid.UUID = NO_VIDEO
    weight_ppm: int = MILLION


@dataclass(frozen=True, slots=True)
class Flight:
    """When a line item runs, by whose clock, and what it may still spend, in all and in a day."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str
    budget_micros: int
    daily_micros: int | None = None


class Why(StrEnum):
    """Why no number is told."""

    YOUNG = "young"
    FEW = "few"
    NONE_FIT = "none_fit"
    FEW_FIT = "few_fit"
    OVER = "over"
    BY_AGE = "by_age"

    @property
    def sentence(self) -> str:
        """The same for people, with what to do."""
        return _SENTENCES[self]


_SENTENCES = {
    Why.YOUNG: "A forecast looks at whole days of requests for ads. There is none yet; come back"
    " tomorrow.",
    Why.FEW: "There were too few requests for ads in the last days to say anything.",
    Why.NONE_FIT: "None of the places for ads that were looked at fits. Aim wider: at more"
    " countries, places, hours or words.",
    Why.FEW_FIT: "Too few of the places for ads that were looked at fit to say how many there will"
    " be. Aim wider, or expect little.",
    Why.OVER: "Its days are over.",
    Why.BY_AGE: "How many viewers of an age group there will be is not known: the sample of"
    " requests that forecasts are made from names no ages.",
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """No forecast, because of too little to go by: ``fitting`` of ``sampled`` fitted."""

    why: Why
    sampled: int
    fitting: int = 0


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a line item gets in all: places won, events paid for, and their cost."""

    impressions: int
    events: int
    spent_micros: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect, and between what: two standard errors to either side.

    ``places`` fit it in its days, whoever wins them. ``to_win_micros`` is what an impression had to
    be worth in the middle of them. ``is_capped`` says that a budget ends it, not the places.
    ``days`` of ``sampled`` requests were replayed, of which ``fitting`` fit.
    """

    days: int
    sampled: int
    fitting: int
    places: int
    to_win_micros: int
    low: Amounts
    expected: Amounts
    high: Amounts
    is_capped: bool


@dataclass(slots=True)
class Hour:
    """What one hour of the sample brings, in millionths: places, wins, events, micro-units."""

    places: int = 0
    wins: int = 0
    events: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of the sample: by hours since 1970, and of the requests that fitted."""

    hours: dict[int, Hour]
    to_win: tuple[int, ...]
    wins: tuple[int, ...]
    """The weight of each request that was won."""


def price_to_win(won: Won | NobodyWon, *, floor_micros: int) -> int:
    """Return what an impression had to be worth, in micro-units: as much as the ad shown."""
    if isinstance(won, NobodyWon):
        return floor_micros
    return max(floor_micros, worth(won.item, chance_ppm=won.chance_ppm) // _WORTH)


def without_person(here: Opportunity) -> Opportunity:
    """Return what is kept of a request: country and region, but nothing that tells whose."""
    quarter = here.at.replace(minute=here.at.minute // 15 * 15, second=0, microsecond=0)
    return Opportunity(
        at=quarter,
        draw=0,
        country=here.country,
        region=here.region,
        language=here.language,
        device=here.device,
        placement=here.placement,
        floor_micros=here.floor_micros,
    )


def replay(
    sample: Iterable[Sampled], *, item: LineItem, rivals: Iterable[LineItem], rates: Rates
) -> Replay:
    """Decide each request once more, with the item; everybody has money, and runs always.

    The item is not paced: what it may spend is asked afterwards.
    """
    starts_at, ends_at = _ALWAYS
    everybody = [replace(one, starts_at=starts_at, ends_at=ends_at) for one in (*rivals, item)]
    everybody[-1] = replace(everybody[-1], pace_ppm=MILLION)
    snapshots = [build_snapshot(everybody, rates=rates, seed=seed) for seed in range(SEEDS)]
    own = [next(b.rank for b in one.bids if b.item.id == item.id) for one in snapshots]
    hours: dict[int, Hour] = {}
    to_win, wins = [], []
    for number, one in enumerate(sample):
        draw, seed = divmod(number, SEEDS)
        here, snapshot = replace(one.here, draw=draw), snapshots[seed]
        if not snapshot.eligible(here) >> own[seed] & 1:
            continue
        to_win.append(one.to_win_micros)
        hour = hours.setdefault(_hour_of(here.at), Hour())
        hour.places += one.weight_ppm
        won = decide(snapshot, here=here, reserve=_has_money)
        if isinstance(won, Won) and won.item.id == item.id:
            wins.append(one.weight_ppm)
            events = one.weight_ppm * won.chance_ppm // MILLION
            hour.wins += one.weight_ppm
            hour.events += events
            hour.spent += events * won.price_micros
    return Replay(hours, tuple(sorted(to_win)), tuple(wins))


def forecast(
    sample: Sequence[Sampled],
    *,
    item: LineItem,
    rivals: Iterable[LineItem],
    rates: Rates,
    flight: Flight,
    at: dt.datetime,
) -> Forecast | Unknown:
    """Return what an item would get from ``at`` on, or why that is not known."""
    until = _hour_of(at)
    since = min((_hour_of(one.here.at) for one in sample), default=until)
    days = min(LOOKS_BACK_DAYS, (until - since) // 24)
    first = until - 24 * days
    listed = [one for one in sample if first <= _hour_of(one.here.at) < until]
    why = _why_unknown(days, sampled=len(listed), flight=flight, at=at)
    if item.targeting.ages:
        why = why or Why.BY_AGE
    if why:
        return Unknown(why, len(listed))
    found = replay(listed, item=item, rivals=rivals, rates=rates)
    fitting = len(found.to_win)
    if fitting < FEWEST_FITTING:
        return Unknown(Why.FEW_FIT if fitting else Why.NONE_FIT, len(listed), fitting)
    ahead = list(_ahead(found.hours, first=first, days=days, flight=flight, at=at))
    error_ppm = error_of(found, first=first, days=days)
    low, expected, high = (
        spend(ahead, flight=flight, scale_ppm=MILLION + sign * error_ppm) for sign in (-1, 0, 1)
    )
    unlimited = sum(hour.spent for _, hour in ahead) // MILLION
    return Forecast(
        days=days,
        sampled=len(listed),
        fitting=fitting,
        places=sum(hour.places for _, hour in ahead) // MILLION,
        to_win_micros=found.to_win[fitting // 2],
        low=low,
        expected=expected,
        high=high,
        is_capped=expected.spent_micros < unlimited,
    )


def _why_unknown(days: int, *, sampled: int, flight: Flight, at: dt.datetime) -> Why | None:
    whys = {
        Why.OVER: flight.ends_at <= at,
        Why.YOUNG: days < 1,
        Why.FEW: sampled < FEWEST_SAMPLED,
    }
    return next((why for why, applies in whys.items() if applies), None)


def spend(
    ahead: Iterable[tuple[dt.date, Hour]], *, flight: Flight, scale_ppm: int = MILLION
) -> Amounts:
    """Return what hours come to, each on its day, if there are ``scale_ppm`` of so many places.

    A day ends when its budget is spent, the whole when the budget is.
    """
    daily: dict[dt.date, Hour] = {}
    for day, hour in ahead:
        sums = daily.setdefault(day, Hour())
        sums.wins += hour.wins * scale_ppm // MILLION
        sums.events += hour.events * scale_ppm // MILLION
        sums.spent += hour.spent * scale_ppm // MILLION
    most = flight.daily_micros
    days = [_at_most(sums, None if most is None else most * MILLION) for sums in daily.values()]
    whole = Hour(
        wins=sum(one.wins for one in days),
        events=sum(one.events for one in days),
        spent=sum(one.spent for one in days),
    )
    found = _at_most(whole, flight.budget_micros * MILLION)
    return Amounts(found.wins // MILLION, found.events // MILLION, found.spent // MILLION)


def error_of(found: Replay, *, first: int, days: int) -> int:
    """Return by what part more or fewer may come, in millionths: two standard errors.

    That of the sample (each request that is won is there by chance) and that of its days, which
    differ, together.
    """
    if not found.wins:
        return LEAST_ERROR_PPM
    whole = sum(found.wins)
    sampling = 2 * MILLION * isqrt(sum(weight**2 for weight in found.wins)) // whole
    of_day: Counter[int] = Counter()
    for hour, sums in found.hours.items():
        of_day[(hour - first) // 24] += sums.wins
    squares = sum((of_day[day] * days - whole) ** 2 for day in range(days))
    spread = 2 * MILLION * isqrt(squares // (days * max(1, days - 1))) // whole
    between = spread if days > 1 else ONE_DAY_ERROR_PPM
    error = isqrt(sampling**2 + between**2)
    return max(LEAST_ERROR_PPM, min(error, LARGEST_ERROR_PPM))


def _ahead(
    hours: dict[int, Hour], *, first: int, days: int, flight: Flight, at: dt.datetime
) -> Iterator[tuple[dt.date, Hour]]:
    """Yield the hours in which it runs, each on its day there, as the sample's days repeat."""
    none = Hour()
    now = _hour_of(max(at, flight.starts_at))
    for number in range(now, _hour_of(flight.ends_at - dt.timedelta.resolution) + 1):
        known = hours.get(first + (number - first) % (24 * days), none)
        yield day_of(_EPOCH + number * HOUR, time_zone=flight.time_zone), known


def _at_most(sums: Hour, most: int | None) -> Hour:
    """Return the part of these sums that costs no more."""
    if most is None or sums.spent <= most:
        return sums
    return Hour(
        wins=sums.wins * most // sums.spent, events=sums.events * most // sums.spent, spent=most
    )


def _hour_of(at: dt.datetime) -> int:
    return (at - _EPOCH) // HOUR


def _has_money(_bid: Bid, _price_micros: int) -> uuid.UUID:
    return NO_VIDEO
