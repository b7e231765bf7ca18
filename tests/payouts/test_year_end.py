"""Year-end reports: who is on which, with exact sums, and without what came back."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from config.commands.payouts import report as write_reports
from takings.core import clock
from takings.money import Money
from takings.payouts import queries
from takings.payouts.actions import read_bank_answers
from takings.payouts.models import Payout
from takings.payouts.queries import NoSuchYear
from takings.payouts.rules.withholding import TaxForm
from takings.payouts.rules.year_end import DPI, Report
from takings.people.models import StaffAct, User
from tests.make.ledger import make_posted, move
from tests.make.pages import page_text
from tests.make.payouts import (
    ADA,
    BY_HAND,
    PAY_DAY,
    SEPA,
    american,
    make_earned,
    make_paid,
    make_payable,
    make_payee,
    make_sold,
    us_account,
)
from tests.make.people import make_operator, make_user
from tests.make.settlement import DECEMBER, make_act

pytestmark = pytest.mark.django_db
LATER = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)


def rows(report: Report, *, year: int = 2026) -> list[dict[str, str]]:
    content = queries.report_csv(report=report, year=year, at=LATER).decode()
    return list(csv.DictReader(io.StringIO(content)))


def test_each_creator_is_on_the_report_of_their_form_with_exact_sums() -> None:
    ada = make_payee("Ada", papers=replace(ADA, vat_number="DE136695976"))
    make_earned(ada)
    for name, amount in (("Below", "1999.99"), ("At", "2000")):
        payee = make_payee(name, papers=american(), details=us_account())
        make_payable(payee.creator, amount)
    kenyan = make_payee("Kamau", papers=replace(ADA, country="KE", tax_number=""))
    make_payable(kenyan.creator, "150")
    make_paid()
    [nec] = rows(Report.NEC)
    assert (nec["paid"], nec["tax_number"], nec["payouts_q4"]) == (
        "2000.000000",
        "536-90-4399",
        "1",
    )
    assert rows(Report.K) == []
    foreign = {row["country"]: row for row in rows(Report.FOREIGN)}
    assert (foreign["DE"]["source_income"], foreign["DE"]["withheld"]) == (
        "450.000000",
        "135.000000",
    )
    assert (foreign["KE"]["source_income"], foreign["KE"]["withheld"]) == (
        "150.000000",
        "45.000000",
    )
    [dac7] = rows(Report.DAC7)
    assert (dac7["legal_name"], dac7["paid_q4"], dac7["paid_q1"]) == (
        "Ada Lovelace",
        "1350.000000",
        "0.000000",
    )
    root = fromstring(queries.dac7_xml(year=2026, at=LATER))
    found = {node.tag.replace(f"{{{DPI}}}", ""): node.text for node in root.iter()}
    assert (found["TIN"], found["VAT"], found["ConsQ4"], found["TaxQ4"]) == (
        *(ADA.tax_number, "DE136695976"),
        *("1215.000000", "135.000000"),  # DAC7: the consideration is net of what was withheld
    )
    assert (dac7["consideration_q4"], dac7["fees_q4"], found["FeesQ4"]) == (
        *("1215.000000", "0.000000"),
        "0.000000",
    )
    assert (found["BirthDate"], found["NumbQ4"]) == ("1990-12-10", "1")


def test_sales_are_on_a_1099_k_gross_and_what_we_pay_ourselves_on_a_1099_nec() -> None:
    seller = make_payee("Sal", papers=american(), details=us_account())
    few = make_payee("Few", papers=american(), details=us_account())
    for _ in range(201):
        make_sold(seller, "shop", total="100", share="90.50")
    make_sold(few, "requests", total="20001", share="16000")
    make_earned(seller, german="6000", american_="0.01")
    make_paid()
    [k] = rows(Report.K)
    # 201 × 100.00 of the buyers: what we kept is no deduction there
    assert (k["creator"], k["gross_sales"], k["sales"]) == (
        seller.creator.handle,
        "20100.000000",
        "201",
    )
    [nec] = rows(Report.NEC)
    # 45 % of 6,000.00 we paid on our own account; 201 × 90.50 = 18,190.50 of sales we did not
    assert (nec["creator"], nec["own_pay"], nec["paid"]) == (
        seller.creator.handle,
        "2700.000000",
        "20890.500000",
    )


def test_dac7_tells_goods_from_services_with_what_we_kept_of_each() -> None:
    ada = make_payee("Ada")
    make_sold(ada, "shop", total="94", share="90.50")
    make_sold(ada, "requests", total="50", share="40")
    make_earned(ada)
    make_paid()
    [row] = rows(Report.DAC7)
    # 30 % of the 450.00 from the United States are withheld; 90.50 of 1,480.50 of it of the goods
    assert (row["paid"], row["withheld"], row["fees_q4"]) == (
        "1480.500000",
        "135.000000",
        "10.000000",
    )
    assert [row[f"goods_{name}_q4"] for name in ("consideration", "fees", "sales")] == [
        "82.247721",
        "3.500000",
        "1",
    ]
    assert (row["consideration_q4"], row["services"]) == ("1263.252279", "2")
    root = fromstring(queries.dac7_xml(year=2026, at=LATER))
    [services], [goods] = (
        list(root.iter(f"{{{DPI}}}{name}")) for name in ("PersonalServices", "SaleOfGoods")
    )
    for node, told in (
        (services, ("1263.252279", "2", "10.000000", "126.747721")),
        (goods, ("82.247721", "1", "3.500000", "8.252279")),
    ):
        names = ("ConsQ4", "NumbQ4", "FeesQ4", "TaxQ4")
        assert tuple(node.findtext(f".//{{{DPI}}}{name}") for name in names) == told


def test_goods_below_the_floor_are_left_out_and_what_waits_to_be_paid_is_not() -> None:
    few, many, both = (make_payee(name) for name in ("Few", "Many", "Both"))
    for _ in range(29):
        make_sold(few, "shop", total="2", share="1", currency="EUR")
    make_sold(both, "shop", total="2", share="1", currency="EUR")
    make_sold(both, "shop", total="2", share="1")
    make_sold(make_act("Untold"), "shop", total="3000", share="2999", currency="EUR")
    make_sold(many, "shop", total="2100", share="2000.01", currency="EUR")
    told = [(row["creator"], row["currency"]) for row in rows(Report.DAC7)]
    assert told == [
        (many.creator.handle, "EUR"),
        (both.creator.handle, "EUR"),
        (both.creator.handle, "USD"),
    ]
    assert b"PersonalServices" not in queries.dac7_xml(year=2026, at=LATER)


def test_what_came_back_is_not_reported() -> None:
    ada = make_payee("Ada", details=SEPA)
    make_payable(ada.creator, Money.parse("1000", "EUR"))
    make_paid()
    assert len(rows(Report.DAC7)) == 1
    line = f"{Payout.objects.get().pk.hex},RJCT,AC04,"
    content = f"end_to_end_id,status,code,reason\n{line}\n".encode()
    read_bank_answers(operator=make_operator(), content=content, name="x", id=uuid4(), at=PAY_DAY)
    assert rows(Report.DAC7) == []
    xml = queries.dac7_xml(year=2026, at=LATER)
    assert b"ReportableSeller" not in xml


def test_whom_no_form_can_hold_is_told_and_not_left_out_in_silence(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_form = replace(american(), tax_form=TaxForm.NONE)
    unborn = replace(ADA, born_on=None)
    treaty = replace(ADA, country="IN", tax_number="", claims_treaty=True)
    for name, papers, details, amount in (
        ("Small", no_form, us_account(), "500"),
        ("Large", no_form, us_account(), "3000"),
        ("Abroad", american(), SEPA, "EUR"),
        ("Unborn", unborn, BY_HAND, "500"),
        ("India", treaty, BY_HAND, "500"),
        ("Fine", ADA, BY_HAND, "500"),
    ):
        money = Money.parse("500", "EUR") if amount == "EUR" else Money.parse(amount, "USD")
        make_payable(make_payee(name, papers=papers, details=details).creator, money)
    make_paid()
    told = {one.handle.split("-")[0]: gap for one, gap in queries.gaps(year=2026, at=LATER)}
    assert told == {
        "large": "lives in the United States without a W-9: ask",
        "abroad": "is paid in another currency than dollars: put the year on a 1099 by hand",
        "unborn": "has no day of birth (DAC7)",
        "india": "claims a treaty without a tax number (1042-S)",
    }
    monkeypatch.setattr(clock, "now", lambda: LATER)
    desk = sign_in(make_operator())
    shown = page_text(desk.get("/desk/payouts/reports/2026/"))
    assert "lives in the United States without a W-9" in shown
    assert "Nothing is missing" in page_text(desk.get("/desk/payouts/reports/2025/"))
    assert desk.get("/desk/payouts/reports/1999/").status_code == 404
    assert sign_in(make_user()).get("/desk/payouts/reports/2026/").status_code == 404
    write_reports(2026, folder=tmp_path / "out")


def test_what_came_back_in_the_next_year_is_named_as_a_correction(tmp_path: Path) -> None:
    make_payable(make_payee("Ada").creator, "200")
    make_payable(make_payee("Ben").creator, "200")
    make_paid()
    first, second = Payout.objects.order_by("creator")
    for payout, at in ((first, PAY_DAY), (second, LATER)):
        line = f"end_to_end_id,status,code,reason\n{payout.pk.hex},RJCT,AC04,\n".encode()
        read_bank_answers(operator=make_operator(), content=line, name="x", id=uuid4(), at=at)
    [late] = queries.late_returns(year=2026, at=LATER)
    assert (late.id, late.came_back_at) == (second.pk, LATER)
    write_reports(2026, folder=tmp_path / "out")


def test_a_company_is_an_entity_and_years_are_known_ones() -> None:
    company = replace(ADA, is_company=True, born_on=None)
    make_payable(make_payee("Ltd", papers=company).creator, "200")
    make_posted(move("bank", "opening:USD", "1"), at=DECEMBER)
    make_paid()
    assert b"EntitySeller" in queries.dac7_xml(year=2026, at=LATER)
    for year in (2024, 2028):
        with pytest.raises(NoSuchYear):
            rows(Report.K, year=year)


def test_operators_take_reports_and_each_time_is_written_down(
    sign_in: Callable[[User], Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    make_payable(make_payee("Ada").creator, "200")
    make_paid()
    desk = sign_in(make_operator())
    assert "1042-S: all others" in page_text(desk.get("/desk/payouts/reports/"))
    for name in ("1042-s", "dac7-xml"):
        assert b"Lovelace" in desk.post(f"/desk/payouts/reports/2026/{name}/").content
    assert StaffAct.objects.filter(act="payouts.report_taken").count() == 2
    assert desk.post("/desk/payouts/reports/2026/other/").status_code == 404
    assert desk.post("/desk/payouts/reports/1999/dac7/").status_code == 404
    assert sign_in(make_user()).post("/desk/payouts/reports/2026/dac7/").status_code == 404
    write_reports(2026, folder=tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        *("1042-s-2026.csv", "1099-k-2026.csv", "1099-nec-2026.csv"),
        *("dac7-2026.csv", "dac7-2026.xml"),
    ]
    assert (tmp_path / "out" / names[0]).stat().st_mode & 0o777 == 0o600
