"""Coins for earnings: a creator takes a pack for money that could be paid out to them.

It is a sale as by card, at the price and the tax of their country, with a receipt; what differs is
where the money comes from, so it does not go back to a card.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from takings.coins.actions.granting import ends_at
from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, Source
from takings.coins.queries.purchases import bonus_lot_id, check_may_buy
from takings.coins.rules import coins, lot_account, wallet_account
from takings.invoicing.actions import issue, take_turn
from takings.invoicing.queries import seller, tax_rates
from takings.invoicing.rules import InvoiceDraft, SaleLine
from takings.ledger.rules import TransferDraft
from takings.payments.queries import person
from takings.payments.rules import SoldAs, sell
from takings.people.models import Creator
from takings.policies.queries import coin_rule_at
from takings.policies.rules import CoinPack
from takings.settlement.queries.rewards import Offer


class CoinsForEarnings:
    """The reward “coins to give back”; a choice is the name of a pack."""

    name = "coins"
    title = "Coins to give back"
    note = (
        "At the price of your country, taxes included. They are yours to give and do not become "
        "money again."
    )
    used_at = "/coins/wallet/"

    def offers(self, *, creator: Creator, at: dt.datetime) -> Sequence[Offer]:
        """Return the packs at the prices of the creator's country."""
        rule, country = coin_rule_at(at=at), creator.user.country
        return [
            Offer(pack.name, _words(pack), rule.price_of(pack.name, country=country))
            for pack in rule.packs
        ]

    def begin(self, *, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Refuse who may not buy coins; numbers of receipts, then the wallet, then accounts.

        Refuses: what ``check_may_buy`` refuses.
        """
        take_turn(at=at)
        lock_wallet(user=creator.user, at=at)
        check_may_buy(user=creator.user, price=offer.price, at=at)

    def transfers(
        self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime
    ) -> Sequence[TransferDraft]:
        """Return the money, net and tax, and the coins, bought and given with them."""
        payable, sold, pack = (
            f"creator:{creator.pk}:payable",
            _sold(creator, at=at),
            _pack(offer, at),
        )
        tax, user_id = sold.tax(offer.price), creator.user_id
        moves = [TransferDraft(payable, lot_account(exchange_id), offer.price - tax)]
        if tax:
            moves.append(TransferDraft(payable, sold.tax_account, tax))
        for count, is_bonus in ((pack.bought, False), (pack.bonus, True)):
            if count:
                wallet = wallet_account(user_id, is_bonus=is_bonus)
                moves.append(TransferDraft("coins:issued", wallet, coins(count)))
        return moves

    def give(self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Open the lots, and give the receipt."""
        sold, pack, rule = _sold(creator, at=at), _pack(offer, at), coin_rule_at(at=at)
        value = offer.price - sold.tax(offer.price)
        CoinLot.objects.create(
            id=exchange_id,
            wallet_id=creator.user_id,
            source=Source.EXCHANGE,
            is_bonus=False,
            purchase=exchange_id,
            coins_micros=coins(pack.bought).micros,
            left_micros=coins(pack.bought).micros,
            currency=value.currency,
            value_micros=value.micros,
            value_left_micros=value.micros,
            opened_at=at,
            expires_at=ends_at(days=rule.bought_days, at=at),
        )
        if pack.bonus:
            CoinLot.objects.create(
                id=bonus_lot_id(exchange_id),
                wallet_id=creator.user_id,
                source=Source.EXCHANGE,
                is_bonus=True,
                purchase=exchange_id,
                coins_micros=coins(pack.bonus).micros,
                left_micros=coins(pack.bonus).micros,
                opened_at=at,
                expires_at=ends_at(days=rule.bonus_days, at=at),
            )
        issue(draft=_receipt(exchange_id, sold, offer, at=at), at=at)


def _pack(offer: Offer, at: dt.datetime) -> CoinPack:
    return next(one for one in coin_rule_at(at=at).packs if one.name == offer.choice)


def _words(pack: CoinPack) -> str:
    with_bonus = f" and {pack.bonus:,} bonus coins" if pack.bonus else ""
    return f"{pack.bought:,} coins{with_bonus}"


def _sold(creator: Creator, *, at: dt.datetime) -> SoldAs:
    return sell(
        customer=person(creator.user),
        product="digital",
        seller=seller().party.country,
        rates=tax_rates(),
        day=at.astimezone(dt.UTC).date(),
    )


def _receipt(exchange_id: UUID, sold: SoldAs, offer: Offer, *, at: dt.datetime) -> InvoiceDraft:
    day = at.astimezone(dt.UTC).date()
    return InvoiceDraft(
        reference=f"exchange:{exchange_id}",
        kind="receipt",
        customer=sold.customer,
        product=sold.treatment,
        supplied=f"{day} (UTC)",
        tax_day=day,
        lines=(SaleLine(f"{offer.words}, for earnings", "1", offer.price),),
    )
