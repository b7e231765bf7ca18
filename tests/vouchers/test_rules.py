"""Files of codes: every line that is wrong is told, and words are plain."""

import datetime as dt

import pytest

from takings.money import Money
from takings.vouchers.rules.files import MOST_BYTES, BadVoucherFile, read_vouchers
from takings.vouchers.rules.taking import (
    AgeNotKnown,
    NotInTheirCountry,
    OutOfStock,
    TooYoungForVouchers,
    VouchersExpired,
    check_age,
    obstacle_of,
)
from tests.make.vouchers import HEAD, voucher_line

TODAY = dt.date(2027, 1, 25)
TERMS = "https://threadhouse.example/terms"


def told(*lines: str, head: str = HEAD) -> str:
    with pytest.raises(BadVoucherFile) as refused:
        read_vouchers("\n".join((head, *lines)).encode(), today=TODAY)
    return str(refused.value)


def test_a_line_is_a_code_with_its_terms_and_the_price_is_the_value_unless_said() -> None:
    lines = (voucher_line("TH-000001"), voucher_line("TH-000002", price="18", countries=""))
    first, second = read_vouchers("\n".join((HEAD, *lines)).encode(), today=TODAY)
    assert (first.number, first.code, first.terms.countries) == (2, "TH-000001", ("AT", "DE"))
    assert first.terms.value == first.terms.price == Money.parse("20", "EUR")
    assert (second.terms.price, second.terms.countries) == (Money.parse("18", "EUR"), ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (voucher_line("short"), "6 to 64 letters"),
        (voucher_line("with space"), "no spaces"),
        (voucher_line("TH-000001", value="many"), "“many” is not an amount"),
        (voucher_line("TH-000001", value="0"), "no amount of money"),
        (voucher_line("TH-000001", value="1.005"), "whole cents"),
        (voucher_line("TH-000001", price="-1"), "no amount of money"),
        (f"TH-000001,20,COIN,DE,Threadhouse,{TERMS},2027-12-31,", "no amount of money"),
        (f"TH-000001,20,EURO,DE,Threadhouse,{TERMS},2027-12-31,", "not a currency"),
        (voucher_line("TH-000001", countries="Germany"), "two letters each"),
        (f"TH-000001,20,EUR,DE,織物,{TERMS},2027-12-31,", "Latin letters"),
        ("TH-000001,20,EUR,DE,Threadhouse,http://t.example,2027-12-31,", "begins with https://"),
        ("TH-000001,20,EUR,DE,Threadhouse,https://[x,2027-12-31,", "no address"),
        (voucher_line("TH-000001", expires_on="soon"), "“soon” is no day"),
        (voucher_line("TH-000001", expires_on="2027-01-25"), "ends today"),
        ("TH-000001", "“” is not an amount"),  # the rest of the line is missing
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: str, why: str) -> None:
    sentence = told(voucher_line("TH-900000"), line)
    assert sentence.startswith("Nothing was loaded. Line 3: ")
    assert why in sentence


def test_what_is_no_table_of_codes_is_refused_whole() -> None:
    assert "lacks shop, terms_url, expires_on" in told("x", head="code,value,currency,countries")
    assert "0 codes" in told()
    assert "line 2" in told(*[voucher_line("TH-000001")] * 2)
    wrong = [voucher_line("x") for _ in range(23)]
    assert told(*wrong).endswith("And 3 more.")
    for content in (b"\xff", b'code\n"open'):
        with pytest.raises(BadVoucherFile, match="no CSV file"):
            read_vouchers(content, today=TODAY)
    with pytest.raises(BadVoucherFile, match="in parts"):
        read_vouchers(b" " * (MOST_BYTES + 1), today=TODAY)


def test_why_a_voucher_cannot_be_had() -> None:
    def why(country: str = "DE", day: dt.date = TODAY, *, countries: str = "AT DE") -> object:
        ends = dt.date(2027, 2, 1)
        answer = obstacle_of(
            countries=countries, expires_on=ends, has_stock=day == TODAY, country=country, day=day
        )
        return type(answer)

    assert why() is why("US", countries="") is type(None)
    assert why("US") is NotInTheirCountry
    assert why(day=dt.date(2027, 1, 26)) is OutOfStock
    assert why(day=dt.date(2027, 2, 1)) is VouchersExpired
    check_age(born_on=dt.date(2009, 1, 25), least=18, day=TODAY)
    with pytest.raises(TooYoungForVouchers, match="18"):
        check_age(born_on=dt.date(2009, 1, 26), least=18, day=TODAY)
    with pytest.raises(AgeNotKnown):
        check_age(born_on=None, least=18, day=TODAY)
