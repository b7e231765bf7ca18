"""Exchanging earnings for a reward: from ``payable``, in one entry, never more than is there."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Forbidden
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft
from takings.money import format_money
from takings.people.models import Creator
from takings.policies.queries import fan_rule_at, policy_at
from takings.settlement.models import Exchange
from takings.settlement.queries.rewards import Offer, Reward, UnknownReward, reward_named


class NotThatMuchEarned(Conflict):
    """Only what could be paid out can be exchanged."""

    code = "not_that_much_earned"
    sentence = "This takes {asked}; {there} could be paid out to you now."


class NoExchangeHere(Forbidden):
    """Some countries want earnings to be paid, and taxed, as money."""

    code = "no_exchange_here"
    sentence = "Where you live, earnings are paid out and not exchanged."


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

    Refuses: UnknownReward, NoExchangeHere, ExchangeIdTaken, NotThatMuchEarned, and what the reward
    refuses.
    """
    reward = reward_named(name=wanted.reward)
    if creator.user.country in fan_rule_at(at=at).no_exchange:
        raise NoExchangeHere
    offer = _offer(reward, creator=creator, choice=wanted.choice, at=at)
    entry_id = ids.derived("earnings_exchanged", wanted.id)
    exchange, is_new = Exchange.objects.get_or_create(
        id=wanted.id,
        defaults={
            "creator": creator,
            "reward": reward.name,
            "choice": offer.choice,
            "words": offer.words,
            "currency": offer.price.currency,
            "amount_micros": offer.price.micros,
            "entry_id": entry_id,
            "exchanged_at": at,
        },
    )
    if not is_new:
        was = (exchange.creator_id, exchange.reward, exchange.choice)
        if was != (creator.pk, wanted.reward, wanted.choice):
            raise ExchangeIdTaken
        return exchange
    reward.begin(creator=creator, offer=offer, at=at)
    transfers = reward.transfers(exchange_id=exchange.pk, creator=creator, offer=offer, at=at)
    draft = EntryDraft(
        id=entry_id,
        kind="earnings_exchanged",
        reference=f"exchange:{exchange.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"@{creator.handle} took {offer.words} for earnings",
        transfers=tuple(transfers),
    )
    post(drafts=[draft], at=at)
    _check_covered(creator, offer)
    reward.give(exchange_id=exchange.pk, creator=creator, offer=offer, at=at)
    return exchange


def _offer(reward: Reward, *, creator: Creator, choice: str, at: dt.datetime) -> Offer:
    for offer in reward.offers(creator=creator, at=at):
        if offer.choice == choice:
            return offer
    raise UnknownReward


def _check_covered(creator: Creator, offer: Offer) -> None:
    """Refuse what went below zero; the account is ours until we commit, so nobody else took it."""
    account = f"creator:{creator.pk}:payable"
    left = ledger.balance(name=account, currency=offer.price.currency)
    if left.micros < 0:
        asked, there = format_money(offer.price), format_money(left + offer.price, exact=True)
        raise NotThatMuchEarned(asked=asked, there=there)
