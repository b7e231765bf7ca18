"""A creator's say about gifts: open or not, and people whose gifts they do not take."""

import datetime as dt

from takings.gifts.models import GiftBlock, Welcome
from takings.people.models import Creator, User


def welcome_gifts(*, creator: Creator) -> None:
    """Take gifts again."""
    Welcome.objects.update_or_create(creator=creator, defaults={"is_open": True})


def close_gifts(*, creator: Creator) -> None:
    """Take no gifts of anybody, until they are welcome again."""
    Welcome.objects.update_or_create(creator=creator, defaults={"is_open": False})


def block_sender(*, creator: Creator, user: User, at: dt.datetime) -> None:
    """Take no more gifts of somebody; a second time changes nothing."""
    row = GiftBlock(creator=creator, user=user, blocked_at=at)
    GiftBlock.objects.bulk_create([row], ignore_conflicts=True)


def unblock_sender(*, creator: Creator, user: User, at: dt.datetime) -> None:
    """Take somebody's gifts again, if they were blocked."""
    found = GiftBlock.objects.filter(creator=creator, user=user, ended_at__isnull=True)
    found.update(ended_at=at)
