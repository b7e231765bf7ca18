"""What seldom happens to a deal, and must not lose a cent when it does."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.invoicing.models import BillingDetails
from takings.ledger.queries import check_books
from takings.payments.actions import Refund, refund_payment
from takings.payments.queries import NoSuchPayment, access_payment, sale_of
from takings.settlement.queries import open_period
from takings.sponsorships import actions, jobs, queries
from takings.sponsorships.actions import clocks
from takings.sponsorships.models import Milestone, Release, Settled, TakenBack
from takings.sponsorships.rules import NotNow
from tests.make.deals import (
    Pair,
    agreed,
    approved,
    card_paid,
    card_started,
    deposit,
    dollars,
    handed_in,
    offered,
    published,
    running,
    usd,
)
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, asked, happenings, pay, send, work_all
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db


def test_both_sides_see_the_payment_and_nobody_else(pair: Pair) -> None:
    deal = agreed(pair)
    payment = card_started(pair, deal)
    assert access_payment(user=pair.creator.user, payment_id=payment.pk) == payment
    with pytest.raises(NoSuchPayment):
        access_payment(user=make_user(), payment_id=payment.pk)


def test_an_operators_refund_takes_what_was_released_too(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    payment = card_paid(pair, deal)
    published(pair, deal)
    whole = Refund(uuid4(), payment.pk, usd("500"), "The brand was hacked.")
    refund_payment(operator=make_operator(), refund=whole, at=time.now)
    assert dollars(f"creator:{pair.creator.pk}:pending") == usd("0")
    asked(payment)
    deal.refresh_from_db()
    assert (deal.status, dollars(f"escrow:deal:{payment.pk}")) == ("ended", usd("0"))
    assert check_books() == []


def test_a_refund_that_fails_gives_creators_again_what_it_would_have_taken(
    pair: Pair, time: Time
) -> None:
    deal = agreed(pair)
    payment = card_paid(pair, deal)
    approved(pair, deal)
    for _ in range(2):  # payments ask for it before they hold the money, and before they take it
        actions.let_wait_again(sale_of(payment), taken=usd("450"), at=time.now)
    assert dollars(f"creator:{pair.creator.pk}:pending") == usd("45")
    assert actions.return_all_money(at=time.now) == 0
    assert dollars(f"creator:{pair.creator.pk}:pending") == usd("90")
    assert check_books() == []


def test_a_deal_that_was_done_is_taken_back_and_stays_done(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    payment = card_started(pair, deal)
    pay(payment, DISPUTED_LOST)
    send(next(one for one in happenings(payment) if one.kind == "succeeded"))
    work_all()
    published(pair, deal)
    actions.keep_clocks(at=time.go(2, 9))
    asked(payment)
    deal.refresh_from_db()
    assert (deal.status, TakenBack.objects.count()) == ("done", 3)
    assert dollars(f"creator:{pair.creator.pk}:pending") == usd("0")
    assert check_books() == []


def test_one_deal_that_is_refused_holds_up_no_other(
    pair: Pair, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = running(pair), running(pair)
    real = clocks._look  # noqa: SLF001 - what is refused inside a period that is being closed

    def look(deal_id: object, number: int, *, at: dt.datetime) -> bool:
        if deal_id == one.pk:
            raise NotNow(status="stuck")
        assert deal_id == two.pk
        return real(two.pk, number, at=at)

    monkeypatch.setattr(clocks, "_look", look)
    with pytest.raises(NotNow, match="stuck"):
        actions.keep_clocks(at=time.go(2, 1))
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, two.status) == ("running", "ended")


def test_a_clock_that_comes_second_finds_it_done(pair: Pair, time: Time) -> None:
    offer, deal = offered(pair), running(pair)
    for seat in (pair.ada(offer),):
        actions.decline_offer(seat=seat, number=1, at=time.now)
    assert not clocks._expire(offer.pk, at=time.go(2, 1))  # noqa: SLF001 - both had looked
    actions.give_up(seat=pair.ada(deal), words="Ill.", at=time.now)
    assert not clocks._look(deal.pk, 1, at=time.now)  # noqa: SLF001 - the same
    later = running(pair)
    assert not clocks._look(later.pk, 1, at=time.now)  # noqa: SLF001 - not due any more


def test_the_clock_and_the_worker_do_it(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    payment = card_paid(pair, deal)
    time.go(2, 1)
    jobs.keep_clocks()
    jobs.return_money(funding_id=str(payment.pk))
    jobs.return_all_money()
    asked(payment)
    assert dollars(f"escrow:deal:{payment.pk}") == usd("0")
    assert open_period(at=time.now).name == "2027-02"


def test_a_brand_is_where_it_says(pair: Pair, time: Time) -> None:
    BillingDetails.objects.create(
        customer=f"brand:{pair.brand.pk}",
        name="Northwind Ltd",
        address="1 Road",
        country="US",
        given_by=pair.member,
        given_at=time.now,
    )
    deal = agreed(pair)
    card_paid(pair, deal)
    assert queries.customer_of(pair.brand, payer=pair.member).party.name == "Northwind Ltd"
    assert deal.fundings.get().country == "US"


def test_rows_say_what_they_are(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    deposit(pair)
    funding = actions.fund_from_prepaid(seat=pair.bea(deal), at=time.now)
    handed_in(pair, deal)
    actions.approve_draft(seat=pair.bea(deal), number=1, at=time.now)
    release = Release.objects.get()
    settled, first = Settled.objects.get(), Milestone.objects.first()
    assert str(funding) == f"{deal}: 500000000 USD"
    assert str(first) == "approved 1: 100000000"
    assert str(settled) == f"{first}: 100000000 and 0"
    assert (str(release), str(TakenBack(release=release, total_micros=1))) == (
        "100000000 USD",
        "1 of 100000000 USD",
    )
