"""An advertiser's invoices: one a month for what was charged, in cents, addressed as asked."""

import datetime as dt
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client

from takings.ads import actions, jobs, queries
from takings.ads.models import Campaign, Charge, InvoicedCampaign
from takings.core import clock
from takings.invoicing.models import BillingDetails, Invoice
from takings.invoicing.rules import read_invoiced
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.people.models import Brand, StaffAct, User
from tests.make.ads import make_advertiser, make_campaign
from tests.make.insights import show_ads
from tests.make.invoicing import german_seller
from tests.make.ledger import make_posted, move
from tests.make.pages import page_text
from tests.make.people import NOON, make_brand, make_operator, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
DECEMBER = dt.datetime(2026, 12, 2, 4, 23, tzinfo=dt.UTC)
JANUARY = dt.datetime(2027, 1, 2, 4, 23, tzinfo=dt.UTC)


def credits_given() -> QuerySet[StaffAct]:
    """Return the acts by which operators took invoices back."""
    return StaffAct.objects.filter(act="ads.credit_invoice")


@pytest.fixture(autouse=True)
def _seller() -> Iterator[None]:
    with german_seller():
        yield


@pytest.fixture
def brand() -> tuple[Brand, User, Campaign]:
    """Return a brand whose member lives in Germany, and its campaign."""
    found, member = make_advertiser()
    return found, member, make_campaign(found, member=member)


def charged(campaign: Campaign) -> int:
    rows = Charge.objects.filter(campaign=campaign).values_list("amount_micros", flat=True)
    return sum(rows)


def test_a_month_is_billed_in_cents_once_and_the_rest_is_on_the_next_one(
    brand: tuple[Brand, User, Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, campaign = brand
    show_ads(campaign, {"DE": 31, "FR": 7})
    first = charged(campaign)
    assert first % 10_000 != 0
    assert actions.invoice_months(at=NOON + DAY) == 0  # November is not over
    monkeypatch.setattr(clock, "now", lambda: DECEMBER)
    jobs.invoice_months(timestamp=0)
    jobs.invoice_months(timestamp=0)
    november = Invoice.objects.get()
    assert november.gross_micros == first // 10_000 * 10_000
    assert read_invoiced(november.content).lines[0].quantity == "38 views"
    show_ads(campaign, {"DE": 20}, at=NOON + 29 * DAY)
    assert actions.invoice_months(at=JANUARY) == 1
    total = sum(Invoice.objects.values_list("gross_micros", flat=True))
    assert total == charged(campaign) // 10_000 * 10_000
    assert sum(InvoicedCampaign.objects.values_list("impression_count", flat=True)) == 58
    assert str(InvoicedCampaign.objects.first()).endswith("2026-11")
    assert check_books() == []


def test_the_tax_inside_is_booked_from_the_platforms_share(
    brand: tuple[Brand, User, Campaign],
) -> None:
    found, _, campaign = brand
    show_ads(campaign, {"DE": 31})
    before = balance(name=f"advertiser:{found.pk}:prepaid", currency="USD")
    actions.invoice_months(at=DECEMBER)
    invoice = Invoice.objects.get()
    assert invoice.tax_micros > 0
    tax = Money(invoice.tax_micros, "USD")
    assert balance(name="tax:DE:vat", currency="USD") == tax
    assert balance(name="platform:revenue:ads", currency="USD") == -tax
    assert balance(name=f"advertiser:{found.pk}:prepaid", currency="USD") == before


def test_what_is_charged_late_is_on_the_next_invoice(brand: tuple[Brand, User, Campaign]) -> None:
    found, _, campaign = brand
    november = dt.date(2026, 11, 1)
    show_ads(campaign, {"DE": 31})
    assert len(actions.invoice_month(brand=found, month=november, at=DECEMBER)) == 1
    show_ads(campaign, {"DE": 31}, at=NOON + DAY)  # written down after the invoice
    assert actions.invoice_month(brand=found, month=november, at=DECEMBER) == []
    assert Invoice.objects.count() == 1
    (later,) = actions.invoice_month(brand=found, month=dt.date(2026, 12, 1), at=JANUARY)
    assert read_invoiced(later.content).lines[0].quantity == "31 views"
    total = sum(Invoice.objects.values_list("gross_micros", flat=True))
    assert total == charged(campaign) // 10_000 * 10_000


def test_less_than_a_cent_is_no_invoice(brand: tuple[Brand, User, Campaign]) -> None:
    _, _, campaign = brand
    show_ads(campaign, {"DE": 1})
    assert 0 < charged(campaign) < 10_000
    assert actions.invoice_months(at=DECEMBER) == 0
    assert not Invoice.objects.exists()


def test_an_advertiser_says_whom_to_address_and_downloads(
    brand: tuple[Brand, User, Campaign],
) -> None:
    found, member, campaign = brand
    console = Client()
    console.force_login(member)
    place = f"/ads/invoices/?brand={found.pk}"
    empty = console.get(place)
    assert "No invoice yet" in page_text(empty)
    assert '<option value="DE" selected>' in empty.content.decode()  # the member's country
    asked = {"name": "Northwind SARL", "address": "1 rue X\nParis", "country": "FR", "tax_id": ""}
    assert "required" in page_text(console.post(place, asked | {"name": ""}))
    page = page_text(console.post(place, asked, follow=True))
    assert "Invoices to come are addressed like this." in page
    show_ads(campaign, {"DE": 31})
    actions.invoice_months(at=DECEMBER)
    assert str(BillingDetails.objects.get()) == f"brand:{found.pk}: Northwind SARL"
    invoice = Invoice.objects.get()
    said = read_invoiced(invoice.content)
    assert (said.customer.name, said.customer.country, said.tax) == ("Northwind SARL", "FR", 0)
    assert said.evidence == ("billing address: FR", "account of a member: DE")
    assert "Reverse charge" in said.notes[0]
    assert invoice.code in page_text(console.get(place))
    file = f"/ads/invoices/{found.pk}/{invoice.pk}.pdf"
    answer = console.get(file)
    assert answer.content.startswith(b"%PDF")
    assert invoice.code in answer["Content-Disposition"]
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(file).status_code == 404
    other = make_brand(member=member)
    assert console.get(f"/ads/invoices/{other.pk}/{invoice.pk}.pdf").status_code == 404
    assert "/accounts/login/" in Client().get(place)["Location"]
    nobody = Client()
    nobody.force_login(make_user())
    assert nobody.get("/ads/invoices/")["Location"] == "/ads/brands/new/"


def test_without_billing_details_the_country_is_that_of_a_member() -> None:
    found, member = make_advertiser()
    campaign = make_campaign(found, member=member)
    found.members.clear()
    show_ads(campaign, {"DE": 31})
    actions.invoice_months(at=DECEMBER)
    said = read_invoiced(Invoice.objects.get().content)
    assert (said.customer.country, said.evidence) == ("", ())


def test_an_operator_takes_an_invoice_back_and_the_brand_may_spend_it_again(
    brand: tuple[Brand, User, Campaign],
) -> None:
    found, member, campaign = brand
    show_ads(campaign, {"DE": 31})
    actions.invoice_months(at=DECEMBER)
    invoice = Invoice.objects.get()
    before = queries.balances(brand=found, currency="USD")
    desk = Client()
    desk.force_login(make_operator())
    assert invoice.code in page_text(desk.get("/ads/desk/invoices/"))
    assert "Take back" in page_text(desk.get(f"/ads/invoices/{found.pk}/{invoice.pk}/"))
    address = f"/ads/desk/invoices/{invoice.pk}/credit/"
    (given,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', desk.get(address).content.decode())
    form = {"id": given, "amount": "0.10", "reason": "Shown beside the wrong video"}
    assert "is left of" in page_text(desk.post(address, form | {"amount": "0.14"}))
    assert "required" in page_text(desk.post(address, form | {"reason": ""}))
    assert (Invoice.objects.count(), credits_given().count()) == (1, 0)
    told = page_text(desk.post(address, form, follow=True))
    assert told == page_text(desk.post(address, form, follow=True))
    note = Invoice.objects.get(kind="credit_note")
    assert f"Credit note {note.code} is issued." in told
    assert (invoice.gross, invoice.tax) == (Money(130_000, "USD"), Money(20_000, "USD"))
    assert (note.gross, note.tax) == (Money(-100_000, "USD"), Money(-10_000, "USD"))
    assert (note.corrects, note.customer) == (invoice, f"brand:{found.pk}")
    act = credits_given().get()
    assert (act.act, act.reason) == ("ads.credit_invoice", "Shown beside the wrong video")
    assert balance(name="tax:DE:vat", currency="USD") == Money(10_000, "USD")
    assert balance(name="platform:revenue:ads", currency="USD") == Money(-110_000, "USD")
    after = queries.balances(brand=found, currency="USD")
    assert after.prepaid - before.prepaid == before.spent - after.spent == -note.gross
    assert after.deposited == after.prepaid + after.reserved + after.spent
    console = Client()
    console.force_login(member)
    assert note.code in page_text(console.get(f"/ads/invoices/?brand={found.pk}"))
    page = page_text(console.get(f"/ads/invoices/{found.pk}/{note.pk}/"))
    assert f"Corrects {invoice.code}: Shown beside the wrong video" in page
    assert "Take back" not in page_text(console.get(f"/ads/invoices/{found.pk}/{invoice.pk}/"))
    assert console.get(f"/ads/invoices/{found.pk}/{note.pk}.pdf").content.startswith(b"%PDF")
    assert f"Credit note {note.code}" in page_text(console.get(f"/ads/?brand={found.pk}"))
    for nobody in (console.get(address), console.get("/ads/desk/invoices/")):
        assert nobody.status_code in {403, 404}
    assert desk.get(f"/ads/desk/invoices/{note.pk}/credit/").status_code == 404
    assert check_books() == []


def test_tax_that_was_paid_before_the_credit_is_owed_back_by_its_authority(
    brand: tuple[Brand, User, Campaign],
) -> None:
    _, _, campaign = brand
    show_ads(campaign, {"DE": 31})
    actions.invoice_months(at=DECEMBER)
    invoice, key, operator = Invoice.objects.get(), uuid4(), make_operator()
    make_posted(move("tax:DE:vat", "bank", invoice.tax))
    for _ in range(2):
        actions.credit_invoice(
            operator=operator,
            invoice=invoice,
            amount=invoice.gross,
            reason="Bots",
            id=key,
            at=DECEMBER,
        )
    assert balance(name="tax:DE:vat", currency="USD") == Money.zero("USD")
    assert balance(name="tax_receivable:DE:vat", currency="USD") == invoice.tax
    assert check_books() == []


def test_an_untaxed_invoice_is_taken_back_whole_and_a_receipt_never_by_hand(
    brand: tuple[Brand, User, Campaign],
) -> None:
    found, member, campaign = brand
    console = Client()
    console.force_login(member)
    asked = {"name": "Northwind SARL", "address": "1 rue X", "country": "FR", "tax_id": ""}
    console.post(f"/ads/invoices/?brand={found.pk}", asked)
    show_ads(campaign, {"DE": 31})
    actions.invoice_months(at=DECEMBER)
    invoice, operator = Invoice.objects.get(), make_operator()
    note = actions.credit_invoice(
        operator=operator,
        invoice=invoice,
        amount=invoice.gross,
        reason="Bots",
        id=uuid4(),
        at=DECEMBER,
    )
    assert note.gross == -invoice.gross
    assert balance(name="platform:revenue:ads", currency="USD") == -invoice.gross
    with pytest.raises(actions.NotAnInvoice):
        actions.credit_invoice(
            operator=operator,
            invoice=note,
            amount=invoice.gross,
            reason="Bots",
            id=uuid4(),
            at=DECEMBER,
        )
    assert credits_given().count() == 1
