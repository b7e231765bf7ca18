"""What many wishes ask about, read in a handful of statements however many they are."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from takings.gifts.models import Gift, GiftBlock, GiftKind, Welcome
from takings.gifts.rules import (
    COIN,
    Buyer,
    GiftsNotWelcome,
    Last,
    NoSuchGiftKind,
    NotGiftable,
    Offer,
    OwnVideo,
    Recipient,
    SenderGone,
    Signs,
    Wish,
    check_recipient,
    check_sold,
    is_slug,
)
from takings.live.models import BlockedWords, Room
from takings.live.rules.chat import check_text
from takings.money import Money
from takings.people.models import User
from takings.policies.rules import GiftRule
from takings.videos.models import Purpose, Status, Video, Visibility

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: what rules ask about them, and what others are told."""

    name: str
    country: str
    time_zone: str
    born_on: dt.date | None
    joined_at: dt.datetime
    creator_id: int | None


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the wishes of one call may ask about."""

    rule: GiftRule
    at: dt.datetime
    offers: Mapping[str, Offer]
    looks: Mapping[str, tuple[str, str]]
    senders: Mapping[int, Sender]
    recipients: Mapping[UUID, Recipient]
    blocks: Collection[tuple[int, int]]
    closed: Collection[int]
    words: Mapping[int, Sequence[str]]
    rooms: Sequence[tuple[UUID, UUID]]

    def check(self, wish: Wish) -> str:
        """Return the message of a wish that may be sent, cleaned.

        Refuses: SenderGone, NotGiftable, NoSuchGiftKind, OwnVideo, CreatorNotEligible,
        GiftsNotWelcome, NotSold, TooYoungForGift, and what ``check_text`` of chats refuses.
        """
        sender, to = self.senders.get(wish.sender_id), self.recipients.get(wish.video_id)
        if sender is None:
            raise SenderGone
        if to is None:
            raise NotGiftable
        offer = self.offers.get(wish.kind)
        if offer is None:
            raise NoSuchGiftKind
        self.check_welcome(to, sender_id=wish.sender_id)
        check_sold(offer, buyer=buyer_of(sender, at=self.at))
        if not wish.message.strip():
            return ""
        blocked, most = self.words.get(to.creator_id, ()), self.rule.message_chars
        return check_text(wish.message, blocked=blocked, handle=to.handle, most=most)

    def check_welcome(self, to: Recipient, *, sender_id: int) -> None:
        """Refuse whose gifts cannot be, or are not wanted.

        Refuses: OwnVideo, CreatorNotEligible, GiftsNotWelcome.
        """
        if to.user_id == sender_id:
            raise OwnVideo
        check_recipient(to, rule=self.rule, at=self.at)
        if to.creator_id in self.closed or (to.creator_id, sender_id) in self.blocks:
            raise GiftsNotWelcome(creator=to.handle)

    def room_of(self, wish: Wish) -> UUID | None:
        """Return the room a wish comes from, if it runs with this video.

        A gift that comes as the room has ended is one for the video.
        """
        return wish.room_id if (wish.video_id, wish.room_id) in self.rooms else None


def buyer_of(sender: Sender, *, at: dt.datetime) -> Buyer:
    """Return somebody as the catalogue asks about them."""
    day = at.astimezone(ZoneInfo(sender.time_zone)).date()
    return Buyer(country=sender.country, day=day, born_on=sender.born_on)


def stage_of(wishes: Collection[Wish], *, rule: GiftRule, at: dt.datetime) -> Stage:
    """Read what these wishes ask about: seven statements."""
    kinds = GiftKind.objects.in_bulk({wish.kind for wish in wishes if is_slug(wish.kind)})
    recipients = _recipients({wish.video_id for wish in wishes})
    creators = {one.creator_id for one in recipients.values()}
    senders = senders_of({wish.sender_id for wish in wishes})
    closed = Welcome.objects.filter(pk__in=creators, is_open=False).values_list("pk", flat=True)
    words = BlockedWords.objects.filter(creator__in=creators).values_list("creator_id", "words")
    blocks = GiftBlock.objects.filter(
        creator__in=creators, user__in=senders, ended_at__isnull=True
    ).values_list("creator_id", "user_id")
    return Stage(
        rule=rule,
        at=at,
        offers={slug: kind.as_offer() for slug, kind in kinds.items()},
        looks={slug: (kind.art, kind.motion) for slug, kind in kinds.items()},
        senders=senders,
        recipients=recipients,
        blocks=set(blocks),
        closed=set(closed),
        words={creator_id: told.splitlines() for creator_id, told in words},
        rooms=running_rooms(recipients),
    )


def running_rooms(video_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Return the rooms in which these videos are watched now: (video, room)."""
    running = Room.objects.filter(began_at__isnull=False, ended_at__isnull=True)
    return list(running.filter(video__in=list(video_ids)).values_list("video_id", "pk"))


def senders_of(user_ids: Collection[int]) -> dict[int, Sender]:
    """Return the people with these keys who may sign in."""
    rows: Iterable[tuple[Any, ...]] = User.objects.filter(
        pk__in=user_ids, is_active=True
    ).values_list(
        "pk", "display_name", "country", "time_zone", "born_on", "joined_at", "creator__pk"
    )
    return {pk: Sender(*facts) for pk, *facts in rows}


def _recipients(video_ids: Collection[UUID]) -> dict[UUID, Recipient]:
    shown = Video.objects.filter(
        pk__in=video_ids,
        purpose=Purpose.POST,
        status=Status.READY,
        visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED],
    )
    rows: Iterable[tuple[Any, ...]] = shown.values_list(
        "pk",
        "creator_id",
        "creator__user_id",
        "creator__handle",
        "creator__user__country",
        "creator__user__born_on",
        "creator__shares_from",
        "creator__user__is_active",
    )
    return {pk: Recipient(*facts) for pk, *facts in rows}


def last_gifts(sender_ids: Collection[int], *, since: dt.datetime) -> dict[int, Last]:
    """Return the last gift of each of these senders."""
    rows = Gift.objects.filter(sender__in=sender_ids, sent_at__gte=since)
    newest = rows.order_by("sender_id", "-sent_at", "-combo").distinct("sender_id")
    return {
        one.sender_id: Last(one.kind_id, one.video_id, one.sent_at, one.combo) for one in newest
    }


def signs_of(wishes: Collection[Wish], *, stage: Stage) -> dict[tuple[int, int], Signs]:
    """Return what is known of each sender towards each creator; a sum for new accounts only."""
    rule, at = stage.rule, stage.at
    pairs = {(one.sender_id, stage.recipients[one.video_id].creator_id) for one in wishes}
    new = {one for one, _ in pairs if at - stage.senders[one].joined_at < rule.new_account}
    sent = _sent(new, since=at - DAY)
    given = _given(pairs, stage)
    return {
        (sender, creator): Signs(
            joined_at=stage.senders[sender].joined_at,
            sent=Money(sent.get(sender, 0), COIN),
            was_given=(sender, creator) in given,
        )
        for sender, creator in pairs
    }


def _sent(sender_ids: Collection[int], *, since: dt.datetime) -> dict[int, int]:
    if not sender_ids:
        return {}
    rows = Gift.objects.filter(
        sender__in=sender_ids, sent_at__gt=since, taken_back__isnull=True
    ).values_list("sender_id")
    return dict(rows.annotate(micros=Sum("coins_micros")).order_by())


def _given(pairs: Collection[tuple[int, int]], stage: Stage) -> set[tuple[int, int]]:
    """Return the pairs of sender and creator of whom the creator gave the sender something."""
    owners = {one.creator_id: one.user_id for one in stage.recipients.values()}
    wanted = {
        (owners[creator], own): (sender, creator)
        for sender, creator in pairs
        for own in [stage.senders[sender].creator_id]
        if own is not None
    }
    if not wanted:
        return set()
    rows = Gift.objects.filter(
        sender__in={sender for sender, _ in wanted},
        creator__in={own for _, own in wanted},
        sent_at__gte=stage.at - stage.rule.circle,
    )
    found = rows.values_list("sender_id", "creator_id").distinct()
    return {wanted[pair] for pair in found if pair in wanted}
