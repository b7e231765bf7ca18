"""Giving unspent coins back for money, to the card they were bought with.

The coins are gone before the card company is asked, under an id that follows from the purchase and
how often it was tried; when it says no, they come again. Whoever is killed between is gone on with.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.coins.actions.settling import (
    apply,
    changes,
    lots_bought,
    open_returns,
    settled,
)
from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, Purchase, Return, ReturnState
from takings.coins.queries.purchases import returnable_of
from takings.coins.rules.purchases import NothingToReturn, money_for
from takings.core import ids
from takings.core.errors import Conflict, Refusal
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, currency
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import Attempt, AttemptStatus, Payment
from takings.payments.queries import parts_of, refunding, standing_of
from takings.payments.rules import still_to_give
from takings.people.models import User
from takings.policies.queries import coin_rule_at, policy_at


class TooLateToReturn(Conflict):
    """Bought coins can be given back for some days; later, only by the desk."""

    code = "too_late_to_return"
    sentence = "The time to give these coins back is over. They stay yours, and never end."


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants coins to go back, and why; without an ``operator`` their owner does."""

    operator: User | None
    reason: str


def return_coins(*, purchase: Purchase, at: dt.datetime) -> Return:
    """Give back what is left of a purchase: a right within the days of the policy.

    Refuses: TooLateToReturn, NothingToReturn, and what ``refund_payment`` refuses; then the coins
    are there again.
    """
    days = coin_rule_at(at=purchase.ordered_at).withdrawal_days
    if purchase.paid_at is None or at >= purchase.paid_at + dt.timedelta(days=days):
        raise TooLateToReturn
    return _return(purchase, _Asked(None, "Given back by its owner in time."), at=at)


def return_for(*, operator: User, purchase: Purchase, reason: str, at: dt.datetime) -> Return:
    """Give back what is left of somebody's purchase, whenever it was bought; by the desk.

    Refuses: NothingToReturn, and what ``refund_payment`` refuses.
    """
    return _return(purchase, _Asked(operator, reason), at=at)


def go_on_with_returns(*, at: dt.datetime) -> int:
    """Ask for what was never asked, and give coins again where the answer was no; repeatable."""
    waiting = Return.objects.filter(state=ReturnState.ASKED).select_related("lot")
    return sum(_go_on(one, at=at) for one in waiting.order_by("pk"))


def _go_on(one: Return, *, at: dt.datetime) -> bool:
    attempt = Attempt.objects.filter(pk=one.pk).first()
    if attempt is None:
        try:
            _refund(one, at=at)
        except Refusal:
            return True  # its coins are there again
    elif attempt.status == AttemptStatus.REFUSED:
        fail_return(return_id=one.pk, at=at)
    else:
        return False
    return True


def _return(purchase: Purchase, asked: _Asked, *, at: dt.datetime) -> Return:
    one = _store(purchase, asked, at=at)
    _refund(one, at=at)
    one.refresh_from_db()
    return one


def _refund(one: Return, *, at: dt.datetime) -> None:
    refund = Refund(id=one.pk, payment_id=one.lot.pk, amount=one.money, reason=one.reason)
    try:
        refund_payment(operator=one.asked_by, refund=refund, at=at)
    except Refusal:
        fail_return(return_id=one.pk, at=at)
        raise


@transaction.atomic
def _store(purchase: Purchase, asked: _Asked, *, at: dt.datetime) -> Return:
    """Take the coins out of the wallet, and write down what is to be paid for them."""
    lock_wallet(user=purchase.wallet.user, at=at)
    coins = returnable_of(purchase)
    lot = lots_bought(purchase)[0]
    payment = Payment.objects.get(pk=purchase.pk)
    money, value = _worth(payment, coins=coins, purchase=purchase, lot=lot)
    if not coins or not money:
        raise NothingToReturn
    one = Return.objects.create(
        id=ids.derived("coins go back", purchase.pk, lot.returns.count()),
        lot=lot,
        coins_micros=coins.micros,
        money_micros=money.micros,
        value_micros=value.micros,
        asked_by=asked.operator,
        reason=asked.reason[:200],
        asked_at=at,
    )
    _change(one, kind="coins_returned", at=at)
    return one


@transaction.atomic
def fail_return(*, return_id: UUID, at: dt.datetime) -> None:
    """Give coins again whose money could not be given back. Twice is once."""
    one = Return.objects.select_related("lot__wallet__user").get(pk=return_id)
    lock_wallet(user=one.lot.wallet.user, at=at)
    one.refresh_from_db(fields=["state"])
    if one.state != ReturnState.ASKED:
        return
    one.state = ReturnState.FAILED
    one.save(update_fields=["state"])
    _change(one, kind="coins_given_again", at=at)


def _change(one: Return, *, kind: str, at: dt.datetime) -> None:
    """Let the lots be what the returns make of them now, and post the coins."""
    purchase = Purchase.objects.get(pk=one.lot.pk)
    parts = parts_of(Payment.objects.get(pk=purchase.pk))
    taken = sum((part.taken for part in parts), Money.zero(purchase.currency))
    lots = lots_bought(purchase)
    found = changes(lots, settled(purchase, returns=open_returns(lots[0]), taken=taken))
    moves = tuple(move for change in found for move in change.transfers)
    post(drafts=[_draft(one, moves, kind=kind, at=at)] if moves else [], at=at)
    for change in found:
        apply(change, because=ids.derived(kind, one.pk), at=at)


def _draft(
    one: Return, moves: tuple[TransferDraft, ...], *, kind: str, at: dt.datetime
) -> EntryDraft:
    return EntryDraft(
        id=ids.derived(kind, one.pk),
        kind=kind,
        reference=f"lot:{one.lot.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=one.reason,
        transfers=moves,
    )


def _worth(
    payment: Payment, *, coins: Money, purchase: Purchase, lot: CoinLot
) -> tuple[Money, Money]:
    """Return what is paid back for coins, and what of it their lot gives: no more than it has.

    With the last coins goes the rest of the price. Taxes are rounded to payable units, so the last
    unit may be one that the lot does not have.
    """
    asked = refunding(payment)
    left = standing_of(payment).refundable - asked
    money = money_for(coins=coins.micros, of=purchase.coins_micros, price=purchase.price)
    is_rest = lot.gone_micros + coins.micros == lot.coins_micros
    money = left if is_rest else min(money, left)
    unit = Money(currency(money.currency).unit_micros, money.currency)
    account, parts, nothing = f"coins:liability:{purchase.pk}", parts_of(payment), money - money
    before = still_to_give(parts=parts, refunding=asked).get(account, nothing)
    value = nothing
    while money > nothing:
        value = still_to_give(parts=parts, refunding=asked + money).get(account, nothing) - before
        if value.micros <= lot.value_left_micros:
            break
        money -= unit
    return money, value
