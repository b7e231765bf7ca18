"""Fans of a creator: lists of them, and the level of each. Made of gifts that stand, each time."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from takings.gifts.models import FanChoice, Gift, LevelName
from takings.gifts.queries.standing import SHOWN_NAME, standing_gifts
from takings.gifts.rules.fans import By, Fan, Given, Level, Place, Way, measured_by, places, way_of
from takings.gifts.rules.insights import Span, since
from takings.live.models import Room
from takings.people.models import Creator, User
from takings.policies.queries import fan_rule_at, gift_rule_at
from takings.policies.rules import GiftRule
from takings.policies.rules.products import ELSEWHERE

NOTHING = Given(0, 0)


@dataclass(frozen=True, slots=True)
class Look:
    """Which list is asked for: of a creator's fans, since when, of what, and seen where."""

    creator: Creator
    span: Span
    country: str
    video_id: UUID | None = None
    room_id: UUID | None = None


def look_at(room: Room, *, person: User | None) -> Look:
    """Return the look of somebody at the list of one room, all of its session."""
    country = person.country if person else room.creator.user.country
    return Look(room.creator, Span.ALL, country, room_id=room.pk)


@dataclass(frozen=True, slots=True)
class Board:
    """A list of fans in order, and what they are measured by."""

    by: By
    places: list[Place]


def board(*, look: Look, at: dt.datetime) -> Board:
    """Return those who gave most; where amounts must not be ranked, those who gave most often.

    Whoever does not want to be named is there without a name, and what they gave with a name apart
    from what they gave without one; minors, and whose age is not known, are not there at all.
    """
    rule, creator = fan_rule_at(at=at), look.creator
    by = measured_by(rule, creator.user.country, look.country)
    began_at = since(look.span, at=at, time_zone=creator.user.time_zone)
    gifts = standing_gifts(creator=creator, since=began_at)
    if look.video_id is not None:
        gifts = gifts.filter(video=look.video_id)
    if look.room_id is not None:
        gifts = gifts.filter(room=look.room_id)
    rows = _given(gifts, at=at).order_by(f"-{_COLUMNS[by]}", "sender_id")[: rule.board_size]
    named = {user_id for user_id, name, *_ in rows if name}
    known = levels_of(creator=creator, user_ids=named, at=at)
    fans = [
        Fan(name, Given(*given), known[user_id] if name else None) for user_id, name, *given in rows
    ]
    return Board(by, places(fans, by=by))


def levels_of(
    *, creator: Creator, user_ids: Collection[int], at: dt.datetime
) -> dict[int, Level | None]:
    """Return the level of each of these people at a creator, for what is shown beside names.

    Of gifts without a name nobody must learn: they count for none. Nor has one who is not named.
    """
    rule, names = fan_rule_at(at=at), level_names(creator=creator)
    by = measured_by(rule, creator.user.country)
    hidden = set(
        FanChoice.objects.filter(user__in=user_ids, is_anonymous=True).values_list("pk", flat=True)
    )
    given = _named(creator, set(user_ids) - hidden)
    return {
        user_id: way_of(given.get(user_id, NOTHING), rule=rule, by=by, names=names).level
        for user_id in user_ids
    }


def badges(*, creator: Creator, user_ids: Collection[int], at: dt.datetime) -> dict[int, str]:
    """Return the names of these people's levels, where they have one."""
    levels = levels_of(creator=creator, user_ids=user_ids, at=at)
    return {user_id: level.name for user_id, level in levels.items() if level}


def way_at(*, creator: Creator, user: User, at: dt.datetime) -> Way:
    """Return where somebody stands at a creator, for themselves."""
    rule, names = fan_rule_at(at=at), level_names(creator=creator)
    by = measured_by(rule, creator.user.country)
    given = _named(creator, {user.pk}).get(user.pk, NOTHING)
    return way_of(given, rule=rule, by=by, names=names)


def level_names(*, creator: Creator) -> dict[int, str]:
    """Return the names that a creator gave to levels, by number."""
    return dict(LevelName.objects.filter(creator=creator).values_list("level", "name"))


def is_anonymous(*, user: User) -> bool:
    """Tell whether somebody does not want to be named, unless a gift says otherwise."""
    return FanChoice.objects.filter(pk=user.pk, is_anonymous=True).exists()


_COLUMNS = {By.COINS: "micros", By.GIFTS: "count"}


def _given(
    gifts: QuerySet[Gift], *, at: dt.datetime
) -> "QuerySet[Gift, tuple[int, str, int, int]]":
    """Return who gave, under which name (empty: none), how many gifts and micro-coins."""
    grown = gifts.exclude(_minors(gift_rule_at(at=at), day=at.date()))
    rows = grown.annotate(shown=SHOWN_NAME).values_list("sender_id", "shown")
    return rows.annotate(count=Count("pk"), micros=Sum("coins_micros"))


def _named(creator: Creator, user_ids: Collection[int]) -> dict[int, Given]:
    """Return what each of these people gave a creator under their name."""
    gifts = standing_gifts(creator=creator).filter(sender__in=user_ids, is_anonymous=False)
    rows = gifts.values_list("sender_id").annotate(count=Count("pk"), micros=Sum("coins_micros"))
    return {user_id: Given(count, micros) for user_id, count, micros in rows}


def _minors(rule: GiftRule, *, day: dt.date) -> Q:
    """Return the condition of who is too young for gifts where they live, or may be."""
    listed = [country for country in rule.ages if country != ELSEWHERE]
    young = Q(sender__born_on__isnull=True)
    young |= ~Q(sender__country__in=listed) & Q(sender__born_on__gt=_born(rule.age_in(""), day))
    for country in listed:
        born_on = _born(rule.age_in(country), day)
        young |= Q(sender__country=country, sender__born_on__gt=born_on)
    return young


def _born(age: int, day: dt.date) -> dt.date:
    """Return the last day of birth of those who are of this age on a day."""
    leap = (day.month, day.day) == (2, 29)
    return (day - dt.timedelta(days=leap)).replace(year=day.year - age)
