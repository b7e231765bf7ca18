"""A month of a small platform: creators, views with every outcome, ads in two countries."""

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass, replace

from takings.ads import actions as ads
from takings.ads.models import Campaign
from takings.ads.rules.tokens import Placement
from takings.core import ids
from takings.events.rules.rows import EventRow
from takings.insights import actions as insights
from takings.insights.actions.adjusting import Correction, propose_adjustment
from takings.insights.models import Adjustment
from takings.money import Money
from takings.people.models import Brand, Creator, User
from takings.settlement import actions as settlement
from takings.settlement.models import Period
from takings.settlement.queries import period
from takings.videos.actions import Details
from takings.videos.models import Video
from tests.make.ads import (
    Wanted,
    make_advertiser,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
)
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_creator
from tests.make.videos import make_track, make_video

DAY = dt.timedelta(days=1)
AFTER = dt.datetime(2026, 12, 1, 0, 5, tzinfo=dt.UTC)
LONG_MS, SHORT_MS = 7_300, 900
_seeds = itertools.count(1)


@dataclass(frozen=True)
class Month:
    """November as the makers left it: not counted and not closed yet."""

    ada: Creator
    ben: Creator
    cleo: Creator
    dunes: Video
    loom: Video
    bread: Video
    rain: Video
    brand: Brand
    member: User
    campaign: Campaign


def make_month() -> Month:
    """Let Ada and Ben (who share) and Cleo (who does not) be watched, between ads, on two days.

    Ada's “Loom” uses one track; Ada watches herself, somebody skips, a robot comes by, and one
    fan repeats. Needs a lake of its own (``own_lake``).
    """
    ada, ben = make_creator("Ada"), make_creator("Ben")
    cleo = make_creator("Cleo", shares=False)
    track = make_track()
    dunes = make_video(ada, details=Details("Dunes"), duration_ms=20_000)
    loom = make_video(ada, details=Details("Loom", track_ids=(track.pk,)), duration_ms=20_000)
    bread = make_video(ben, details=Details("Bread"), duration_ms=20_000)
    rain = make_video(cleo, details=Details("Rain"), duration_ms=20_000)
    brand, member = make_advertiser()
    wanted = Wanted(countries=("DE", "FR"))
    campaign = make_campaign(brand, member=member, wanted=wanted)
    _watch(ada, dunes=dunes, loom=loom, bread=bread, rain=rain)
    show_ads(campaign, {"DE": 31, "FR": 7})
    return Month(ada, ben, cleo, dunes, loom, bread, rain, brand, member, campaign)


def make_estimate(*, at: dt.datetime = NOON + 3 * DAY) -> Period:
    """Estimate the running period and count its showings by outcome."""
    made = settlement.refresh_estimates(at=at)[-1]
    insights.tally_showings(period=made, at=at)
    return made


def make_close(*, name: str = "2026-11", at: dt.datetime = AFTER) -> Period:
    """Close a period, count its showings by outcome and issue its statements."""
    insights.close_period(name=name, at=at)
    return period(name=name)


def show_ads(
    campaign: Campaign,
    counts: dict[str, int],
    *,
    at: dt.datetime = NOON,
    inside: uuid.UUID | None = None,
    placement: Placement = Placement.MID,
) -> None:
    """Show the campaign's ad so many times in each country, and charge it.

    In the feed, or ``inside`` a video.
    """
    lease = make_lease(campaign, used_before=sum(counts.values()), at=at)
    decisions = [
        make_decision(lease, country=country, at=at + number * dt.timedelta(seconds=1))
        for country, count in counts.items()
        for number in range(count)
    ]
    if inside is not None:
        decisions = [replace(one, after_video_id=inside, placement=placement) for one in decisions]
    beacons = [make_beacon(one) for one in decisions]
    ads.charge_beacons(
        segment=f"ads-{next(_seeds)}", beacons=beacons, at=at + dt.timedelta(minutes=5)
    )


def watch(
    video: Video, times: int, *, watched_ms: int = LONG_MS, country: str = "DE", day: int = 0
) -> None:
    """Let so many different people watch a video."""
    views = _views(video, times, watched_ms=watched_ms, country=country, day=day)
    _write(views, day=day)


def _views(
    video: Video, times: int, *, watched_ms: int = LONG_MS, country: str = "DE", day: int = 0
) -> list[list[EventRow]]:
    moment = _moment(day)
    return [
        make_view(video.pk, uuid.uuid4(), watched_ms, at=moment, seed=next(_seeds), country=country)
        for _ in range(times)
    ]


def _moment(day: int) -> dt.datetime:
    return NOON + day * DAY + dt.timedelta(minutes=1)


def _write(views: list[list[EventRow]], *, day: int) -> None:
    """Write a day's views as one segment: to commit to the lake takes longer than all the rest."""
    moment = _moment(day)
    make_segment(*views, name=f"views-{ids.uuid7(at=moment)}", at=moment)


def _watch(ada: Creator, *, dunes: Video, loom: Video, bread: Video, rain: Video) -> None:
    fan, moment = uuid.uuid4(), NOON + dt.timedelta(minutes=2)
    again = [
        make_view(dunes.pk, fan, LONG_MS, at=moment + number * dt.timedelta(minutes=1))
        for number in range(5)
    ]
    own = make_view(dunes.pk, ada.user.viewer_id, LONG_MS, at=moment)
    robot = make_view(dunes.pk, uuid.uuid4(), LONG_MS, at=moment, ua_class="bot")
    first_day = [
        *_views(dunes, 7),
        *_views(dunes, 2, country="FR"),
        *_views(dunes, 2, watched_ms=SHORT_MS),
        *_views(loom, 5),
        *_views(bread, 11),
        *_views(rain, 3),
        *again,
        own,
        robot,
    ]
    _write(first_day, day=0)
    _write([*_views(dunes, 3, day=1), *_views(bread, 4, country="FR", day=1)], day=1)


def make_adjustment(operator: User, amount: str = "1") -> Adjustment:
    """Let an operator propose a correction that waits for a second person."""
    correction = Correction("platform:loss", "bank", Money.parse(amount, "USD"), "A lost cheque.")
    return propose_adjustment(operator=operator, correction=correction, id=uuid.uuid4(), at=NOON)
