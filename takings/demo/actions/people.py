"""The cast moves in: everyone signs up, creators open studios, the brand its console."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from takings.audience import actions as audience
from takings.core.progress import Progress
from takings.demo.queries import demo_operator
from takings.demo.rules.cast import (
    ADVERTISER,
    BRAND_NAME,
    BRAND_WEBSITE,
    CHANNELS,
    FAN,
    OPERATOR,
    PASSWORD,
    SECOND,
    VIEWERS,
    Channel,
    Person,
    logins,
)
from takings.demo.rules.months import Months
from takings.people import actions as people
from takings.people.models import Brand, Creator, User

STEP = "People"
MONTH = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone, once they are here; channels by handle."""

    operator: User
    advertiser: User
    brand: Brand
    creators: dict[str, Creator]
    viewers: tuple[User, ...]


def arrive(*, at: dt.datetime) -> User:
    """Let the operator join first: the instant tells an interrupted seed when the world began."""
    operator = demo_operator() or _join(OPERATOR, at=at)
    if not operator.is_staff:
        people.appoint_operator(user=operator)
    return operator


def settle_cast(*, time: Months, operator: User, progress: Progress) -> Cast:
    """Let everybody else join, some weeks before the story begins."""
    joined_at = time.first - MONTH
    total = len(CHANNELS) + len(VIEWERS) + 1
    creators = {}
    for number, channel in enumerate(CHANNELS):
        progress(STEP, number, total)
        creators[channel.handle] = _open_channel(channel, time=time, at=joined_at)
    viewers = []
    for number, person in enumerate(VIEWERS, start=len(CHANNELS)):
        progress(STEP, number, total)
        viewer = _join(person, at=joined_at)
        viewers.append(viewer)
        for channel in _favourites(number):
            audience.follow(user=viewer, creator=creators[channel.handle], at=joined_at)
    advertiser = _join(ADVERTISER, at=joined_at)
    people.appoint_operator(user=_join(SECOND, at=joined_at))
    _hand_out_password()
    progress(STEP, total, total)
    return Cast(operator, advertiser, _brand(advertiser, at=joined_at), creators, tuple(viewers))


ADULT = dt.date(1994, 12, 31)
"""Everybody is old enough for coins."""


def _join(person: Person, *, at: dt.datetime) -> User:
    """Sign someone up, once; nobody can sign in yet."""
    known = User.objects.filter(email=person.email).first()
    return known or people.sign_up(
        email=person.email,
        password=None,
        profile=people.Profile(person.name, person.country, person.time_zone, ADULT),
        at=at,
    )


def _hand_out_password() -> None:
    """Let the printed logins sign in. They share a password, so it is hashed once: 0.3 s each."""
    mine = User.objects.filter(email__in=[login.email for login in logins()])
    if not all(user.has_usable_password() for user in mine):
        mine.update(password=make_password(PASSWORD))


def _open_channel(channel: Channel, *, time: Months, at: dt.datetime) -> Creator:
    user = _join(channel.person, at=at)
    creator = Creator.objects.filter(user=user).first() or people.open_studio(
        user=user, handle=channel.handle, name=channel.person.name, at=at
    )
    people.describe_studio(creator=creator, name=channel.person.name, bio=channel.bio)
    accepted = time.day(channel.shares_after_days) if channel.shares_after_days else at
    people.accept_pool_terms(creator=creator, at=accepted)
    return creator


def _brand(advertiser: User, *, at: dt.datetime) -> Brand:
    return Brand.objects.filter(name=BRAND_NAME).first() or people.open_brand(
        user=advertiser, name=BRAND_NAME, website=BRAND_WEBSITE, at=at
    )


def _favourites(number: int) -> list[Channel]:
    """Return whom the n-th person follows: one to three channels, the first ones more often."""
    if VIEWERS[number - len(CHANNELS)] is FAN:
        return [CHANNELS[0]]
    return [CHANNELS[number * step % len(CHANNELS) // step] for step in range(1, 2 + number % 3)]
