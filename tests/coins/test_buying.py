"""Packs bought by card: paid, told twice, refused, refunded, disputed; and their coins."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.coins.actions import (
    CoinOrder,
    CoinsByCard,
    buy_coins,
)
from takings.coins.models import CoinLot, Limit, Purchase, Wallet
from takings.coins.queries.purchases import (
    NoSuchPack,
    NoSuchPurchase,
    NoSuchWallet,
    access_purchase,
    wallet_of_subject,
)
from takings.coins.rules import AgeUnknown, Paused, Taken, TooYoung, coins
from takings.coins.rules.purchases import TooManyDeclines
from takings.ledger.queries import balance, check_books, entry
from takings.money import Money
from takings.payments.actions import (
    PaymentIdTaken,
    Refund,
    RefundTooLarge,
    answer_dispute,
    refund_payment,
)
from takings.payments.actions.refunding import NothingThere
from takings.payments.models import Payment
from takings.payments.queries import (
    NoSuchPayment,
    access_payment,
    evidence_lines,
    receipts_of,
    sale_of,
)
from takings.people.models import User
from tests.coins.test_spending import has, taken, waits
from tests.make.coins import (
    ask,
    bought,
    euros,
    granted,
    make_fan,
    ordered,
    spent,
    told_paid,
    unspent,
)
from tests.make.passes import Time
from tests.make.payments import (
    DECLINED,
    DISPUTED_LOST,
    DISPUTED_WON,
    LATE,
    asked,
    happenings,
    pay,
    send,
    work_all,
)
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NONE = (coins(0), coins(0))


def loss() -> Money:
    return balance(name="platform:loss", currency="EUR")


def test_a_paid_pack_is_in_the_wallet_once_with_its_money_and_its_receipt(time: Time) -> None:
    """Peers' bug 9: told twice and out of order, a balance was raised twice."""
    vera = make_fan()
    payment = ordered(vera)
    assert has(vera) == NONE
    pay(payment)
    asked(payment)
    for happening in happenings(payment)[::-1]:
        send(happening)
    work_all()
    asked(payment)
    purchase = Purchase.objects.get()
    assert has(vera) == (coins(1_000), coins(80))
    assert (payment.amount, waits(purchase.pk)) == (euros("11.90"), euros("10"))
    posted = entry(id=sale_of(payment).entry_id)
    assert (posted.kind, posted.reference) == ("coins_bought", f"lot:{purchase.pk}")
    assert posted.memo == "1,000 coins bought"
    assert len(posted.transfers) == 5  # liability, tax, the provider's fee, coins, bonus coins
    payment.refresh_from_db()
    assert [paper.kind for paper in receipts_of(payment)] == ["receipt"]
    assert str(purchase) == "chest for 11900000 EUR"
    bonus = CoinLot.objects.get(is_bonus=True)
    assert (bonus.expires_at, bonus.purchase) == (time.now + 180 * DAY, purchase.pk)
    assert CoinLot.objects.get(is_bonus=False).expires_at is None
    assert check_books() == []


def test_a_pack_without_a_bonus_is_one_lot_and_prices_are_those_of_the_country(time: Time) -> None:
    taro = make_fan("Taro", country="JP")
    purchase = bought(taro, "handful")
    assert purchase.price == Money.parse("180", "JPY")
    assert [lot.is_bonus for lot in CoinLot.objects.all()] == [False]
    assert has(taro) == (coins(100), coins(0))
    assert purchase.paid_at == time.now


def test_a_late_success_is_one_success(time: Time) -> None:
    vera = make_fan()
    payment = ordered(vera)
    pay(payment, LATE)
    asked(payment)
    time.now += dt.timedelta(hours=1)
    for _ in range(2):
        asked(payment)
    assert payment.status == "succeeded"
    assert has(vera) == (coins(1_000), coins(80))
    assert check_books() == []


def test_one_form_is_one_payment_and_nobody_elses(time: Time) -> None:
    """Peers' bug 15: the same top-up posted twice."""
    vera, wim, key = make_fan(), make_fan("Wim"), uuid4()
    first = buy_coins(order=CoinOrder(key, vera, "bag"), at=time.now)
    assert buy_coins(order=CoinOrder(key, vera, "bag"), at=time.now) == first
    with pytest.raises(PaymentIdTaken):
        buy_coins(order=CoinOrder(key, wim, "bag"), at=time.now)
    with pytest.raises(NoSuchPack):
        buy_coins(order=CoinOrder(uuid4(), wim, "mountain"), at=time.now)
    assert Purchase.objects.count() == 1


def test_who_may_not_have_coins_buys_none(time: Time) -> None:
    young = make_fan("Yuki", born_on=dt.date(2012, 12, 31))
    unknown = make_fan("Una", born_on=None)
    vera = make_fan()
    for user, refusal in ((young, TooYoung), (unknown, AgeUnknown)):
        with pytest.raises(refusal):
            ordered(user)
    granted(vera, 1)
    wallet = Wallet.objects.get()
    Limit.objects.create(
        wallet=wallet,
        kind="exclusion",
        until=time.now + DAY,
        said_at=time.now,
        holds_from=time.now,
    )
    with pytest.raises(Paused):
        ordered(vera)
    assert not Payment.objects.exists()
    assert not Purchase.objects.exists()


def test_who_tries_many_cards_is_asked_to_come_back_tomorrow(time: Time) -> None:
    vera = make_fan()
    for _ in range(5):
        payment = ordered(vera, "handful")
        pay(payment, DECLINED)
        asked(payment)
    with pytest.raises(TooManyDeclines, match=r"declined 5 times.* after 2027-01-26 14:00"):
        ordered(vera)
    time.now += DAY + dt.timedelta(minutes=1)
    assert bought(vera).paid_at == time.now


def test_what_the_desk_refunds_takes_the_coins_with_it_and_no_spent_ones(time: Time) -> None:
    """Peers' bug 19: who was paid kept all of it after a refund."""
    vera, operator = make_fan(), make_operator()
    purchase = bought(vera)
    [gift] = spent([ask(vera, 580)])
    payment = Payment.objects.get()

    def refund(amount: str) -> None:
        one = Refund(uuid4(), payment.pk, euros(amount), "They asked.")
        refund_payment(operator=operator, refund=one, at=time.now)
        asked(payment)

    with pytest.raises(NothingThere):
        refund("11.90")
    refund("4.76")
    assert (has(vera), waits(purchase.pk)) == ((coins(100), coins(0)), euros("1"))
    unspent(taken(gift).spend_id)
    assert has(vera) == (coins(600), coins(48))
    assert waits(purchase.pk) == euros("6")
    refund("7.14")
    assert (has(vera), waits(purchase.pk)) == (NONE, euros("0"))
    with pytest.raises(RefundTooLarge):
        refund("0.01")
    assert check_books() == []


def test_a_dispute_takes_what_is_left_and_says_which_spendings_it_had_paid_for(time: Time) -> None:
    """Peers' bug 10: dispute and refund took the same money twice."""
    vera = make_fan()
    purchase = told_paid(vera, card=DISPUTED_LOST)
    [gift] = spent([ask(vera, 480)])
    time.now += DAY
    asked(Payment.objects.get())
    assert Payment.objects.get().status in {"disputed", "dispute_lost"}
    assert (has(vera), waits(purchase.pk)) == (NONE, euros("0"))
    lot = CoinLot.objects.get(pk=purchase.pk)
    assert (lot.gone_micros, lot.spent_micros) == (coins(1_000).micros, coins(400).micros)
    assert loss() >= euros("4")
    lost = loss()
    [back] = unspent(taken(gift).spend_id)
    assert [part.returns for part in back.parts] == [False, False]
    assert loss() == lost - euros("4")
    assert (has(vera), waits(purchase.pk)) == (NONE, euros("0"))
    assert check_books() == []


def test_a_dispute_that_is_won_brings_the_coins_again_and_what_was_kept_of_gifts(
    time: Time,
) -> None:
    """Peers' bug 13: paid, then not, then paid: the credit had doubled."""
    vera = make_fan()
    purchase = told_paid(vera, card=DISPUTED_WON)
    [gift] = spent([ask(vera, 480)])
    time.now += dt.timedelta(minutes=30)
    payment = asked(Payment.objects.get())
    assert payment.status == "disputed"
    [back] = unspent(taken(gift).spend_id)
    assert not any(part.returns for part in back.parts)
    assert check_books() == []
    [fact] = payment.facts.filter(kind="disputed")
    answer_dispute(operator=make_operator(), dispute=fact, note="Delivered.", at=time.now)
    payment.refresh_from_db()
    assert payment.status == "dispute_won"
    assert has(vera) == (coins(1_000), coins(80))
    assert waits(purchase.pk) == euros("10")
    assert check_books() == []


def test_a_payment_is_its_owners_to_see_and_says_what_was_delivered(time: Time) -> None:
    vera, wim = make_fan(), make_fan("Wim")
    purchase = bought(vera)
    payment = Payment.objects.get()
    assert access_payment(user=vera, payment_id=payment.pk) == payment
    CoinsByCard().access(f"wallet:{vera.pk}", user=vera)
    with pytest.raises((NoSuchPayment, NoSuchWallet)):
        access_payment(user=wim, payment_id=payment.pk)
    for subject in ("wallet:0", "wallet:x", f"purse:{vera.pk}"):
        with pytest.raises(NoSuchWallet):
            wallet_of_subject(subject)
    assert access_purchase(user=vera, purchase_id=purchase.pk) == purchase
    with pytest.raises(NoSuchPurchase):
        access_purchase(user=wim, purchase_id=purchase.pk)
    spent([ask(vera, 80)])
    told = "\n".join(evidence_lines(payment))
    assert "Bought: 1,000 coins for €11.90" in told
    assert "14:00 UTC: 80 coins as a bonus, of which 80 coins were spent" in told
    assert isinstance(spent([ask(vera, 1)])[0], Taken)
    assert User.objects.get(pk=vera.pk).wallet == Wallet.objects.get()
    assert time.now.year == 2027
