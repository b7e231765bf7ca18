"""Writing paid gifts down, many in a few statements: entries, rows, earnings, and the news."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from takings.coins.rules import Taken
from takings.gifts.actions.counting import count_gifts
from takings.gifts.models import Gift, GiftHold, GiftMoney
from takings.gifts.queries.fans import levels_between
from takings.gifts.queries.staging import Stage, last_gifts, signs_of
from takings.gifts.rules import (
    Brought,
    Head,
    Last,
    Signs,
    Wish,
    brought_by,
    combo_of,
    escrow_of,
    gift_entry,
    gift_transfers,
    pending_of,
    why_held,
)
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft
from takings.live.actions import publish_many
from takings.live.rules.bus import Note, Topic, earnings_topic
from takings.money import Money
from takings.policies.queries import policy_at
from takings.policies.rules import GIFTS
from takings.settlement.actions import earn_directly
from takings.settlement.queries import open_period
from takings.settlement.rules import Earning, PoolKey

BATCH = 1_000


@dataclass(slots=True)
class Book:
    """The gifts of one call, as they are entered; :meth:`write` writes all of them."""

    stage: Stage
    at: dt.datetime
    period: str
    policy_version: str
    last: dict[int, Last]
    signs: dict[tuple[int, int], Signs]
    gifts: list[Gift] = field(default_factory=list)
    moneys: list[GiftMoney] = field(default_factory=list)
    holds: list[GiftHold] = field(default_factory=list)
    drafts: list[EntryDraft] = field(default_factory=list)
    earned: list[tuple[UUID, Earning]] = field(default_factory=list)

    def enter(self, wish: Wish, message: str, taken: Taken) -> tuple[Gift, str]:
        """Enter a gift whose coins were taken; return it, and why its money waits, if it does."""
        rule, to = self.stage.rule, self.stage.recipients[wish.video_id]
        brought, offer = brought_by(taken, rule=rule), self.stage.offers[wish.kind]
        held_why = self._why_held(wish, to.creator_id, asked=taken.coins) if brought else ""
        head = Head(
            kind="gift_sent",
            gift_id=wish.id,
            policy_version=self.policy_version,
            memo=f"“{offer.name}” for @{to.handle}",
            at=self.at,
        )
        places = escrow_of(wish.id) if held_why else pending_of(to.creator_id)
        self.drafts.append(gift_entry(head, gift_transfers(taken, rule=rule, to=places)))
        gift = Gift(
            id=wish.id,
            kind_id=wish.kind,
            sender_id=wish.sender_id,
            creator_id=to.creator_id,
            video_id=wish.video_id,
            room_id=self.stage.room_of(wish),
            coins_micros=taken.coins.micros,
            bonus_micros=sum(part.coins.micros for part in taken.parts if part.is_bonus),
            combo=self._combo(wish),
            message=message,
            is_anonymous=wish.is_anonymous,
            moment_ms=wish.moment_ms,
            country=self.stage.senders[wish.sender_id].country,
            rule_version=rule.version,
            entry_id=head.entry_id,
            spend_id=taken.spend_id,
            sent_at=self.at,
        )
        self.gifts.append(gift)
        self.moneys += [_money_of(gift, one) for one in brought]
        if held_why:
            hold = GiftHold(gift=gift, why=held_why, ends_at=self.at + rule.hold)
            self.holds.append(hold)
        else:
            self.earned += earnings_of(gift, brought, period=self.period, entry_id=gift.entry_id)
        return gift, held_why

    def write(self) -> None:
        """Post the entries and write the rows, inside the caller's transaction."""
        if not self.gifts:
            return
        post(drafts=self.drafts, at=self.at)
        Gift.objects.bulk_create(self.gifts, batch_size=BATCH)
        GiftMoney.objects.bulk_create(self.moneys, batch_size=BATCH)
        GiftHold.objects.bulk_create(self.holds, batch_size=BATCH)
        earn_directly(earnings=self.earned, at=self.at)
        held = {one.gift_id for one in self.holds}
        count_gifts([gift for gift in self.gifts if gift.pk not in held])
        publish_many(notes=self._news(), at=self.at)

    def _combo(self, wish: Wish) -> int:
        before = self.last.get(wish.sender_id)
        combo = combo_of(wish, last=before, rule=self.stage.rule, at=self.at)
        self.last[wish.sender_id] = Last(wish.kind, wish.video_id, self.at, combo)
        return combo

    def _why_held(self, wish: Wish, creator_id: int, *, asked: Money) -> str:
        signs = self.signs[wish.sender_id, creator_id]
        why = why_held(signs, asked=asked, rule=self.stage.rule, at=self.at)
        for pair, known in self.signs.items():
            if pair[0] == wish.sender_id:
                self.signs[pair] = replace(known, sent=known.sent + asked)
        return why

    def _news(self) -> list[Note]:
        """Return what everybody is told of these gifts, with what their senders are by now."""
        countries = {one.creator_id: one.country for one in self.stage.recipients.values()}
        pairs = {(one.creator_id, one.sender_id) for one in self.gifts if not one.is_anonymous}
        levels = levels_between(pairs, countries=countries, at=self.at)
        notes = []
        for gift in self.gifts:
            level = None if gift.is_anonymous else levels[gift.creator_id, gift.sender_id]
            notes += self._notes(gift, badge=level.name if level else "")
        creators = sorted({gift.creator_id for gift in self.gifts})
        return notes + [Note(topic=earnings_topic(one), kind="earned", body={}) for one in creators]

    def _notes(self, gift: Gift, *, badge: str) -> list[Note]:
        offer, (art, motion) = self.stage.offers[gift.kind_id], self.stage.looks[gift.kind_id]
        sender = "" if gift.is_anonymous else self.stage.senders[gift.sender_id].name
        body = {
            "id": str(gift.pk),
            "name": offer.name,
            "art": art,
            "motion": motion,
            "coins": gift.coins_micros // 10**6,
            "combo": gift.combo,
            "sender": sender,
            "badge": badge,
            "message": gift.message,
        }
        topics = topics_of(gift.video_id, rooms=self.stage.rooms)
        return [Note(topic=one, kind="gift", body=body, may_drop=True) for one in topics]


def book_for(wishes: Sequence[Wish], *, stage: Stage, at: dt.datetime) -> Book:
    """Return an empty book for wishes that are paid; its period stays open until the commit."""
    senders = {wish.sender_id for wish in wishes}
    return Book(
        stage=stage,
        at=at,
        period=open_period(at=at).name if wishes else "",
        policy_version=policy_at(at=at).version,
        last=last_gifts(senders, since=at - stage.rule.combo) if wishes else {},
        signs=signs_of(wishes, stage=stage) if wishes else {},
    )


def earnings_of(
    gift: Gift, brought: Sequence[Brought], *, period: str, entry_id: UUID
) -> list[tuple[UUID, Earning]]:
    """Return what an entry of a gift brings its creator, by currency."""
    return [
        (
            entry_id,
            Earning(
                key=PoolKey(period, gift.country, one.brought.currency, GIFTS),
                creator_id=gift.creator_id,
                video_id=gift.video_id,
                day=gift.sent_at.astimezone(dt.UTC).date(),
                count=1,
                total=one.total,
                share=one.share,
            ),
        )
        for one in brought
    ]


def topics_of(video_id: UUID, *, rooms: Iterable[tuple[UUID, UUID]]) -> list[str]:
    """Return to whom the news of a gift goes: who watches the video, alone or in a room of it."""
    here = (room for video, room in rooms if video == video_id)
    return [Topic.VIDEO.of(video_id), *(Topic.ROOM.of(room) for room in here)]


def _money_of(gift: Gift, one: Brought) -> GiftMoney:
    return GiftMoney(
        gift=gift,
        currency=one.brought.currency,
        brought_micros=one.brought.micros,
        share_micros=one.share.micros,
    )
