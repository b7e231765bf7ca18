"""Coins: people who may have some, packs bought at the sandbox, and gifts without a gift."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import transaction

from takings.coins.actions import (
    Ask,
    CoinOrder,
    Grant,
    Refused,
    approve_grant,
    buy_coins,
    give_back,
    propose_grant,
    take,
)
from takings.coins.models import CoinLot, Purchase
from takings.coins.rules import Taken, coin_transfers, coins
from takings.coins.rules.lots import LOSS
from takings.core import clock, ids
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.payments.models import Payment
from takings.people import actions as people
from takings.people.actions import Profile
from takings.people.models import User
from tests.make.payments import PAYS, asked, happenings, pay, send, work_all
from tests.make.people import make_operator

ADULT = dt.date(1990, 12, 31)
LONG_AGO = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def make_fan(
    name: str = "Vera",
    *,
    country: str = "DE",
    born_on: dt.date | None = ADULT,
    at: dt.datetime = LONG_AGO,
) -> User:
    """Sign someone up who is old enough for coins, long ago."""
    return people.sign_up(
        email=f"{name.lower()}-{uuid4().hex[:8]}@example.org",
        password="a long password",
        profile=Profile(display_name=name, country=country, born_on=born_on),
        at=at,
    )


def ordered(user: User, pack: str = "chest") -> Payment:
    """Order a pack; nothing is paid yet."""
    order = CoinOrder(id=uuid4(), user=user, pack=pack)
    return buy_coins(order=order, at=clock.now())


def bought(user: User, pack: str = "chest", *, card: str = PAYS) -> Purchase:
    """Buy a pack and pay it by this card, now."""
    payment = ordered(user, pack)
    pay(payment, card)
    asked(payment)
    return Purchase.objects.get(pk=payment.pk)


def told_paid(user: User, pack: str = "chest", *, card: str) -> Purchase:
    """Buy a pack by a card with a story, and hear only that it is paid; the rest comes later."""
    payment = ordered(user, pack)
    pay(payment, card)
    send(next(one for one in happenings(payment) if one.kind == "succeeded"))
    work_all()
    return Purchase.objects.get(pk=payment.pk)


def granted(user: User, count: int, *, at: dt.datetime | None = None) -> CoinLot:
    """Give somebody bonus coins, with four eyes."""
    grant, at = Grant(uuid4(), user, coins(count), "For finding a fault."), at or clock.now()
    proposal = propose_grant(operator=make_operator(), grant=grant, at=at)
    return approve_grant(proposal=proposal, operator=make_operator("Zoe"), answer="Yes.", at=at)


def ask(user: User, count: int, *, id: UUID | None = None) -> Ask:  # noqa: A002 - as everywhere
    """Want to spend so many coins, now."""
    return Ask(id or uuid4(), user.pk, coins(count), clock.now())


@transaction.atomic
def spent(asks: Sequence[Ask]) -> list[Taken | Refused]:
    """Spend coins, and let the platform have what was received for them: a gift to nobody."""
    answers, now = take(asks=asks, at=clock.now()), clock.now()
    drafts = [
        _draft(one, _money(one), kind="coins_spent_in_a_test", at=now)
        for one in answers
        if isinstance(one, Taken)
    ]
    post(drafts=drafts, at=now)
    return answers


@transaction.atomic
def unspent(*spend_ids: UUID) -> list[Taken]:
    """Give spendings back, and post the reverse of what was posted for them."""
    found, now = give_back(spend_ids=spend_ids, at=clock.now()), clock.now()
    drafts = [
        _draft(one, _money(one, back=True), kind="coins_unspent_in_a_test", at=now, back=True)
        for one in found
        if any(part.returns or part.value for part in one.parts)
    ]
    post(drafts=drafts, at=now)
    return found


def _money(taken: Taken, *, back: bool = False) -> list[TransferDraft]:
    revenue = "platform:revenue:gifts"
    return [
        TransferDraft(*((revenue, part.account) if back else (part.account, revenue)), part.value)
        for part in taken.parts
        if part.value
    ]


def _draft(
    taken: Taken, money: list[TransferDraft], *, kind: str, at: dt.datetime, back: bool = False
) -> EntryDraft:
    return EntryDraft(
        id=ids.derived(kind, taken.spend_id),
        kind=kind,
        reference=f"spend:{taken.spend_id}",
        policy_version="house@2026-01-01",
        occurred_at=at,
        memo="A gift to nobody",
        transfers=(*coin_transfers(taken, back=back), *money),
    )


def euros(text: str) -> Money:
    """Return euros."""
    return Money.parse(text, "EUR")


__all__ = ["LOSS", "ask", "bought", "euros", "granted", "make_fan", "ordered", "spent", "unspent"]
