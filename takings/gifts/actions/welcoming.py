"""A creator's say about gifts: open or not, blocked words, and people whose gifts they refuse."""

import datetime as dt

from takings.gifts.models import GiftBlock, Welcome
from takings.gifts.rules import read_words
from takings.people.models import Creator, User


def welcome_gifts(*, creator: Creator, is_open: bool, words: str) -> Welcome:
    """Say whether gifts are welcome, and which words are not. Refuses: TooManyWords."""
    fields = {"is_open": is_open, "blocked_words": read_words(words)}
    welcome, _ = Welcome.objects.update_or_create(creator=creator, defaults=fields)
    return welcome


def block_sender(*, creator: Creator, user: User, at: dt.datetime) -> None:
    """Take no more gifts of somebody; a second time changes nothing."""
    row = GiftBlock(creator=creator, user=user, blocked_at=at)
    GiftBlock.objects.bulk_create([row], ignore_conflicts=True)


def unblock_sender(*, creator: Creator, user: User, at: dt.datetime) -> None:
    """Take somebody's gifts again, if they were blocked."""
    found = GiftBlock.objects.filter(creator=creator, user=user, ended_at__isnull=True)
    found.update(ended_at=at)
