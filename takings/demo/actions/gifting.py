"""Gifts of the demo world: a catalogue, and a fan who gives some of their coins away."""

import datetime as dt

from takings.coins.models import CoinLot
from takings.core import ids
from takings.demo.rules.cast import FAN
from takings.demo.rules.gifts import KINDS, SENT
from takings.gifts.actions import make_kind, send_gift
from takings.gifts.models import GiftKind
from takings.gifts.rules import COIN, Offer, Wish
from takings.money import Money
from takings.people.models import User
from takings.videos.models import Status, Video


def fill_catalogue(*, operator: User, at: dt.datetime) -> None:
    """Let the house have something to give; once."""
    for slug, art, motion, coins in KINDS:
        if not GiftKind.objects.filter(pk=slug).exists():
            offer = Offer(name=slug.capitalize(), price=Money(coins * 10**6, COIN))
            make_kind(operator=operator, slug=slug, looks=(art, motion), offer=offer, at=at)


def give_gifts(*, at: dt.datetime) -> None:
    """Let a fan who has coins send some gifts; each once."""
    fan = User.objects.get(email=FAN.email)
    if not CoinLot.objects.filter(wallet_id=fan.pk).exists():
        return
    posts = Video.objects.filter(
        status=Status.READY, creator__isnull=False, visibility="public"
    ).order_by("pk")
    for number, (post, (kind, message)) in enumerate(zip(posts, SENT, strict=False)):
        send_gift(
            wish=Wish(
                id=ids.derived("demo gift", number),
                sender_id=fan.pk,
                video_id=post.pk,
                kind=kind,
                message=message,
                moment_ms=1_500 * (number + 1),
            ),
            at=at,
        )
