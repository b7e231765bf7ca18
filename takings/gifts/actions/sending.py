"""Sending gifts, many at once: a fixed number of statements, and no row of a creator is locked.

Who sends to whom does not matter: gifts of a call are answered one by one and posted together. Of
two calls at once those that spend from one wallet take turns, all others pass each other.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from takings.coins.actions import Ask, Refused, take
from takings.coins.rules import Taken
from takings.core import ids
from takings.core.errors import Refusal
from takings.gifts.actions.entering import book_for
from takings.gifts.models import Gift
from takings.gifts.queries.staging import Stage, stage_of
from takings.gifts.rules import GiftIdTaken, Wish
from takings.policies.queries import gift_rule_at


@dataclass(frozen=True, slots=True)
class Sent:
    """A gift that was sent, now or before; ``held_why`` says why its money waits, if it does."""

    gift: Gift
    is_new: bool
    held_why: str = ""


def send_gift(*, wish: Wish, at: dt.datetime) -> Gift:
    """Send one gift; the same wish again is the same gift.

    Refuses: GiftIdTaken, what :meth:`Stage.check` refuses, and what spending coins refuses
    (NotEnoughCoins, LimitReached, …).
    """
    [answer] = send_gifts(wishes=[wish], at=at)
    if isinstance(answer, Refusal):
        raise answer
    return answer.gift


@transaction.atomic
def send_gifts(*, wishes: Sequence[Wish], at: dt.datetime) -> list[Sent | Refusal]:
    """Send many gifts in one transaction; each is answered for itself, in their order."""
    stage = stage_of(wishes, rule=gift_rule_at(at=at), at=at)
    call = _Call(at, stage)
    call.recall(wish.id for wish in wishes)
    for number, wish in enumerate(wishes):
        call.consider(number, wish)
    paid = call.pay()
    book = book_for([fit.wish for fit, _ in paid], stage=stage, at=at)
    for fit, taken in paid:
        gift, held_why = book.enter(fit.wish, fit.message, taken)
        call.answers[fit.number] = Sent(gift, is_new=True, held_why=held_why)
    book.write()
    return [call.answer(number, wish) for number, wish in enumerate(wishes)]


@dataclass(slots=True)
class _Fit:
    """A wish that may be sent, once its coins are there."""

    number: int
    wish: Wish
    message: str


@dataclass(slots=True)
class _Call:
    """Wishes on their way: known before, refused, or fit to be sent.

    ``firsts`` are the places of ids in the call: whoever comes again under one is answered alike.
    """

    at: dt.datetime
    stage: Stage
    answers: dict[int, Sent | Refusal] = field(default_factory=dict)
    known: dict[UUID, Sent] = field(default_factory=dict)
    fits: list[_Fit] = field(default_factory=list)
    firsts: dict[UUID, int] = field(default_factory=dict)

    def recall(self, ids: Iterable[UUID]) -> None:
        """Find what was sent before under these ids."""
        for gift in Gift.objects.filter(pk__in=list(ids)).select_related("hold"):
            hold = getattr(gift, "hold", None)
            self.known[gift.pk] = Sent(gift, is_new=False, held_why=hold.why if hold else "")

    def consider(self, number: int, wish: Wish) -> None:
        """Answer what is known or cannot be; keep what can."""
        if wish.id in self.known:
            self.answers[number] = _same(self.known[wish.id], wish)
        elif self.firsts.setdefault(wish.id, number) == number:
            try:
                self.fits.append(_Fit(number, wish, self.stage.check(wish)))
            except Refusal as refusal:
                self.answers[number] = refusal

    def pay(self) -> list[tuple[_Fit, Taken]]:
        """Take the coins, and then look again: whoever waited for a wallet may find it done."""
        asks = [self._ask(fit.wish) for fit in self.fits]
        answers = take(asks=asks, at=self.at) if asks else []
        self.recall(fit.wish.id for fit in self.fits)
        paid = []
        for fit, answer in zip(self.fits, answers, strict=True):
            if fit.wish.id in self.known:
                self.answers[fit.number] = _same(self.known[fit.wish.id], fit.wish)
            elif isinstance(answer, Refused):
                self.answers[fit.number] = answer.refusal
            else:
                paid.append((fit, answer))
        return paid

    def _ask(self, wish: Wish) -> Ask:
        spend_id = spend_id_of(wish.id, sender_id=wish.sender_id)
        return Ask(spend_id, wish.sender_id, self.stage.offers[wish.kind].price, self.at)

    def answer(self, number: int, wish: Wish) -> Sent | Refusal:
        """Return the answer of a wish; of one that came twice, what the first was answered."""
        if number in self.answers:
            return self.answers[number]
        first = self.answers[self.firsts[wish.id]]
        return first if isinstance(first, Refusal) else _same(first, wish)


def spend_id_of(gift_id: UUID, *, sender_id: int) -> UUID:
    """Return the id under which a gift's coins are spent: nobody can take another's."""
    return ids.derived("the coins of a gift", gift_id, sender_id)


def _same(sent: Sent, wish: Wish) -> Sent | Refusal:
    """Return what was sent under this id, if it is what is wished now."""
    gift = sent.gift
    was = (gift.sender_id, gift.video_id, gift.kind_id, gift.is_anonymous)
    if was != (wish.sender_id, wish.video_id, wish.kind, wish.is_anonymous):
        return GiftIdTaken()
    return replace(sent, is_new=False)
