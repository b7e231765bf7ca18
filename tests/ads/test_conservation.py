"""What was seen = what was charged = what was invoiced, less what was credited: in every life."""

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.ads import actions, queries
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    CreditedCampaign,
    InvalidImpression,
    InvoicedCampaign,
    TrafficCredit,
)
from takings.ads.queries.invoices import credited_to
from takings.ads.rules.direct import INSIDE
from takings.ads.rules.traffic import Flaw
from takings.core.errors import Refusal
from takings.invoicing.models import Invoice
from takings.invoicing.queries import credited
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import User
from takings.settlement.actions import close_period
from takings.settlement.models import DirectEarning, Period, PoolResult, Status
from takings.settlement.queries import uncorrected
from tests.make.ads import Wanted, make_advertiser, make_campaign, usd
from tests.make.insights import show_ads
from tests.make.invoicing import german_seller
from tests.make.people import NOON, make_operator
from tests.make.settlement import Act, counted, counting, make_act

DAY = dt.timedelta(days=1)
CENT = 10_000
VERBS = (
    *("show", "show", "inside", "inside", "wait", "wait", "credit", "credit"),
    *("invoice", "goodwill", "close"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 40)), max_size=14)


@dataclass
class Life:
    """Two campaigns of one brand, seen, judged, invoiced and credited as it happens."""

    campaigns: list[Campaign]
    act: Act
    operator: User
    now: dt.datetime = NOON

    def take(self, verb: str, number: int) -> None:
        """Take one step; refusals are answers, not failures."""
        self.now += dt.timedelta(hours=1)
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(number)
        except Refusal:
            pass

    def _show(self, number: int) -> None:
        countries = {"DE": number, "FR": number % 7}
        show_ads(self.campaigns[number % 2], countries, at=self.now)

    def _inside(self, number: int) -> None:
        """Show ads inside a video: from December on they pay its creator."""
        place = list(INSIDE)[number % len(INSIDE)]
        counts = {"DE": number, "FR": number % 5}
        campaign, video = self.campaigns[number % 2], self.act.video_id
        show_ads(campaign, counts, at=self.now, inside=video, placement=place)

    def _wait(self, number: int) -> None:
        self.now += number * DAY

    def _credit(self, number: int) -> None:
        """Find that some views of a day were no person's."""
        seen = BilledImpression.objects.filter(invalid=None).order_by("pk")
        one = seen[number % 5 : number % 5 + 1].first()
        if one is not None:
            day = one.viewed_at.date()
            found = seen.filter(viewed_at__date=day)[:number].values_list("pk", flat=True)
            flaws = dict.fromkeys(found, Flaw.NO_PERSON)
            actions.credit_impressions(day=day, found=flaws, at=self.now)

    def _invoice(self, _number: int) -> None:
        actions.invoice_months(at=self.now)

    def _goodwill(self, number: int) -> None:
        invoice = Invoice.objects.filter(kind="invoice").order_by("pk").last()
        if invoice is not None:
            amount = min(Money(number * CENT, "USD"), invoice.gross - credited(invoice=invoice))
            actions.credit_invoice(
                operator=self.operator,
                invoice=invoice,
                amount=amount,
                reason="Shown at the wrong place",
                id=uuid.uuid4(),
                at=self.now,
            )

    def _close(self, _number: int) -> None:
        for period in ("2026-11", "2026-12"):
            lake = counting(counted(self.act, 3, day=dt.date.fromisoformat(f"{period}-02")))
            close_period(name=period, at=self.now, count=lake)

    def check(self) -> None:
        """Hold the views against the charges, the books, and what the papers say."""
        brand = self.campaigns[0].brand
        seen = _sum(BilledImpression, "price_micros")
        gone = _sum(InvalidImpression, "impression__price_micros")
        kept = _sum(TrafficCredit, "kept_micros")
        assert seen == _sum(Charge, "amount_micros")
        assert gone == _sum(TrafficCredit, "amount_micros")
        found = queries.balances(brand=brand, currency="USD")
        given = credited_to(brand=brand, currency="USD")
        assert found.deposited == found.prepaid + found.reserved + found.spent
        assert seen == found.spent.micros + given.micros + gone - kept
        held = sum(pool.balance.micros for pool in ledger.balances(prefix="pool:"))
        closed = Period.objects.filter(status=Status.CLOSED)
        shared = _sum(PoolResult, "total_micros", period__in=closed)
        waiting = sum(money.micros for one in closed for money in uncorrected(period=one))
        names = closed.values("name")
        open_ = DirectEarning.objects.exclude(period__in=names).aggregate(Sum("total_micros"))
        direct = int(open_["total_micros__sum"] or 0)
        assert seen - gone == held + direct + shared - waiting
        shares = _sum(BilledImpression, "share_micros") - _sum(
            InvalidImpression, "impression__share_micros"
        )
        assert shares == _sum(DirectEarning, "share_micros")
        papers = Invoice.objects.filter(customer=f"brand:{brand.pk}")
        noted = _sum(CreditedCampaign, "amount_micros")
        billed = _sum(InvoicedCampaign, "amount_micros")
        total = int(papers.aggregate(sum=Sum("gross_micros"))["sum"] or 0)
        assert total == billed - noted - given.micros
        assert not ledger.check_books()

    def settle(self) -> None:
        """After the last month is invoiced, less than a cent of each campaign is on no paper."""
        self.now += 40 * DAY
        actions.invoice_months(at=self.now)
        self.check()
        for campaign in self.campaigns:
            charged = _sum(Charge, "amount_micros", campaign=campaign)
            back = _sum(TrafficCredit, "amount_micros", campaign=campaign)
            billed = _sum(InvoicedCampaign, "amount_micros", campaign=campaign)
            noted = _sum(CreditedCampaign, "amount_micros", campaign=campaign)
            kept = _sum(TrafficCredit, "kept_micros", campaign=campaign)
            assert 0 <= charged - back - (billed - noted - kept) < CENT


def _sum(model: type, name: str, **only: object) -> int:
    rows = model.objects.filter(**only)  # type: ignore[attr-defined]  # of any table
    return int(rows.aggregate(sum=Sum(name))["sum"] or 0)


@pytest.mark.no_cover
@pytest.mark.django_db
def test_what_is_seen_is_charged_is_invoiced_less_what_is_credited() -> None:
    brand, member = make_advertiser()
    wanted = Wanted(budget=usd("20"), countries=("DE", "FR"))
    dearer = Wanted(cpm=usd("7.001"), budget=usd("20"), countries=("DE", "FR"))
    campaigns = [make_campaign(brand, member=member, wanted=one) for one in (wanted, dearer)]
    for campaign in campaigns:
        campaign.line_items.update(ends_at=NOON + 400 * DAY)
    act, operator = make_act("Ada"), make_operator()

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        with german_seller(), transaction.atomic():
            life = Life(campaigns, act, operator)
            for verb, number in [("show", 31), ("wait", 31), ("inside", 30), *steps]:
                life.take(verb, number)
            life.check()
            life.settle()
            transaction.set_rollback(True)

    live()
