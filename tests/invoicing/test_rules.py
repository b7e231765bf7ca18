"""Taxes on sales: dated rates, who owes them, one rounding a line, parts that sum."""

import datetime as dt
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.invoicing.queries import tax_rates
from takings.invoicing.rules import (
    BrokenTaxPack,
    Numbered,
    Party,
    ProductKind,
    Seller,
    put_together,
    read_rates,
    take_back,
    tax_line,
    treat,
)
from takings.invoicing.rules.drafts import NothingToInvoice
from takings.money import Money
from tests.make.invoicing import GERMAN, euros, make_customer, make_invoice_draft

RATES = tax_rates()
TODAY = dt.date(2026, 11, 30)
SELLER = Seller("T", Party(GERMAN["name"], GERMAN["address"], "DE", GERMAN["tax_id"]))
NUMBERED = Numbered("T-2026-000001", TODAY)


@pytest.mark.parametrize(
    ("seller", "buyer", "is_business", "day", "rate_bp", "words"),
    [
        ("DE", "DE", True, TODAY, 1_900, ""),
        ("DE", "DE", True, dt.date(2020, 6, 30), 1_900, ""),
        ("DE", "DE", True, dt.date(2020, 7, 1), 1_600, ""),
        ("DE", "DE", True, dt.date(2020, 12, 31), 1_600, ""),
        ("DE", "DE", True, dt.date(2021, 1, 1), 1_900, ""),
        ("DE", "FR", True, TODAY, 0, "Reverse charge"),
        ("DE", "FR", False, TODAY, 2_000, ""),
        ("DE", "EE", False, dt.date(2025, 6, 30), 2_200, ""),
        ("DE", "EE", False, dt.date(2025, 7, 1), 2_400, ""),
        ("DE", "US", True, TODAY, 0, "place of supply is where the customer is"),
        ("US", "DE", True, TODAY, 0, "place of supply is where the customer is"),
        ("US", "US", True, TODAY, 0, "No tax on sales of this kind is due in US"),
        ("DE", "DE", True, dt.date(2006, 12, 31), 0, "No tax on sales"),
    ],
)
def test_which_rate_a_sale_bears(
    *, seller: str, buyer: str, is_business: bool, day: dt.date, rate_bp: int, words: str
) -> None:
    how = treat(
        rates=RATES,
        seller=seller,
        buyer=buyer,
        is_business=is_business,
        kind="advertising",
        day=day,
    )
    assert how.share_bp == rate_bp
    assert words in how.note
    assert bool(how.note) == bool(words)


@pytest.mark.parametrize(
    ("amount", "rate_bp", "inclusive", "net", "tax"),
    [
        ("119", 1_900, True, "100", "19"),
        ("100", 1_900, False, "100", "19"),
        ("0.01", 1_900, True, "0.01", "0"),
        ("0.03", 1_900, True, "0.03", "0"),
        ("0.04", 1_900, True, "0.03", "0.01"),
        ("0.50", 100, False, "0.50", "0.01"),
        ("0.49", 100, False, "0.49", "0"),
        ("-119", 1_900, True, "-100", "-19"),
        ("12.34", 0, True, "12.34", "0"),
    ],
)
def test_the_tax_of_a_line_is_rounded_once_half_up(
    *, amount: str, rate_bp: int, inclusive: bool, net: str, tax: str
) -> None:
    line = tax_line(amount=euros(amount), share_bp=rate_bp, inclusive=inclusive)
    assert (line.net, line.tax) == (euros(net), euros(tax))
    assert line.gross == line.net + line.tax


def test_parts_of_a_cent_are_no_line() -> None:
    with pytest.raises(ValueError, match="no whole payable units"):
        tax_line(amount=euros("0.001"), share_bp=0, inclusive=True)
    assert tax_line(amount=Money(110_000_000, "JPY"), share_bp=1_000, inclusive=True).tax == Money(
        10_000_000, "JPY"
    )


@given(cents=st.integers(1, 10**9), rate_bp=st.integers(0, 9_999))
def test_net_and_tax_are_the_gross_and_close_to_the_rate(cents: int, rate_bp: int) -> None:
    line = tax_line(amount=Money(cents * 10_000, "EUR"), share_bp=rate_bp, inclusive=True)
    assert line.net + line.tax == line.gross
    exact = cents * 10_000 * rate_bp / (10_000 + rate_bp)
    assert abs(line.tax.micros - exact) <= 5_001


@given(parts=st.lists(st.integers(1, 500), min_size=1, max_size=8))
def test_credits_that_come_to_the_whole_take_back_its_whole_tax(parts: list[int]) -> None:
    whole = sum(parts)
    draft = make_invoice_draft(str(whole / 100), customer=make_customer("DE"))
    said = put_together(draft, seller=SELLER, rates=RATES, numbered=NUMBERED)
    before, taken = euros("0"), []
    for part in parts:
        amount = Money(part * 10_000, "EUR")
        taken.append(
            take_back(said, amount=amount, before=before, numbered=NUMBERED, reason="Bots")
        )
        before += amount
    assert sum(one.tax for one in taken) == -said.tax
    assert sum(one.net for one in taken) == -said.net
    assert all(one.gross == one.net + one.tax and one.tax <= 0 for one in taken)


def test_lines_of_no_or_of_two_currencies_are_no_invoice() -> None:
    with pytest.raises(NothingToInvoice):
        put_together(make_invoice_draft(), seller=SELLER, rates=RATES, numbered=NUMBERED)


GOOD = {
    "jurisdiction": "XX",
    "kinds": ["goods"],
    "from": TODAY,
    "rate_bp": 500,
    "name": "Tax",
    "source": "a law",
}


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"eu": [], "rate": "x"},
        {"eu": [], "rate": [GOOD | {"kinds": "goods"}]},
        {"eu": [], "rate": [GOOD | {"kinds": []}]},
        {"eu": [], "rate": [GOOD | {"kinds": ["food"]}]},
        {"eu": [], "rate": [GOOD | {"from": "2026"}]},
        {"eu": [], "rate": [GOOD | {"rate_bp": 10_000}]},
        {"eu": [], "rate": [GOOD | {"rate_bp": 5.5}]},
        {"eu": [], "rate": [GOOD | {"source": ""}]},
        {"eu": [], "rate": [GOOD, GOOD]},
    ],
)
def test_a_pack_that_says_no_rates_is_found(tree: dict[str, object]) -> None:
    with pytest.raises(BrokenTaxPack):
        read_rates(tree)
    assert len(read_rates({"eu": [], "rate": [GOOD]}).rates) == 1


def test_every_country_of_the_union_has_a_rate() -> None:
    assert all(
        RATES.in_force(jurisdiction=code, kind=kind, day=TODAY)
        for code in RATES.eu
        for kind in get_args(ProductKind)
    )
