"""Found after the close: the advertiser has the money at once, a correction takes it back."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from takings.ads import actions, queries
from takings.ads.models import BilledImpression, Campaign, Charge, TrafficCredit, TrafficPass
from takings.ads.rules.traffic import Flaw
from takings.invoicing.models import Invoice
from takings.ledger import queries as ledger
from takings.money import Money
from takings.settlement.actions import (
    CountViews,
    Draw,
    NothingToCorrect,
    PeriodIsBeingClosed,
    close_period,
    draw_on_pool,
    find_changes,
)
from takings.settlement.models import Period, PoolChange, PoolCut, Status
from takings.settlement.queries import uncorrected
from takings.settlement.rules import PoolKey
from tests.make.ads import Wanted, make_campaign, usd
from tests.make.corrections import LATER, corrected
from tests.make.insights import show_ads
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator
from tests.make.settlement import DECEMBER, Act, counted, counting, make_act
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db
POOL = "pool:feed_ads:DE:2026-11"


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign with 200 views of $0.00425 in Germany: $0.85."""
    found = make_campaign(wanted=Wanted(countries=("DE", "FR")))
    show_ads(found, {"DE": 200, "FR": 4})
    return found


def closed() -> tuple[Act, Act, CountViews]:
    """Close November: Ada has three views of four, Ben has one and uses music."""
    ada, ben = make_act("Ada"), make_act("Ben", tracks=(make_track(),))
    lake = counting(counted(ada, 3), counted(ben, 1))
    close_period(name="2026-11", at=DECEMBER, count=lake)
    return ada, ben, lake


def credit(campaign: Campaign, count: int, *, country: str = "DE") -> None:
    rows = BilledImpression.objects.filter(campaign=campaign, country=country, invalid=None)
    judged({row.pk: Flaw.NO_PERSON for row in rows.order_by("pk")[:count]})


def judged(found: dict[uuid.UUID, Flaw]) -> TrafficPass:
    return actions.credit_impressions(day=NOON.date(), found=found, at=LATER)


def balance(name: str) -> Money:
    return ledger.balance(name=name, currency="USD")


def test_the_platform_advances_it_and_a_correction_takes_it_from_every_share(
    campaign: Campaign,
) -> None:
    ada, ben, lake = closed()
    prepaid = queries.prepaid_account(campaign.brand_id)
    pending = [f"creator:{one.creator.pk}:pending" for one in (ada, ben)]
    spendable, revenue = balance(prepaid), balance("platform:revenue:ads")
    before = [balance(name) for name in pending]
    rights = balance("rights:north-records")
    credit(campaign, 100)
    row = TrafficCredit.objects.get()
    assert balance(prepaid) - spendable == row.given == usd("0.425")
    assert revenue - balance("platform:revenue:ads") == usd("0.425")
    assert str(PoolCut.objects.get()) == f"{POOL}: -425000 USD"
    assert uncorrected(period=Period.objects.get(name="2026-11")) == [usd("0.425")]
    assert [balance(name) for name in pending] == before
    assert not ledger.check_books()
    done = corrected(lake)
    changed = PoolChange.objects.get()
    assert (changed.before_micros, changed.after_micros) == (850_000, 425_000)
    # half for everybody: 45 % of three views of four, of all but the music
    assert [was - balance(name) for was, name in zip(before, pending, strict=True)] == [
        usd("0.125508"),
        usd("0.041836"),
    ]
    assert rights - balance("rights:north-records") == usd("0.053125")
    kept = balance("platform:revenue:ads") - revenue
    assert kept == -(usd("0.425") - usd("0.125508") - usd("0.041836") - usd("0.053125"))
    line = done.linechanges.get(creator=ada.creator)
    assert line.why == (
        "the pool is smaller: no person saw ads that were charged into it, and their advertisers "
        "got the money back"
    )
    assert uncorrected(period=done.period) == []
    with pytest.raises(NothingToCorrect):
        find_changes(name="2026-11", count=lake)
    assert not ledger.check_books()


def test_a_second_cut_builds_on_the_first_and_a_pool_may_be_cut_to_nothing(
    campaign: Campaign,
) -> None:
    ada, _, lake = closed()
    credit(campaign, 100)
    corrected(lake)
    show_ads(campaign, {"DE": 1}, at=NOON)  # late: another pass may look at the day again
    credit(campaign, 4, country="FR")
    show_ads(campaign, {"DE": 1}, at=NOON)
    credit(campaign, 102)  # two of them went into December's pool
    corrected(lake)
    assert balance(f"creator:{ada.creator.pk}:pending") == usd("0")
    assert PoolChange.objects.filter(pool=POOL).count() == 2
    assert PoolChange.objects.get(pool="pool:feed_ads:FR:2026-11").after_micros == 0
    assert not ledger.check_books()


def test_what_an_operator_gave_back_before_moves_nothing_and_is_still_taken_from_the_shares(
    campaign: Campaign,
) -> None:
    actions.invoice_months(at=LATER)
    invoice = Invoice.objects.get()
    actions.credit_invoice(
        operator=make_operator(),
        invoice=invoice,
        amount=invoice.gross,
        reason="All of it",
        id=uuid.uuid4(),
        at=LATER,
    )
    ada, _, lake = closed()
    prepaid = queries.prepaid_account(campaign.brand_id)
    spendable = balance(prepaid)
    credit(campaign, 200)
    row = TrafficCredit.objects.get()
    assert (row.amount, row.given) == (usd("0.85"), usd("0.007"))  # what was not invoiced
    assert balance(prepaid) - spendable == row.given
    corrected(lake)
    assert balance(f"creator:{ada.creator.pk}:pending") == usd("0")
    assert not ledger.check_books()


def test_the_desk_says_what_waits_for_a_correction(campaign: Campaign) -> None:
    closed()
    credit(campaign, 100)
    desk = Client()
    desk.force_login(make_operator())
    page = page_text(desk.get("/desk/periods/2026-11/corrections/"))
    assert "$0.425 of its pools went back to advertisers" in page


def test_as_many_other_views_are_judged_by_a_pass_of_their_own(campaign: Campaign) -> None:
    november, december = (
        DECEMBER.replace(day=1, hour=0),
        DECEMBER.replace(month=1, year=2027, day=1),
    )
    first = Period.objects.create(
        name="2026-11",
        starts_at=NOON.replace(day=1, hour=0),
        ends_at=november,
        policy_version="house@2026-01-01",
        status=Status.CLOSING,
    )
    early = BilledImpression.objects.filter(country="DE").earliest("pk")
    show_ads(campaign, {"FR": 1}, at=NOON + dt.timedelta(hours=1))
    late = BilledImpression.objects.latest("viewed_at")
    assert Charge.objects.get(pk=late.entry_id).period == "2026-12"
    found = {early.pk: Flaw.NO_PERSON, late.pk: Flaw.NO_PERSON}
    waiting = judged({early.pk: Flaw.NO_PERSON})
    first.status, first.closed_at = Status.CLOSED, DECEMBER
    first.save()
    Period.objects.create(
        name="2026-12",
        starts_at=november,
        ends_at=december,
        policy_version="house@2026-01-01",
        status=Status.CLOSING,
    )
    other = judged(found)
    assert (waiting.judged_count, other.judged_count, other == waiting) == (204, 204, False)
    row = TrafficCredit.objects.get()
    assert (row.country, row.made_by, row.impression_count) == ("DE", other, 1)
    assert judged(found) == other


def test_what_is_being_closed_waits_for_the_end_of_the_close(campaign: Campaign) -> None:
    Period.objects.create(
        name="2026-11",
        starts_at=NOON.replace(day=1, hour=0),
        ends_at=DECEMBER,
        policy_version="house@2026-01-01",
        status=Status.CLOSING,
    )
    before = balance(POOL)
    credit(campaign, 100)
    assert balance(POOL) == before
    assert not TrafficCredit.objects.exists()
    draw = Draw(uuid.uuid4(), usd("1"), "nothing was there")
    with pytest.raises(PeriodIsBeingClosed):
        draw_on_pool(key=PoolKey("2026-11", "DE", "USD"), draw=draw, at=LATER)
    assert not PoolCut.objects.exists()
