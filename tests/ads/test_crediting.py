"""What no person saw is given back: to the micro-unit, once, with its budget and its tax."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest

from takings.ads import actions, jobs, queries
from takings.ads.models import (
    BilledImpression,
    Campaign,
    CreditedCampaign,
    InvalidImpression,
    TrafficCredit,
    TrafficPass,
)
from takings.ads.queries.traffic import days_to_judge
from takings.ads.rules.traffic import Flaw
from takings.core import clock
from takings.invoicing.models import Invoice
from takings.ledger import queries as ledger
from takings.money import Money
from tests.make.ads import Wanted, make_advertiser, make_campaign, usd
from tests.make.insights import show_ads
from tests.make.invoicing import german_seller
from tests.make.ledger import make_posted, move
from tests.make.people import NOON, make_operator

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY, TOMORROW = NOON.date(), NOON + DAY
DECEMBER = dt.datetime(2026, 12, 2, 4, 23, tzinfo=dt.UTC)
POOL = "pool:feed_ads:DE:2026-11"


@pytest.fixture(autouse=True)
def _seller() -> Iterator[None]:
    with german_seller():
        yield


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign with 31 views in Germany and 7 in France."""
    found = make_campaign(wanted=Wanted(countries=("DE", "FR")))
    show_ads(found, {"DE": 31, "FR": 7})
    return found


def some(campaign: Campaign, count: int, *, country: str = "DE") -> dict[uuid.UUID, Flaw]:
    """Say of so many of a campaign's views that no person saw them."""
    rows = BilledImpression.objects.filter(campaign=campaign, country=country, invalid=None)
    return {row.pk: Flaw.RHYTHM for row in rows.order_by("pk")[:count]}


def credit(found: dict[uuid.UUID, Flaw], *, at: dt.datetime = TOMORROW) -> TrafficPass:
    return actions.credit_impressions(day=TODAY, found=found, at=at)


def balance(name: str) -> Money:
    return ledger.balance(name=name, currency="USD")


def test_what_no_person_saw_goes_back_from_the_pool_with_its_budget(campaign: Campaign) -> None:
    prepaid = queries.prepaid_account(campaign.brand_id)
    before, spendable = Campaign.objects.get(pk=campaign.pk), balance(prepaid)
    item = campaign.line_items.get()
    mark = credit(some(campaign, 3) | some(campaign, 2, country="FR"))
    assert (str(mark), mark.judged_count) == (f"{TODAY} by traffic@2025-01-01", 38)
    german, french = TrafficCredit.objects.order_by("country")
    assert (str(german), german.amount) == (f"3 × {campaign.pk}: 12750", usd("0.01275"))
    entry = ledger.entry(id=german.pk)
    assert (entry.kind, entry.reference) == ("ad_refunded", f"campaign:{campaign.pk}")
    assert entry.memo == f"3 views of “{campaign.name}” in DE on {TODAY} were no person's"
    assert [(one.debit, one.credit, one.amount) for one in entry.transfers] == [
        (POOL, prepaid, usd("0.01275"))
    ]
    assert balance(POOL) == usd("0.119")
    assert balance("pool:feed_ads:FR:2026-11") == usd("0.02125")
    assert balance(prepaid) - spendable == german.given + french.given == usd("0.02125")
    after = Campaign.objects.get(pk=campaign.pk)
    assert before.committed - after.committed == usd("0.02125")
    assert item.committed - campaign.line_items.get().committed == usd("0.02125")
    assert str(InvalidImpression.objects.first()).endswith(": rhythm")
    found = queries.balances(brand=campaign.brand, currency="USD")
    assert found.spent == usd("0.14025")
    assert found.deposited == found.prepaid + found.reserved + found.spent
    assert not ledger.check_books()


def test_both_sides_read_the_reason(campaign: Campaign) -> None:
    credit(some(campaign, 3))
    report = queries.campaign_report(campaign=campaign)
    assert (report.total.charged, report.total.rejected, report.total.viewable) == (35, 3, 38)
    assert report.total.spent == usd("0.14875")
    assert [(one.sentence, one.count) for one in report.rejections] == [(Flaw.RHYTHM.sentence, 3)]
    [part] = queries.parts_by_creative(campaign=campaign)
    assert (part.charged, part.spent) == (35, report.total.spent)
    assert queries.spent_by_campaign(campaigns=[campaign]) == {
        campaign.pk: (35, report.total.spent)
    }
    [line] = queries.charged_by_campaign(brand=campaign.brand, currency="USD")
    assert (line.views, line.amount) == (35, report.total.spent)
    [day] = queries.shown_by_day(brand=campaign.brand, currency="USD", since=NOON - DAY)
    assert (day.views, day.amount) == (35, report.total.spent)
    assert queries.charged_around(spender=campaign, at=TOMORROW)[0] == report.total.spent
    kinds = [one.kind for one in queries.movements(brand=campaign.brand)]
    assert kinds.count("ad_refunded") == 1


def test_judging_again_changes_nothing_and_more_views_are_judged_by_themselves(
    campaign: Campaign,
) -> None:
    found = some(campaign, 3)
    first = credit(found)
    assert credit(found) == credit(some(campaign, 9)) == first
    assert TrafficCredit.objects.count() == 1
    show_ads(campaign, {"DE": 2}, at=NOON + dt.timedelta(hours=1))  # shipped late
    credit(found | some(campaign, 1))
    rows = TrafficCredit.objects.order_by("made_by")
    assert [row.impression_count for row in rows] == [3, 1]
    assert balance(POOL) == usd("0.12325")
    assert not ledger.check_books()


def test_what_is_not_invoiced_yet_is_not_on_the_invoice(campaign: Campaign) -> None:
    credit(some(campaign, 11))
    assert actions.invoice_months(at=DECEMBER) == 1
    invoice = Invoice.objects.get()
    assert invoice.gross == usd("0.11")  # 27 views, 0.11475
    assert "27 views" in invoice.content
    assert not CreditedCampaign.objects.exists()
    assert not ledger.check_books()


def test_what_was_invoiced_is_taken_back_by_a_credit_note_with_its_tax(campaign: Campaign) -> None:
    actions.invoice_months(at=DECEMBER)
    invoice = Invoice.objects.get()
    assert (invoice.gross, invoice.tax) == (usd("0.16"), usd("0.03"))  # 38 views, 0.1615
    prepaid = queries.prepaid_account(campaign.brand_id)
    spendable = balance(prepaid)
    credit(some(campaign, 22), at=DECEMBER)
    note = Invoice.objects.get(kind="credit_note")
    # 16 views are 0.068: 0.06 of the invoice stand
    assert (note.corrects, note.gross, note.tax) == (invoice, usd("-0.10"), usd("-0.01"))
    assert f"Views of {TODAY} that were no person" in note.content
    assert str(CreditedCampaign.objects.get()) == f"{campaign.pk} 2026-11"
    assert balance(prepaid) - spendable == usd("0.0935")
    assert balance("tax:DE:vat") == usd("0.02")
    assert balance("platform:revenue:ads") == -usd("0.02")
    assert not ledger.check_books()
    show_ads(campaign, {"DE": 2}, at=NOON + 30 * DAY - dt.timedelta(hours=23))
    actions.invoice_months(at=DECEMBER + 31 * DAY)
    newest = Invoice.objects.order_by("-issued_at").first()
    assert newest is not None
    assert (newest.kind, newest.gross) == ("invoice", usd("0.01"))  # 18 views are 0.0765
    assert queries.balances(brand=campaign.brand, currency="USD").spent == usd("0.0765")
    assert not ledger.check_books()


def test_of_two_invoices_the_newest_is_corrected_first(campaign: Campaign) -> None:
    actions.invoice_months(at=DECEMBER)
    show_ads(campaign, {"DE": 10}, at=NOON + 29 * DAY)
    actions.invoice_months(at=DECEMBER + 31 * DAY)
    credit(some(campaign, 3), at=DECEMBER + 31 * DAY)
    note = Invoice.objects.get(kind="credit_note")
    newest = Invoice.objects.filter(kind="invoice").latest("issued_at")
    # of 0.20 that 48 views came to, 45 views are 0.19125
    assert (note.corrects, note.gross, note.tax) == (newest, usd("-0.01"), usd("0"))
    assert not ledger.check_books()


def test_tax_that_was_paid_is_claimed_back(campaign: Campaign) -> None:
    actions.invoice_months(at=DECEMBER)
    make_posted(move("tax:DE:vat", "bank", balance("tax:DE:vat")))
    credit(some(campaign, 31), at=DECEMBER)
    assert balance("tax:DE:vat") == usd("0")
    assert balance("tax_receivable:DE:vat") == -Invoice.objects.get(kind="credit_note").tax
    assert not ledger.check_books()


def test_an_untaxed_invoice_is_corrected_without_tax() -> None:
    brand, member = make_advertiser()
    found = make_campaign(brand, member=member)
    brand.members.clear()
    show_ads(found, {"DE": 31})
    actions.invoice_months(at=DECEMBER)
    credit(some(found, 31), at=DECEMBER)
    note = Invoice.objects.get(kind="credit_note")
    assert (note.gross, note.tax) == (usd("-0.13"), usd("0"))
    assert not ledger.check_books()


def test_what_an_operator_gave_back_already_is_not_given_twice(campaign: Campaign) -> None:
    actions.invoice_months(at=DECEMBER)
    invoice = Invoice.objects.get()
    actions.credit_invoice(
        operator=make_operator(),
        invoice=invoice,
        amount=usd("0.14"),
        reason="Bots",
        id=uuid.uuid4(),
        at=DECEMBER,
    )
    prepaid = queries.prepaid_account(campaign.brand_id)
    spendable, revenue = balance(prepaid), balance("platform:revenue:ads")
    credit(some(campaign, 31), at=DECEMBER)  # 0.13175 of what 0.02 of the invoice are left of
    row = TrafficCredit.objects.get()
    # 7 views stay, 0.02975; of 0.16 the invoice bills too much by 0.13025, of which 0.02 is left
    assert (row.amount, row.kept_micros) == (usd("0.13175"), 110_250)
    assert balance(prepaid) - spendable == row.given == usd("0.0215")
    note = Invoice.objects.filter(kind="credit_note").latest("number")
    assert note.gross == usd("-0.02")
    tax = -note.tax
    assert balance("platform:revenue:ads") - revenue == usd("0.11025") + tax
    found = queries.balances(brand=campaign.brand, currency="USD")
    assert found.deposited == found.prepaid + found.reserved + found.spent
    assert not ledger.check_books()


def test_days_that_are_over_wait_until_they_are_judged(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert days_to_judge(at=NOON) == []
    assert days_to_judge(at=TOMORROW) == [TODAY]
    assert days_to_judge(at=TOMORROW + 31 * DAY) == []
    credit(some(campaign, 3))
    assert days_to_judge(at=TOMORROW) == []
    show_ads(campaign, {"DE": 1}, at=NOON + dt.timedelta(hours=1))
    assert days_to_judge(at=TOMORROW) == [TODAY]
    monkeypatch.setattr(clock, "now", lambda: TOMORROW)
    jobs.judge_traffic(timestamp=0)
    assert [one.judged_count for one in TrafficPass.objects.order_by("pk")] == [38, 39]


def test_a_credit_that_is_not_its_impressions_is_found(campaign: Campaign) -> None:
    mark = credit(some(campaign, 3))
    TrafficCredit.objects.create(
        entry_id=uuid.uuid4(),
        made_by=mark,
        campaign=campaign,
        line_item=campaign.line_items.get(),
        country="FR",
        period="2026-11",
        impression_count=1,
        currency="USD",
        amount_micros=4_250,
        kept_micros=0,
        credited_at=NOON,
    )
    actions.invoice_months(at=DECEMBER)
    stray = BilledImpression.objects.filter(invalid=None).order_by("pk")[:9]
    for row in stray:
        InvalidImpression.objects.create(
            impression=row, credit=TrafficCredit.objects.earliest("pk"), reason="x", charged_at=NOON
        )
    told = {finding.invariant for finding in ledger.check_books()}
    assert told >= {
        "every credit for invalid traffic equals the impressions it gives back",
        "no invoice bills more than was charged and not given back",
        "what a campaign and each of its line items have committed equals their leases",
    }
