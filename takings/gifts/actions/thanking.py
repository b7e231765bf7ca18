"""Thanks of a creator, and what fans and creators want to be called."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.gifts.models import FanChoice, LevelName, Thanks
from takings.gifts.queries.fans import level_names
from takings.gifts.queries.goals import unthanked
from takings.live.queries import blocked_words
from takings.live.rules.chat import check_text, clean
from takings.people.models import Creator, User
from takings.policies.queries import fan_rule_at


class NothingToThankFor(Conflict):
    """Each gift is thanked for once, while it stands and is not long ago."""

    code = "nothing_to_thank_for"
    sentence = (
        "You thanked for it already, it was taken back, or it is longer ago than {days} days."
    )


def thank_for(*, creator: Creator, gift_id: UUID, text: str, at: dt.datetime) -> Thanks:
    """Thank for a gift, once.

    Refuses: NothingToThankFor, and what ``check_text`` refuses.
    """
    gift = unthanked(creator=creator, at=at).filter(pk=gift_id).first()
    if gift is None:
        raise NothingToThankFor(days=fan_rule_at(at=at).thanks.days)
    thanks = Thanks(gift=gift, text=_checked(text, at=at), thanked_at=at)
    Thanks.objects.bulk_create([thanks], ignore_conflicts=True)
    return thanks


def thank_all(*, creator: Creator, text: str, at: dt.datetime) -> int:
    """Thank for every gift that was not thanked for; return how many.

    Refuses: NothingToThankFor, and what ``check_text`` refuses.
    """
    words = _checked(text, at=at)
    rows = [
        Thanks(gift_id=pk, text=words, thanked_at=at)
        for pk in unthanked(creator=creator, at=at).values_list("pk", flat=True)
    ]
    if not rows:
        raise NothingToThankFor(days=fan_rule_at(at=at).thanks.days)
    Thanks.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def name_levels(*, creator: Creator, names: Mapping[int, str], at: dt.datetime) -> None:
    """Give levels names, by number; an empty one is the house's again.

    Refuses: what ``check_text`` refuses.
    """
    rule, blocked = fan_rule_at(at=at), blocked_words(creator=creator)
    shown = {
        level: clean(name)
        and check_text(name, blocked=blocked, handle=creator.handle, most=rule.level_name_chars)
        for level, name in names.items()
        if 1 <= level <= len(rule.level_names)
    }
    before = level_names(creator=creator)
    gone = [level for level, name in shown.items() if not name and level in before]
    LevelName.objects.filter(creator=creator, level__in=gone).delete()
    for level, name in shown.items():
        if name:
            LevelName.objects.update_or_create(
                creator=creator, level=level, defaults={"name": name}
            )


def hide_name(*, user: User, is_anonymous: bool) -> None:
    """Say whether one is named on lists of fans, and beside gifts unless a gift says otherwise."""
    FanChoice.objects.update_or_create(user=user, defaults={"is_anonymous": is_anonymous})


def _checked(text: str, *, at: dt.datetime) -> str:
    return check_text(text, most=fan_rule_at(at=at).thanks_chars)
