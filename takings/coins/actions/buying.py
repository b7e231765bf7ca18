"""Buying coins by card, and what becomes of them with their payment.

The payment's row is locked first, then the wallet; whoever spends coins locks only the wallet.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.coins.actions.granting import ends_at
from takings.coins.actions.settling import apply, changes, lots_bought, open_returns, settled
from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, Purchase, Return, ReturnState, Source
from takings.coins.queries.purchases import (
    COINS_PURPOSE,
    NoSuchPack,
    NoSuchWallet,
    bonus_lot_id,
    bought_since,
    check_may_buy,
    purchase_lines,
    wallet_of_subject,
)
from takings.coins.rules import wallet_account
from takings.coins.rules.purchases import is_looked_at
from takings.core import ids
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.payments.actions import Order, PaymentIdTaken, start_payment
from takings.payments.models import Payment
from takings.payments.queries import Sale, parts_of
from takings.payments.rules import Accepted, Plan, Share
from takings.people.models import User
from takings.people.queries import Visitor
from takings.policies.queries import coin_rule_at

DAY = dt.timedelta(days=1)
LOOKED_AT = "a new account bought for much within a day; nothing is taken away"


@dataclass(frozen=True, slots=True)
class CoinOrder:
    """A pack that somebody wants; ``id`` is the payment's: ordered twice, it is one payment."""

    id: UUID
    user: User
    pack: str
    accepted: Accepted | None = None


def buy_coins(*, order: CoinOrder, at: dt.datetime) -> Payment:
    """Start the payment of a pack at the price of the person's country.

    Refuses: NoSuchPack, NotInThisCountry, AgeUnknown, TooYoung, Paused, NotAtThisHour, OverTheCap,
    TooManyDeclines, NoPolicyCovers, and what ``start_payment`` refuses.
    """
    rule, user = coin_rule_at(at=at), order.user
    pack = next((one for one in rule.packs if one.name == order.pack), None)
    if pack is None:
        raise NoSuchPack
    price = rule.price_of(pack.name, country=user.country)
    with transaction.atomic():
        wallet = lock_wallet(user=user, at=at)
        known = Purchase.objects.filter(pk=order.id).first()
        if known is not None and known.wallet != wallet:
            raise PaymentIdTaken
        if known is None:
            check_may_buy(user=user, price=price, at=at)
        purchase = known or Purchase.objects.create(
            id=order.id,
            wallet=wallet,
            pack=pack.name,
            coins_micros=pack.bought * 10**6,
            bonus_micros=pack.bonus * 10**6,
            currency=price.currency,
            price_micros=price.micros,
            ordered_at=at,
        )
    return start_payment(
        order=Order(
            id=purchase.pk,
            purpose=COINS_PURPOSE,
            subject=f"wallet:{user.pk}",
            payer=user,
            amount=purchase.price,
            description=f"{pack.bought:,} coins",
            product="digital",
            accepted=order.accepted,
        ),
        at=at,
    )


class CoinsByCard:
    """The purpose of card payments for coins; ``subject`` is ``wallet:<user>``."""

    name = COINS_PURPOSE
    title = "Coins"

    def plan(self, sale: Sale) -> Plan:
        """Let what is not tax wait with its lot: ``provider → coins:liability:<lot>``."""
        purchase = Purchase.objects.get(pk=sale.payment_id)
        share = Share(f"coins:liability:{purchase.pk}", sale.net)
        return Plan(
            kind="coins_bought",
            reference=f"lot:{purchase.pk}",
            memo=f"{purchase.coins_micros // 10**6:,} coins bought",
            shares=(share,),
        )

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Open the lots. What a new account bought for much is held for some days, not seized."""
        purchase = Purchase.objects.select_related("wallet__user").get(pk=sale.payment_id)
        user, rule = purchase.wallet.user, coin_rule_at(at=at)
        bought = purchase.price + bought_since(
            user=user, currency=purchase.currency, since=at - DAY
        )
        held = is_looked_at(rule=rule, age=at - user.joined_at, bought=bought)
        purchase.paid_at = at
        purchase.save(update_fields=["paid_at"])
        until = at + rule.held_for if held else None
        for lot in _lots(purchase, value=sale.net):
            days = rule.bonus_days if lot.is_bonus else rule.bought_days
            lot.opened_at, lot.expires_at = at, ends_at(days=days, at=at)
            lot.held_until, lot.held_why = until, LOOKED_AT if held else ""
            lot.save(force_insert=True)

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:
        """Put the coins into the wallet, or out of it; the wallet is locked before money moves."""
        purchase = Purchase.objects.select_related("wallet__user").get(pk=sale.payment_id)
        lock_wallet(user=purchase.wallet.user, at=purchase.ordered_at)
        lots = lots_bought(purchase)
        if not lots:
            return _issued(purchase)
        found = settled(purchase, returns=open_returns(lots[0]), taken=taken)
        return tuple(move for change in changes(lots, found) for move in change.transfers)

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """Write down which coins are gone with the money, and which returns are done."""
        purchase = Purchase.objects.get(pk=sale.payment_id)
        parts = parts_of(Payment.objects.get(pk=purchase.pk))
        taken = sum((part.taken for part in parts), Money.zero(amount.currency))
        lots = lots_bought(purchase)
        returns = open_returns(lots[0])
        found = settled(purchase, returns=returns, taken=taken)
        for one, is_paid, has_failed in zip(returns, found.paid, found.failed, strict=True):
            _tell(one, is_paid=is_paid, has_failed=has_failed)
        because = ids.derived("a purchase was taken back", purchase.pk, taken.micros, at)
        for change in changes(lots, found):
            apply(change, because=because, at=at)

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let its owner see its payments. Refuses: NoSuchWallet."""
        if wallet_of_subject(subject).user != user:
            raise NoSuchWallet

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say how many coins were delivered, when, and how many of them were spent."""
        return purchase_lines(Purchase.objects.get(pk=sale.payment_id))


def _issued(purchase: Purchase) -> tuple[TransferDraft, ...]:
    coins = ((False, purchase.coins), (True, purchase.bonus))
    return tuple(
        TransferDraft("coins:issued", wallet_account(purchase.wallet_id, is_bonus=bonus), amount)
        for bonus, amount in coins
        if amount
    )


def _lots(purchase: Purchase, *, value: Money) -> list[CoinLot]:
    lots = [
        CoinLot(
            id=purchase.pk,
            source=Source.PURCHASE,
            is_bonus=False,
            coins_micros=purchase.coins_micros,
            currency=value.currency,
            value_micros=value.micros,
            value_left_micros=value.micros,
        )
    ]
    if purchase.bonus_micros:
        lots.append(
            CoinLot(
                id=bonus_lot_id(purchase.pk),
                source=Source.PACK_BONUS,
                is_bonus=True,
                coins_micros=purchase.bonus_micros,
            )
        )
    for lot in lots:
        lot.wallet, lot.purchase, lot.left_micros = purchase.wallet, purchase.pk, lot.coins_micros
    return lots


def _tell(one: Return, *, is_paid: bool, has_failed: bool) -> None:
    state = ReturnState.ASKED
    if is_paid or has_failed:
        state = ReturnState.FAILED if has_failed else ReturnState.PAID_BACK
    if one.state != state:
        one.state = state
        one.save(update_fields=["state"])
