"""Tax withheld: the worked examples WE-22, WE-23 and WE-26, dates, and what is never withheld."""

import datetime as dt
from fractions import Fraction

import pytest

from takings.money import Money, Rate
from takings.payouts.rules.withholding import (
    Earned,
    TaxForm,
    TaxStatus,
    Withheld,
    YearSoFar,
    source_ratio,
    withhold,
    withhold_cumulatively,
)
from takings.policies.queries import payout_policies
from tests.make.ledger import usd

RULE = payout_policies()[-1].withholding
TODAY = dt.date(2026, 11, 26)
EARNED = Earned(whole=usd(1_000), source=usd(100))


def withheld(status: TaxStatus, earned: Earned = EARNED, *, on: dt.date = TODAY) -> Money:
    found = withhold(rule=RULE, status=status, earned=earned, on=on)
    return found.amount if found else usd(0)


def cny(amount: str | int) -> Money:
    return Money.parse(amount, "CNY")


def test_we_22_without_any_information_a_part_of_everything_is_withheld() -> None:
    assert withheld(TaxStatus(TaxForm.NONE, None)) == usd(240)
    assert withheld(TaxStatus(TaxForm.NONE, "US")) == usd(240)


def test_we_22_with_a_form_only_what_came_from_the_source_country_counts() -> None:
    assert withheld(TaxStatus(TaxForm.W8BEN, "IN", claims_treaty=True)) == usd(15)
    assert withheld(TaxStatus(TaxForm.W8BEN, "IN")) == usd(30)
    assert withheld(TaxStatus(TaxForm.W8BEN, "KE", claims_treaty=True)) == usd(30)


def test_we_26_a_known_non_resident_without_a_form_has_thirty_percent_withheld() -> None:
    earned = Earned(whole=usd(100), source=usd(100))
    found = withhold(rule=RULE, status=TaxStatus(TaxForm.NONE, "FR"), earned=earned, on=TODAY)
    assert found == Withheld("US", "non-resident", usd(100), Rate.of_bp(3_000), usd(30))


def test_residents_who_certified_have_nothing_withheld() -> None:
    assert withheld(TaxStatus(TaxForm.W9, "US")) == usd(0)
    nothing = Earned(whole=usd(0), source=usd(0))
    assert withheld(TaxStatus(TaxForm.NONE, None), nothing) == usd(0)
    assert withheld(TaxStatus(TaxForm.W8BEN, "KE"), Earned(usd(5), usd(0))) == usd(0)


def test_a_treaty_counts_from_its_first_day_on() -> None:
    status = TaxStatus(TaxForm.W8BEN, "IN", claims_treaty=True)
    assert withheld(status, on=dt.date(2021, 5, 31)) == usd(30)
    assert withheld(status, on=dt.date(2021, 6, 1)) == usd(15)


def test_what_is_withheld_is_rounded_down_to_the_micro_unit() -> None:
    earned = Earned(whole=Money(7, "USD"), source=Money(7, "USD"))
    assert withheld(TaxStatus(TaxForm.W8BEN, "KE"), earned) == Money(2, "USD")


def test_we_23_a_year_is_withheld_cumulatively() -> None:
    before, taken = cny(0), []
    for month in range(1, 5):
        paid = cny(20_000) * (month - 1)
        year = YearSoFar(paid=paid, withheld=before, now=cny(20_000), month_count=month)
        found = withhold_cumulatively(rule=RULE.cumulative, year=year)
        assert found is not None
        assert found.base == cny(11_000) * month
        taken.append(found.amount)
        before += found.amount
    assert taken == [cny(330), cny(330), cny(330), cny(890)]


def test_we_23_a_negative_base_withholds_nothing_and_gives_nothing_back() -> None:
    year = YearSoFar(paid=cny(0), withheld=cny(0), now=cny(6_000), month_count=1)
    assert withhold_cumulatively(rule=RULE.cumulative, year=year) is None
    later = YearSoFar(paid=cny(20_000), withheld=cny(330), now=cny(1), month_count=2)
    assert withhold_cumulatively(rule=RULE.cumulative, year=later) is None


def test_the_highest_bracket_has_no_end() -> None:
    year = YearSoFar(paid=cny(0), withheld=cny(0), now=cny(2_000_000), month_count=1)
    found = withhold_cumulatively(rule=RULE.cumulative, year=year)
    assert found is not None
    assert found.amount == cny(535_830)  # 1,595,000 × 45 % − 181,920


@pytest.mark.parametrize(
    ("stated", "of_it", "ratio"), [(1_000, 100, "1/10"), (0, 0, "1"), (100, 200, "1")]
)
def test_the_source_part_follows_the_statements(stated: int, of_it: int, ratio: str) -> None:
    assert source_ratio(stated=stated, source=of_it) == Fraction(ratio)
