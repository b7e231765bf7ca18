"""Invoices in creators' names: agreed before, numbered for each of them, VAT worked by hand."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from takings.core import clock
from takings.invoicing.models import Invoice
from takings.invoicing.rules import read_invoiced
from takings.invoicing.rules.drafts import AGREED
from takings.ledger.actions.rates import record_rates
from takings.ledger.queries import check_books, entry
from takings.money import Money
from takings.payouts import jobs, queries
from takings.payouts.actions import issue_self_bills, read_bank_answers
from takings.payouts.models import BilledStatement, Payout, SelfBill
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.self_billing import (
    cents_of,
    national_currency,
    supplies_of,
    why_not_billed,
)
from takings.people.models import User
from tests.make.invoicing import german_seller
from tests.make.ledger import all_balances, dollars, usd
from tests.make.pages import page_text
from tests.make.payouts import (
    ADA,
    PAY_DAY,
    make_earned,
    make_paid,
    make_payee,
    make_profile,
    make_sold,
    make_verified,
)
from tests.make.people import make_creator, make_operator, make_user
from tests.make.settlement import DECEMBER, WINDOW, Act

RELEASED = DECEMBER + WINDOW
JANUARY = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
GERMAN = replace(ADA, vat_number="DE136695976", self_billing=True)
FRENCH = replace(ADA, country="FR", vat_number="FR40303265045", self_billing=True)
RECEIVABLE = "tax_receivable:DE:vat"


NOVEMBER_RATE = b"base,quote,valid_on,rate\nUSD,EUR,2026-11-27,0.8625\n"
DECEMBER_RATE = b"base,quote,valid_on,rate\nUSD,EUR,2026-12-31,0.8710\n"


@pytest.fixture(autouse=True)
def _a_german_company(request: pytest.FixtureRequest) -> Iterator[None]:
    with german_seller():
        if "django_db" in request.keywords:
            request.getfixturevalue("db")
            for rates in (NOVEMBER_RATE, DECEMBER_RATE):
                record_rates(content=rates, source="ECB", at=RELEASED)
        yield


def payable(act: Act) -> Money:
    return dollars(queries.account_of(act.creator.pk))


@pytest.mark.parametrize(
    ("papers", "why"),
    [
        (GERMAN, ""),
        (replace(GERMAN, country="GR", vat_number="EL094259216"), ""),
        (replace(GERMAN, country="CH"), "in the European Union who have a VAT number"),
        (replace(GERMAN, vat_number=""), "in the European Union who have a VAT number"),
        (replace(GERMAN, self_billing=False), "You did not agree"),
        (replace(GERMAN, country="FR"), "of another country"),
    ],
)
def test_invoices_are_written_for_those_who_agreed_and_have_a_number(
    papers: Papers, why: str
) -> None:
    found = why_not_billed(papers)
    assert why in found
    assert bool(found) == bool(why)


def test_what_is_less_than_a_cent_goes_on_to_the_next_statement() -> None:
    stated = [Money(micros, "USD") for micros in (4_504_500, 4_504_500, 4_501_000)]
    cents = cents_of(stated, left=Money(4_000, "USD"))
    # 4.5085 → 4.50, left 0.0085; 4.513 → 4.51, left 0.003; 4.504 → 4.50
    assert [one.micros for one in cents] == [4_500_000, 4_510_000, 4_500_000]


@pytest.mark.django_db
def test_a_creator_of_our_country_is_paid_vat_on_top_and_the_authority_owes_it() -> None:
    ada = make_payee("Ada", papers=GERMAN)
    make_earned(ada)
    assert (issue_self_bills(at=RELEASED), issue_self_bills(at=RELEASED)) == (1, 0)
    bill = SelfBill.objects.get()
    said = read_invoiced(bill.invoice.content)
    # 1,350.00 net, 19 % of it: 256.50
    assert (said.net, said.tax, said.gross) == (1_350_000_000, 256_500_000, 1_606_500_000)
    assert (said.seller.name, said.seller.tax_id) == ("Ada Lovelace", "DE136695976")
    assert (said.customer.name, said.customer.tax_id) == ("Takings GmbH", "DE123456789")
    assert said.supplied == "2026-11-01 to 2026-11-30 (UTC)"
    assert said.notes == (
        "Self-billing: the customer wrote this invoice (article 224, Directive 2006/112/EC).",
        AGREED.format(on=queries.agreed_on(creator=ada.creator)),
        # 256.50 × 0.8625 = 221.23125
        "VAT in EUR: €221.23 (1 USD = 0.8625 EUR, ECB, 2026-11-27; article 230).",
    )
    assert said.code == f"T-S{ada.creator.pk}-000001"
    assert (payable(ada), dollars(RECEIVABLE)) == (usd("1606.50"), usd("256.50"))
    assert bill.entry_id is not None
    assert entry(id=bill.entry_id).kind == "vat_self_billed"
    assert str(bill) == said.code
    assert str(BilledStatement.objects.get()).endswith(": 1350000000")
    assert check_books() == []


def test_what_was_supplied_is_said_by_what_brought_it() -> None:
    cents = Money.parse("10.01", "EUR")
    assert supplies_of(cents, brought={}) == {"Videos": cents}
    brought = {"feed_ads": 500, "watch_ads": 100, "gifts": 400, "shop": 0, "deals": -7}
    # 1,001 cents as 600 : 400
    assert supplies_of(cents, brought=brought) == {
        "Videos": Money.parse("6.01", "EUR"),
        "Gifts": Money.parse("4.00", "EUR"),
    }


def test_vat_is_told_in_the_currency_of_its_country() -> None:
    assert [national_currency(code) for code in ("DE", "BG", "SE")] == ["EUR", "EUR", "SEK"]


@pytest.mark.django_db
def test_an_invoice_waits_for_the_rate_that_tells_its_vat_and_holds_up_no_other(
    sign_in: Callable[[User], Client],
) -> None:
    ada, zoe = make_payee("Ada", papers=GERMAN), make_payee("Zoe", papers=FRENCH)
    make_earned(ada, zoe, period="2026-10", at=DECEMBER - dt.timedelta(days=30))
    assert issue_self_bills(at=RELEASED) == 1
    assert SelfBill.objects.get().creator == zoe.creator
    desk = page_text(sign_in(make_operator()).get("/desk/payouts/self-billed/"))
    assert "There is no rate from USD to EUR for 2026-10-31" in desk
    rates = b"base,quote,valid_on,rate\nUSD,EUR,2026-10-30,0.9\n"
    record_rates(content=rates, source="ECB", at=RELEASED)
    assert issue_self_bills(at=RELEASED) == 1
    assert queries.without_rate(at=RELEASED) == []


@pytest.mark.django_db
def test_gifts_and_goods_are_no_videos_on_an_invoice() -> None:
    ada = make_payee("Ada", papers=GERMAN)
    make_sold(ada, "gifts", total="1000", share="500")
    make_sold(ada, "shop", total="94", share="90.50")
    make_earned(ada)
    issue_self_bills(at=RELEASED)
    said = read_invoiced(SelfBill.objects.get().invoice.content)
    assert [(line.what, line.net) for line in said.lines] == [
        ("Videos of 2026-11", 1_350_000_000),
        ("Gifts of 2026-11", 500_000_000),
        ("Goods and recommendations of 2026-11", 90_500_000),
    ]
    assert {line.quantity for line in said.lines[1:]} == {"1 month"}


@pytest.mark.django_db
def test_vat_is_no_income_so_nothing_is_withheld_of_it() -> None:
    ada = make_payee("Ada", papers=GERMAN)
    make_earned(ada)
    issue_self_bills(at=RELEASED)
    before = all_balances()
    make_paid()
    [payout] = Payout.objects.all()
    # 30 % of the third from the United States, 450.00; none of the VAT: 1,606.50 − 135.00
    assert (payout.withheld, payout.net) == (usd("135"), usd("1471.50"))
    line = f"end_to_end_id,status,code,reason\n{payout.pk.hex},RJCT,MS03,\n"
    operator = make_operator()
    read_bank_answers(operator=operator, content=line.encode(), name="x", id=uuid4(), at=PAY_DAY)
    assert all_balances() == before
    look = queries.upcoming(creator=ada.creator, at=PAY_DAY)
    assert look.balances == (usd("1606.50"),)
    assert check_books() == []


@pytest.mark.django_db
def test_vat_that_was_paid_is_not_taken_for_untaxed_again() -> None:
    ada = make_payee("Ada", papers=GERMAN)
    make_earned(ada)
    issue_self_bills(at=RELEASED)
    make_paid()
    make_earned(ada, german="400", american_="200", period="2026-12", at=JANUARY)
    issue_self_bills(at=JANUARY + WINDOW)
    make_paid(at=dt.datetime(2027, 1, 21, tzinfo=dt.UTC))
    second = Payout.objects.order_by("-drafted_at").first()
    assert second is not None
    # 180.00 + 90.00 and 19 % of it, 51.30; 30 % of the 90.00 is withheld
    assert (second.balance_micros, second.withheld, second.net) == (
        321_300_000,
        usd("27"),
        usd("294.30"),
    )
    codes = Invoice.objects.order_by("number").values_list("code", flat=True)
    assert list(codes) == [f"T-S{ada.creator.pk}-{number:06d}" for number in (1, 2)]
    assert check_books() == []


@pytest.mark.django_db
def test_a_creator_of_another_member_state_gets_reverse_charge_and_a_series_of_their_own() -> None:
    ada, zoe = make_payee("Ada", papers=GERMAN), make_payee("Zoe", papers=FRENCH)
    make_earned(ada, zoe)
    assert issue_self_bills(at=RELEASED) == 2
    bill = SelfBill.objects.get(creator=zoe.creator)
    said = read_invoiced(bill.invoice.content)
    assert (said.code, said.net, said.tax) == (f"T-S{zoe.creator.pk}-000001", 675_000_000, 0)
    assert said.notes[1].startswith("Reverse charge: the customer owes the VAT (article 196")
    assert (bill.entry_id, payable(zoe)) == (None, usd("675"))
    assert dollars(RECEIVABLE) == usd("128.25")  # Ada's: 19 % of 675.00
    assert check_books() == []


@pytest.mark.django_db
def test_an_agreement_is_made_before_and_ends_when_it_is_withdrawn() -> None:
    early, late, gone, unseen = (make_payee(name, papers=GERMAN) for name in "ABCD")
    make_profile(unseen.creator, papers=GERMAN)
    late_papers = replace(GERMAN, self_billing=False)
    make_verified(late.creator, papers=late_papers)
    make_verified(gone.creator, papers=late_papers, at=DECEMBER)
    make_earned(early, late, gone, unseen)
    make_verified(late.creator, papers=GERMAN, at=RELEASED + dt.timedelta(days=1))
    assert issue_self_bills(at=RELEASED + dt.timedelta(days=2)) == 1
    assert SelfBill.objects.get().creator == early.creator
    papers, why = queries.billing_papers(creator=gone.creator, on=RELEASED.date())
    assert (papers, why) == (None, "You did not agree to it.")


@pytest.mark.django_db
def test_less_than_a_cent_waits_and_rows_never_change() -> None:
    ada = make_payee("Ada", papers=GERMAN)
    make_earned(ada, german="0.01", american_="0.01")  # 0.009 for her
    assert issue_self_bills(at=RELEASED) == 0
    make_earned(ada, german="0.01", american_="0.01", period="2026-12", at=JANUARY)
    assert issue_self_bills(at=JANUARY + WINDOW) == 1
    said = read_invoiced(Invoice.objects.get().content)
    assert [(one.what, one.net, one.tax) for one in said.lines] == [
        ("Videos of 2026-12", 10_000, 0)
    ]
    assert said.supplied == "2026-11-01 to 2026-12-31 (UTC)"
    assert sum(one.amount_micros for one in BilledStatement.objects.all()) == 10_000
    assert SelfBill.objects.get().entry_id is None  # 19 % of a cent is none
    with pytest.raises(IntegrityError), transaction.atomic():
        BilledStatement.objects.update(amount_micros=0)
    assert check_books() == []


@pytest.mark.django_db
def test_the_books_are_compared_with_the_vat_of_every_invoice() -> None:
    make_earned(make_payee("Ada", papers=GERMAN))
    issue_self_bills(at=RELEASED)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payouts_selfbill DISABLE TRIGGER USER")
        cursor.execute("UPDATE payouts_selfbill SET entry_id = NULL")
    [finding] = check_books()
    assert finding.sentence.endswith("its entry paid {}")


@pytest.mark.django_db
def test_the_creator_and_the_desk_find_the_invoices(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: RELEASED)
    ada = make_payee("Ada", papers=GERMAN)
    client, desk = sign_in(ada.creator.user), sign_in(make_operator())
    assert "We write them" in page_text(client.get("/studio/payouts/"))
    assert "No invoice yet" in page_text(desk.get("/desk/payouts/self-billed/"))
    make_earned(ada)
    jobs.issue_self_bills()
    bill = SelfBill.objects.get()
    assert bill.invoice.code in page_text(client.get("/studio/payouts/"))
    assert bill.invoice.code in page_text(desk.get("/desk/payouts/self-billed/"))
    address = f"/studio/payouts/invoices/{bill.pk}.pdf"
    pdf = client.get(address)
    assert pdf.content.startswith(b"%PDF")
    assert bill.invoice.code.encode() in pdf.content
    assert desk.get(address).content == pdf.content
    assert sign_in(make_creator("Eve").user).get(address).status_code == 404
    assert sign_in(make_user()).get("/desk/payouts/self-billed/").status_code == 404
