"""Pools with money and counts of views, made without the lake: the close takes its counts given."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from takings.core import clock
from takings.events.queries import Counts, DailyCount, Outcome
from takings.events.rules.views import digest_counts
from takings.ledger.actions import post
from takings.money import Money
from takings.people.models import Creator, User
from takings.policies.rules import Policy
from takings.settlement.actions import (
    CountViews,
    Funds,
    HoldTerms,
    accept_split,
    hold_earnings,
    propose_funding,
    propose_split,
)
from takings.settlement.models import EarningsHold, PoolFunding, Split
from takings.videos.actions import Details
from takings.videos.models import Track, Video
from tests.make.ledger import make_entry, move
from tests.make.people import make_creator
from tests.make.videos import make_video

OCTOBER = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
NOVEMBER_1 = dt.date(2026, 11, 1)
DECEMBER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
"""The first instant at which November may be closed."""
WINDOW = dt.timedelta(days=7)
"""How long the house policy holds what was earned."""


def make_pool(amount: str, *, country: str = "DE", period: str = "2026-11") -> str:
    """Let a brand spend so many dollars on in-feed ads of a country; returns the pool's account."""
    account = f"pool:feed_ads:{country}:{period}"
    prepaid, reserved = "advertiser:7:prepaid", "advertiser:7:reserved"
    moves = (
        move("bank", prepaid, amount),
        move(prepaid, reserved, amount),
        move(reserved, account, amount),
    )
    post(drafts=[make_entry(*moves, kind="ad_charged")], at=OCTOBER)
    return account


def make_fund(amount: str, *, country: str = "DE", period: str = "2027-01") -> str:
    """Let so many dollars be in a country's creator fund; returns the pool's account."""
    account = f"pool:creator_fund:{country}:{period}"
    post(drafts=[make_entry(move("bank", account, amount), kind="pool_funded")], at=OCTOBER)
    return account


@dataclass(frozen=True, slots=True)
class Act:
    """A creator with one post, and what they are to the pool."""

    creator: Creator
    video_id: UUID
    holders: tuple[str, ...] = ()


def make_act(name: str = "Ada", *, tracks: Sequence[Track] = (), shares: bool = True) -> Act:
    """Open a studio in October and publish one post with these tracks."""
    creator = make_creator(name, shares=shares, at=OCTOBER)
    video = make_video(creator, details=Details("Low tide"), at=OCTOBER)
    video.tracks.set(tracks)
    return Act(creator, video.pk, tuple(track.holder for track in tracks))


def counted(act: Act, views: int, *, country: str = "DE", day: dt.date = NOVEMBER_1) -> DailyCount:
    """Say that so many views of the act's post qualified."""
    return DailyCount(day, country, act.video_id, Outcome.QUALIFIED, views, views * 6_000)


def rejected(act: Act, views: int, *, outcome: Outcome = Outcome.TOO_SHORT) -> DailyCount:
    """Say that so many views of the act's post did not count."""
    return DailyCount(NOVEMBER_1, "DE", act.video_id, outcome, views, views * 100)


def counting(*rows: DailyCount, snapshot_id: int = 7) -> CountViews:
    """Return what counts a lake that holds exactly these views."""

    def count(*, starts_at: dt.datetime, ends_at: dt.datetime, policy: Policy) -> Counts:
        del policy
        inside = tuple(_inside(rows, first=starts_at, end=ends_at))
        return Counts(snapshot_id, digest_counts(inside), inside)

    return count


def _inside(
    rows: Iterable[DailyCount], *, first: dt.datetime, end: dt.datetime
) -> Iterable[DailyCount]:
    for row in rows:
        noon = dt.datetime.combine(row.day, dt.time(12), tzinfo=dt.UTC)
        if first <= noon < end:
            yield row


def unknown_video() -> UUID:
    """Return the id of a video nobody published."""
    return uuid4()


def make_funding(operator: User) -> PoolFunding:
    """Let an operator propose money for a fund; it waits for a second person."""
    funds = Funds(
        product="creator_fund",
        country="DE",
        period="2027-01",
        source="platform:revenue:ads",
        amount=Money.parse("100", "USD"),
        reason="A fund for January.",
    )
    return propose_funding(operator=operator, funds=funds, id=uuid4(), at=clock.now())


def make_hold(creator: Creator, operator: User, amount: str = "20") -> EarningsHold:
    """Let so many dollars be payable to a creator, and hold them for a month."""
    post(drafts=[make_entry(move("bank", f"creator:{creator.pk}:payable", amount))], at=OCTOBER)
    at = clock.now()
    terms = HoldTerms(reason="We look at unusual views.", ends_at=at + dt.timedelta(days=30))
    money = Money.parse(amount, "USD")
    return hold_earnings(
        operator=operator, creator=creator, amount=money, terms=terms, id=uuid4(), at=at
    )


def make_split(owner: Creator, party: Creator, video: Video, *, share_bp: int = 2_500) -> Split:
    """Agree on a split as if in October: it holds in November."""
    split = propose_split(
        owner=owner, video=video, shares_bp=[(party, share_bp)], id=uuid4(), at=OCTOBER
    )
    return accept_split(split=split, creator=party, at=OCTOBER)
