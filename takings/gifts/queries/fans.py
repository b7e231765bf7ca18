"""Fans of a creator: lists of them, and the level of each. Made of gifts that stand."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from takings.gifts.models import FanChoice, FanSum, Gift, LevelName
from takings.gifts.queries.standing import SHOWN_NAME, standing_gifts
from takings.gifts.rules.fans import By, Fan, Given, Level, Place, Way, measured_by, places, way_of
from takings.gifts.rules.insights import Span, since
from takings.live.models import Room
from takings.people.models import Creator, User
from takings.policies.queries import fan_rule_at, gift_rule_at
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
    is_whole = began_at is None and look.video_id is None and look.room_id is None
    given = _ever_given(creator, at=at) if is_whole else _given(gifts, at=at)
    rows = given.order_by(f"-{_COLUMNS[by]}", "sender_id")[: rule.board_size]
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
    pairs = {(creator.pk, user_id) for user_id in user_ids}
    found = levels_between(pairs, countries={creator.pk: creator.user.country}, at=at)
    return {user_id: level for (_, user_id), level in found.items()}


def levels_between(
    pairs: Collection[tuple[int, int]], *, countries: Mapping[int, str], at: dt.datetime
) -> dict[tuple[int, int], Level | None]:
    """Return the same for many pairs of creator and fan; ``countries`` are the creators'."""
    rule = fan_rule_at(at=at)
    creators, users = {creator for creator, _ in pairs}, {user for _, user in pairs}
    choices = FanChoice.objects.filter(user__in=users, is_anonymous=True)
    hidden, given = set(choices.values_list("pk", flat=True)), _named(creators, users)
    names: dict[int, dict[int, str]] = defaultdict(dict)
    for one in LevelName.objects.filter(creator__in=creators):
        names[one.creator_id][one.level] = one.name
    found: dict[tuple[int, int], Level | None] = dict.fromkeys(pairs)
    for pair in found:
        creator_id, user_id = pair
        if user_id not in hidden:
            by, known = measured_by(rule, countries[creator_id]), names[creator_id]
            found[pair] = way_of(given.get(pair, NOTHING), rule=rule, by=by, names=known).level
    return found


def badges(*, creator: Creator, user_ids: Collection[int], at: dt.datetime) -> dict[int, str]:
    """Return the names of these people's levels, where they have one."""
    levels = levels_of(creator=creator, user_ids=user_ids, at=at)
    return {user_id: level.name for user_id, level in levels.items() if level}


def way_at(*, creator: Creator, user: User, at: dt.datetime) -> Way:
    """Return where somebody stands at a creator, for themselves."""
    rule, names = fan_rule_at(at=at), level_names(creator=creator)
    by = measured_by(rule, creator.user.country)
    given = _named({creator.pk}, {user.pk}).get((creator.pk, user.pk), NOTHING)
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
    rows = gifts.exclude(_minors(at)).annotate(shown=SHOWN_NAME).values_list("sender_id", "shown")
    return rows.annotate(count=Count("pk"), micros=Sum("coins_micros"))


def _ever_given(
    creator: Creator, *, at: dt.datetime
) -> "QuerySet[FanSum, tuple[int, str, int, int]]":
    """Return the same of all gifts of a creator that stand."""
    sums = FanSum.objects.filter(creator=creator, gift_count__gt=0).exclude(_minors(at))
    rows = sums.annotate(shown=SHOWN_NAME).values_list("sender_id", "shown")
    return rows.annotate(count=Sum("gift_count"), micros=Sum("coins_micros"))


def _named(creator_ids: Collection[int], user_ids: Collection[int]) -> dict[tuple[int, int], Given]:
    """Return what each of these people gave each of these creators under their name."""
    found = FanSum.objects.filter(creator__in=creator_ids, sender__in=user_ids, is_anonymous=False)
    rows = found.values_list("creator_id", "sender_id", "gift_count", "coins_micros")
    return {(creator, user): Given(count, micros) for creator, user, count, micros in rows}


def _minors(at: dt.datetime) -> Q:
    """Return the condition of who is too young for gifts where they live, or may be."""
    rule, day = gift_rule_at(at=at), at.date()
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
