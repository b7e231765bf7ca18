"""The whole seed, step by step. Every step is safe to repeat; a finished seed is never repeated."""

import datetime as dt
import uuid
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from takings.ads.models import Campaign
from takings.core.errors import Conflict
from takings.core.progress import Progress, silent
from takings.demo import queries
from takings.demo.actions.advertising import deposit, open_campaigns
from takings.demo.actions.people import Cast, arrive, settle_cast
from takings.demo.actions.posts import announce_posts, order_clips
from takings.demo.actions.watching import Story, imagine, tell_chapter
from takings.demo.rules.cast import FAN
from takings.demo.rules.months import Months, months
from takings.demo.rules.viewers import world_of
from takings.people.actions import record_staff_act
from takings.settlement import actions as settlement

MONTHS, CLOSE = "A month of viewing", "Last month’s close"
SOON = ("settlement.refresh_estimates", "insights.tally_showings", "insights.check_books")


class NotADemo(Conflict):
    """Invented people and money never mix with real ones."""

    code = "not_a_demo"
    sentence = "The demo world is made in demo mode only; start with TAKINGS_DEMO=1."


def seed_world(*, at: dt.datetime, progress: Progress | None = None) -> None:
    """Make the demo world once; the second call does nothing.

    An interrupted seed goes on from where it was, as of the instant at which it began. The clips
    themselves are drawn afterwards, by the workers. Refuses :class:`NotADemo`.
    """
    if not settings.DEMO:
        raise NotADemo
    if queries.is_seeded():
        return
    say = progress or silent
    operator = arrive(at=at)
    time = months(operator.joined_at)
    cast = settle_cast(time=time, operator=operator, progress=say)
    posts = announce_posts(cast=cast, time=time)
    deposit(cast=cast, number=0, at=time.first)
    campaigns = open_campaigns(cast=cast, time=time)
    order_clips()
    world = world_of(signed_in=_watchers(cast), posts=posts, since=time.first)
    _tell(imagine(world=world, time=time), cast=cast, campaigns=campaigns, time=time, say=say)
    _conclude(time, say=say)
    record_staff_act(
        operator=operator,
        act=queries.SEEDED,
        target=time.last_name,
        reason="The demo world is complete.",
        at=time.now,
    )


def _watchers(cast: Cast) -> list[tuple[uuid.UUID, str]]:
    """Return who watches while signed in; the printed login's feed stays unwatched."""
    return [(user.viewer_id, user.country) for user in cast.viewers if user.email != FAN.email]


def _tell(
    story: Story, *, cast: Cast, campaigns: Sequence[Campaign], time: Months, say: Progress
) -> None:
    """Live through both months: events, charges and, between them, the close of the first."""
    chapters = list(time.chapters())
    for number, chapter in enumerate(chapters):
        say(MONTHS, number, len(chapters))
        if chapter.starts_at == time.second:
            deposit(cast=cast, number=1, at=time.second)
        tell_chapter(chapter, story=story, campaigns=campaigns, now=time.now)
    say(MONTHS, len(chapters), len(chapters))


def _conclude(time: Months, *, say: Progress) -> None:
    """Close last month; what the schedule makes anyway is made as soon as a worker is there."""
    _close(time, say=say)
    settlement.release_earnings(at=time.now)
    for task in SOON:
        with suppress(AlreadyEnqueued), transaction.atomic():
            jobs.configure_task(task, queueing_lock=task).defer(timestamp=0)


def _close(time: Months, *, say: Progress) -> None:
    def step(_stage: str, done: int, total: int) -> None:
        say(CLOSE, done, total)

    settlement.close_period(name=time.last_name, at=time.closed_at, progress=step)
