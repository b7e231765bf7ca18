"""The whole seed, step by step. Every step is safe to repeat; a finished seed is never repeated."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from takings.ads.actions import invoice_months
from takings.ads.models import Campaign
from takings.core.errors import Conflict
from takings.core.progress import Progress, silent
from takings.demo import queries
from takings.demo.actions.advertising import deposit, hand_in, open_campaigns
from takings.demo.actions.asking import ask_and_answer
from takings.demo.actions.gifting import fill_catalogue
from takings.demo.actions.joining import sell_membership
from takings.demo.actions.ordering import order_job
from takings.demo.actions.paying import (
    bring_balances,
    pay_creators,
    sell_coins,
    sell_pass,
    take_cards,
)
from takings.demo.actions.people import Cast, arrive, settle_cast
from takings.demo.actions.posts import announce_posts, order_clips
from takings.demo.actions.rewarding import stock_vouchers
from takings.demo.actions.selling import open_the_shop, sell_goods
from takings.demo.actions.watching import imagine, tell_chapter
from takings.demo.rules.activity import World
from takings.demo.rules.cast import CHANNELS, FAN, MEMBER
from takings.demo.rules.goods import SELLER
from takings.demo.rules.months import Months, months
from takings.demo.rules.viewers import world_of
from takings.insights import actions as insights
from takings.memberships.actions import tell_fees
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement.queries import periods

MONTH, CLOSE = "A month of viewing", "Last month’s close"


class NotADemo(Conflict):
    """Invented people and money never mix with real ones."""

    code = "not_a_demo"
    sentence = "The demo world is made in demo mode only; start with TAKINGS_DEMO=1."


def seed_world(*, at: dt.datetime, progress: Progress | None = None) -> None:
    """Make the demo world up to the close of last month; the second call does nothing.

    An interrupted seed goes on from where it was, as of the instant at which it began. The workers
    then draw the clips and live on to that instant (:func:`live_on`). Refuses :class:`NotADemo`.
    """
    _check_demo()
    if queries.is_seeded():
        return
    say = progress or silent
    operator = arrive(at=at)
    time = months(operator.joined_at)
    life = _move_in(time=time, operator=operator, say=say)
    _tell(life, starts_at=time.first, ends_at=time.second, say=say)

    def step(_stage: str, done: int, total: int) -> None:
        say(CLOSE, done, total)

    settlement.close_period(name=time.last_name, at=time.closed_at, progress=step)
    settlement.release_earnings(at=time.now)
    order_clips()
    order_job("demo.live_on", queue="default")
    record_staff_act(
        operator=operator,
        act=queries.SEEDED,
        target=time.last_name,
        reason="Last month of the demo world is complete.",
        at=time.now,
    )


def live_on(*, at: dt.datetime) -> None:
    """Tell this month up to the instant of the seed, pay creators, answer; again changes nothing.

    Estimates, tallies and the proof of the books would come by the clock, too; a newcomer looks
    sooner. Refuses :class:`NotADemo`.
    """
    _check_demo()
    operator = queries.demo_operator()
    if operator is None:
        return
    time = months(operator.joined_at)
    life = _move_in(time=time, operator=operator, say=silent)
    deposit(cast=life.cast, number=1, at=time.second)
    pay_creators(cast=life.cast, second=queries.second_operator(), time=time)
    take_cards(cast=life.cast, time=time)
    [member] = [one for one in life.cast.viewers if one.email == MEMBER.email]
    sell_pass(member=member, at=time.now)
    fill_catalogue(operator=operator, at=time.now)
    stock_vouchers(operator=operator, at=time.now)
    for fan in life.cast.viewers:
        if fan.email in {FAN.email, MEMBER.email}:
            sell_coins(fan=fan, at=time.now)
    [fan] = [one for one in life.cast.viewers if one.email == FAN.email]
    host = life.cast.creators[CHANNELS[0].handle]
    sell_membership(host=host, fan=fan, at=time.now)
    ask_and_answer(creator=host, fan=fan, at=time.now)
    open_the_shop(seller=life.cast.creators[SELLER], operator=operator, at=time.now)
    sell_goods(fan=fan, at=time.now)
    _tell(life, starts_at=time.second, ends_at=time.now, say=silent)
    settlement.refresh_estimates(at=at)
    tell_fees(at=at)
    for period in periods():
        insights.tally_showings(period=period, at=at)
        insights.issue_statements(period=period, at=at)
    invoice_months(at=at)
    insights.run_books_check(at=at)


@dataclass(frozen=True, slots=True)
class Life:
    """Everybody and everything of the demo, moved in."""

    time: Months
    cast: Cast
    campaigns: list[Campaign]
    world: World


def _check_demo() -> None:
    if not settings.DEMO:
        raise NotADemo


def _move_in(*, time: Months, operator: User, say: Progress) -> Life:
    """Let people, posts and campaigns be there; who and what is there already stays."""
    cast = settle_cast(time=time, operator=operator, progress=say)
    posts = announce_posts(cast=cast, time=time)
    bring_balances(cast=cast, time=time)
    deposit(cast=cast, number=0, at=time.first)
    campaigns = open_campaigns(cast=cast, time=time)
    hand_in(campaigns=campaigns, cast=cast, at=time.now)
    watchers = [(user.viewer_id, user.country) for user in cast.viewers if user.email != FAN.email]
    world = world_of(signed_in=watchers, posts=posts, since=time.first)
    return Life(time, cast, campaigns, world)


def _tell(life: Life, *, starts_at: dt.datetime, ends_at: dt.datetime, say: Progress) -> None:
    """Live through a month: what is watched, and what that costs the brand."""
    story = imagine(world=life.world, starts_at=starts_at, ends_at=ends_at)
    chapters = [one for one in life.time.chapters() if starts_at <= one.starts_at < ends_at]
    for number, chapter in enumerate(chapters):
        say(MONTH, number, len(chapters))
        tell_chapter(chapter, story=story, campaigns=life.campaigns, now=life.time.now)
    say(MONTH, len(chapters), len(chapters))
