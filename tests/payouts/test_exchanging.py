"""Exchanges of earnings as the income they are: who may, what is withheld, what is reported."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from takings.core import clock
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.payouts import queries
from takings.payouts.models import ExchangedIncome
from takings.payouts.queries.checks import EXCHANGED_IS_INCOME
from takings.payouts.rules.deciding import Gate, ProfileState
from takings.payouts.rules.exchanging import Income, bar_of, income_of
from takings.payouts.rules.withholding import TaxForm, TaxStatus
from takings.payouts.rules.year_end import Report
from takings.people.models import User
from takings.policies.queries import payout_policies
from takings.settlement.actions.exchanging import CannotExchange, Wanted, exchange_earnings
from takings.settlement.models import Exchange
from tests.make.coins import ADULT
from tests.make.ledger import all_balances, usd
from tests.make.pages import page_text
from tests.make.payouts import (
    ADA,
    BY_HAND,
    PAY_DAY,
    american,
    make_batch,
    make_earned,
    make_method,
    make_paid,
    make_payable,
    make_payee,
    make_profile,
    make_verified,
)
from tests.make.people import NOON
from tests.make.settlement import Act, make_act

RULE = payout_policies()[-1].withholding
TODAY = dt.date(2026, 12, 22)
LATER = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
KENYAN = TaxStatus(TaxForm.W8BEN, "KE")
AFTER = PAY_DAY + dt.timedelta(days=1)


def income(price: Money, ratio: Fraction, status: TaxStatus = KENYAN) -> Income:
    return income_of(price=price, source_ratio=ratio, rule=RULE, status=status, on=TODAY)


def test_what_is_withheld_leaves_the_price_to_the_micro_unit() -> None:
    all_of_it = income(usd(10), Fraction(1))
    assert all_of_it.withheld is not None
    assert all_of_it.withheld.amount.micros == 4_285_714  # 30 % of $14.285714
    assert (all_of_it.gross.micros, all_of_it.source.micros) == (14_285_714, 14_285_714)
    third = income(usd(10), Fraction(1, 3))
    assert third.withheld is not None
    assert (third.gross.micros, third.withheld.amount.micros) == (11_111_110, 1_111_110)
    indian = income(usd(85), Fraction(1), TaxStatus(TaxForm.W8BEN, "IN", claims_treaty=True))
    assert indian.gross == usd(100)  # 15 % by treaty, as of WE-22
    nothing = income(usd(10), Fraction(1), TaxStatus(TaxForm.W9, "US"))
    assert (nothing.gross, nothing.withheld) == (usd(10), None)


@given(st.integers(1, 10**12), st.fractions(0, 1, max_denominator=10**6))
def test_the_income_is_found_that_leaves_any_price(micros: int, ratio: Fraction) -> None:
    found = income(Money(micros, "USD"), ratio)
    tax = found.withheld.amount if found.withheld else usd(0)
    assert (found.gross - tax).micros == micros
    assert found.source.micros == found.gross.micros * ratio.numerator // ratio.denominator


@pytest.mark.parametrize(
    ("gate", "holds", "why"),
    [
        (Gate(ProfileState.MISSING), "1", "Who you are"),
        (Gate(ProfileState.SUBMITTED), "1", "being checked"),
        (Gate(ProfileState.REJECTED), "1", "not accepted"),
        (Gate(ProfileState.EXPIRED), "1", "too old"),
        (Gate(ProfileState.VERIFIED, is_listed=True), "1", "legal check"),
        (Gate(ProfileState.VERIFIED, usable_from=LATER), "1", "from 01 February 2027 on"),
        (Gate(ProfileState.VERIFIED, is_in_a_batch=True), "1", "being made"),
        (Gate(ProfileState.VERIFIED), "-1", "$1.00 is owed"),
        (Gate(ProfileState.VERIFIED), "1", "Tax of CN"),
        (Gate(ProfileState.VERIFIED, has_method=False, account="x", came_back="y"), "1", ""),
    ],
)
def test_what_bars_a_payout_bars_an_exchange_but_for_where_money_goes(
    gate: Gate, holds: str, why: str
) -> None:
    status = TaxStatus(TaxForm.W8BEN, "CN" if "CN" in why else "DE")
    bar = bar_of(gate=gate, holdings=[usd(holds)], tax=status, rule=RULE, at=PAY_DAY)
    assert bool(bar) == bool(why)
    assert why in bar


def adult(act: Act, country: str = "US") -> Act:
    """Let somebody be old enough for coins, where they cost dollars without tax."""
    User.objects.filter(pk=act.creator.user_id).update(born_on=ADULT, country=country)
    act.creator.user.refresh_from_db()
    return act


def exchange(act: Act, *, at: dt.datetime = AFTER, pack: str = "handful") -> Exchange:
    return exchange_earnings(creator=act.creator, wanted=Wanted(uuid4(), "coins", pack), at=at)


def rows(report: Report) -> list[dict[str, str]]:
    content = queries.report_csv(report=report, year=2026, at=LATER).decode()
    return list(csv.DictReader(io.StringIO(content)))


@pytest.mark.django_db
def test_an_exchange_has_withheld_what_a_payout_would_and_is_in_the_years_reports() -> None:
    kamau = adult(make_payee("Kamau", papers=replace(ADA, country="KE", tax_number="")))
    make_earned(kamau)  # $900 of Germany and $450 of the United States: a third
    done = exchange(kamau, at=PAY_DAY)
    # 100 coins for $1.29: 10 % of $1.433333 are withheld, 30 % of its third
    assert (done.amount.micros, done.withheld.micros) == (1_433_333, 143_333)
    payable = queries.account_of(kamau.creator.pk)
    assert balance(name=payable, currency="USD") == usd(1350) - done.amount
    assert balance(name="tax:US:withheld", currency="USD") == done.withheld
    kept = ExchangedIncome.objects.get()
    assert (kept.source_micros, kept.base_micros, kept.rate_bp) == (477_777, 477_777, 3_000)
    [foreign] = rows(Report.FOREIGN)
    assert (foreign["paid"], foreign["source_income"], foreign["withheld"]) == (
        *("1.433333", "0.477777"),
        "0.143333",
    )
    make_paid(at=AFTER)  # the rest, later: both are of one quarter, and count as two payments
    [foreign] = rows(Report.FOREIGN)
    # a micro-dollar stays, less than a cent
    assert (foreign["paid_q4"], foreign["payouts_q4"], foreign["payouts"]) == (
        *("1349.999999", "2"),
        "2",
    )
    assert check_books() == []


@pytest.mark.django_db
def test_an_americans_exchange_counts_for_the_1099_with_nothing_withheld() -> None:
    below = adult(make_payee("Below", papers=american()))
    make_payable(below.creator, "2001.29")
    exchange(below, at=PAY_DAY)
    assert rows(Report.NEC) == []
    make_paid(at=AFTER)
    [nec] = rows(Report.NEC)
    assert (nec["paid"], nec["payouts"], nec["withheld"]) == ("2001.290000", "2", "0.000000")


@pytest.mark.django_db
def test_who_cannot_be_paid_does_not_exchange_and_nothing_moves() -> None:
    ada = adult(make_act("Ada"))
    make_payable(ada.creator, "1000")
    before = all_balances()

    def refused(why: str, *, at: dt.datetime = PAY_DAY) -> None:
        with pytest.raises(CannotExchange, match=why):
            exchange(ada, at=at)
        assert (all_balances(), Exchange.objects.count()) == (before, 0)

    refused("Who you are")
    make_profile(ada.creator)
    refused("being checked")
    make_verified(ada.creator)
    make_method(ada.creator, details=BY_HAND, at=NOON)
    make_method(ada.creator, details=replace(BY_HAND, reference="Till 5"), at=PAY_DAY)
    refused("new bank account is paid from")
    make_batch(at=PAY_DAY + dt.timedelta(days=40))
    refused("being made", at=PAY_DAY + dt.timedelta(days=40))


@pytest.mark.django_db(transaction=True)
def test_an_exchange_that_is_nobodys_income_or_paid_other_tax_is_found() -> None:
    ada = adult(make_payee("Ada"))
    make_payable(ada.creator, "100")
    done = exchange(ada)
    assert done.withheld == Money.parse("0.552857", "USD")  # nobody knows better: all of it counts
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE settlement_exchange DISABLE TRIGGER USER")
        cursor.execute("UPDATE settlement_exchange SET withheld_micros = 1")
        cursor.execute("ALTER TABLE settlement_exchange ENABLE TRIGGER USER")
    [found] = check_books()
    assert found.invariant == EXCHANGED_IS_INCOME.invariant
    assert found.sentence == "1 micro-units were withheld, its entry paid 552857"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payouts_exchangedincome DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM payouts_exchangedincome")
        cursor.execute("ALTER TABLE payouts_exchangedincome ENABLE TRIGGER USER")
    [found] = check_books()
    assert found.sentence == "it is nobody's"


@pytest.mark.django_db
def test_the_page_says_what_is_withheld_and_who_cannot_exchange(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    ada = adult(make_act("Ada"))
    make_payable(ada.creator, "1.50")
    page, browser = "/gifts/studio/rewards/", sign_in(ada.creator.user)
    assert "Who you are and where you pay tax is not known yet." in page_text(browser.get(page))
    make_verified(ada.creator, papers=replace(ADA, country="KE"))
    shown = page_text(browser.get(page))
    assert "100 coins$1.29 + $0.55 tax withheldNot enough payable" in shown
    make_payable(ada.creator, "0.35")
    form = {"id": str(uuid4()), "reward": "coins", "choice": "handful"}
    done = page_text(browser.post(page, form, follow=True))
    assert "$1.84 of which $0.55 tax" in done
