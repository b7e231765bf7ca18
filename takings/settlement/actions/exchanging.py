"""Exchanging earnings for a reward: from ``payable``, in one entry, never more than is there."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from takings.core import ids
from takings.core.errors import Conflict, Forbidden
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, format_money
from takings.people.models import Creator
from takings.policies.queries import fan_rule_at, policy_at
from takings.settlement.models import Exchange
from takings.settlement.queries.rewards import (
    Offer,
    Reward,
    Tax,
    UnknownReward,
    gate,
    reward_named,
)


class NotThatMuchEarned(Conflict):
    """Only what could be paid out can be exchanged."""

    code = "not_that_much_earned"
    sentence = "This takes {asked}; {there} could be paid out to you now."


class NoExchangeHere(Forbidden):
    """Some countries want earnings to be paid, and taxed, as money."""

    code = "no_exchange_here"
    sentence = "Where you live, earnings are paid out and not exchanged."


class CannotExchange(Forbidden):
    """What could not be paid out to somebody is not exchanged either."""

    code = "cannot_exchange"
    sentence = "Earnings are exchanged by those who can be paid. {why}"


class ExchangeIdTaken(Conflict):
    """The id of an exchange is its idempotency key."""

    code = "exchange_id_taken"
    sentence = "An exchange with this id exists and is another one; open the page again."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a creator wants for earnings: one choice of a reward. ``id`` is the caller's."""

    id: UUID
    reward: str
    choice: str


@transaction.atomic
def exchange_earnings(*, creator: Creator, wanted: Wanted, at: dt.datetime) -> Exchange:
    """Give a creator a reward for earnings; the same wish again changes nothing.

    Tax that a payout would have withheld is withheld besides the price. Refuses: UnknownReward,
    NoExchangeHere, CannotExchange, ExchangeIdTaken, NotThatMuchEarned, and what the reward refuses.
    """
    _take_turn(wanted.id)
    known = Exchange.objects.filter(pk=wanted.id).first()
    if known is not None:
        if (known.creator_id, known.reward, known.choice) != _asked(creator, wanted):
            raise ExchangeIdTaken
        return known
    reward = reward_named(name=wanted.reward)
    if creator.user.country in fan_rule_at(at=at).no_exchange:
        raise NoExchangeHere
    admission = gate().admit(creator=creator, at=at)
    if admission.bar:
        raise CannotExchange(why=admission.bar)
    offer = _offer(reward, creator=creator, choice=wanted.choice, at=at)
    tax = admission.tax_on(offer.price)
    withheld = tax.amount if tax else Money.zero(offer.price.currency)
    exchange = Exchange.objects.create(
        id=wanted.id,
        creator=creator,
        reward=reward.name,
        choice=offer.choice,
        words=offer.words,
        currency=offer.price.currency,
        amount_micros=(offer.price + withheld).micros,
        withheld_micros=withheld.micros,
        entry_id=ids.derived("earnings_exchanged", wanted.id),
        exchanged_at=at,
    )
    reward.begin(creator=creator, offer=offer, at=at)
    _post(exchange, reward=reward, offer=offer, tax=tax, at=at)
    reward.give(exchange_id=exchange.pk, creator=creator, offer=offer, at=at)
    admission.keep(exchange_id=exchange.pk, price=offer.price)
    return exchange


def _take_turn(exchange_id: UUID) -> None:
    """Wait for whoever asks for the same exchange: of two at once, the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(exchange_id)])


def _asked(creator: Creator, wanted: Wanted) -> tuple[int, str, str]:
    return creator.pk, wanted.reward, wanted.choice


def _post(
    exchange: Exchange, *, reward: Reward, offer: Offer, tax: Tax | None, at: dt.datetime
) -> None:
    """Move the money. The account is ours until we commit, so what is left is left."""
    creator = exchange.creator
    payable = f"creator:{creator.pk}:payable"
    moves = reward.transfers(exchange_id=exchange.pk, creator=creator, offer=offer, at=at)
    taxes = [TransferDraft(payable, tax.account, tax.amount)] if tax else []
    draft = EntryDraft(
        id=exchange.entry_id,
        kind="earnings_exchanged",
        reference=f"exchange:{exchange.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"@{creator.handle} took {offer.words} for earnings",
        transfers=(*moves, *taxes),
    )
    post(drafts=[draft], at=at)
    left = ledger.balance(name=payable, currency=exchange.currency)
    if left.micros < 0:
        there = format_money(left + exchange.amount, exact=True)
        raise NotThatMuchEarned(asked=format_money(exchange.amount, exact=True), there=there)


def _offer(reward: Reward, *, creator: Creator, choice: str, at: dt.datetime) -> Offer:
    for offer in reward.offers(creator=creator, at=at):
        if offer.choice == choice:
            if offer.obstacle is not None:
                raise offer.obstacle
            return offer
    raise UnknownReward
