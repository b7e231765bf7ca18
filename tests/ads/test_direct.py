"""Ads inside one video pay that video's creator: at once, with a share, and back if nobody saw."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from takings.ads import actions, queries
from takings.ads.models import BilledImpression, Campaign, Charge, TrafficCredit
from takings.ads.rules.direct import Host, Pooled, why_pooled
from takings.ads.rules.judging import Beacon
from takings.ads.rules.tokens import NO_VIDEO, Decision, Placement
from takings.ads.rules.traffic import Flaw
from takings.ledger import queries as ledger
from takings.money import Money, Rate
from takings.people.models import Membership
from takings.policies.queries import policy
from takings.policies.rules import Policy
from takings.settlement.models import DirectEarning
from takings.settlement.rules import direct_share
from tests.make.ads import Wanted, make_beacon, make_campaign, make_decision, make_lease, usd
from tests.make.insights import show_ads
from tests.make.settlement import Act, make_act

AT = dt.datetime(2026, 12, 2, 12, tzinfo=dt.UTC)
POOL = "pool:feed_ads:DE:2026-12"
REVENUE = "platform:revenue:ads"
ADA, NORTHWIND, STRANGER = uuid.UUID(int=1), 5, uuid.UUID(int=2)
NOVEMBER, DECEMBER = policy("house@2026-01-01"), policy("house@2026-12-01")
HOST = Host(7, AT.date(), {ADA}, {NORTHWIND})


def balance(name: str) -> Money:
    return ledger.balance(name=name, currency="USD")


def pending(act: Act) -> Money:
    return balance(f"creator:{act.creator.pk}:pending")


def sound() -> bool:
    return not ledger.check_books()


@pytest.fixture
def campaign() -> Campaign:
    found = make_campaign(wanted=Wanted(countries=("DE", "FR")))
    found.line_items.update(ends_at=AT + dt.timedelta(days=400))
    return found


ALSO_OWN_VIEWS = replace(DECEMBER, view=replace(DECEMBER.view, counts_own_views=True))
TOMORROW = AT.date() + dt.timedelta(days=1)
DECISION = Decision(*(NO_VIDEO,) * 5, STRANGER, Money(4_250, "USD"), "DE", Placement.MID)
BY_ADA = replace(DECISION, viewer_id=ADA)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ((DECISION, HOST, 6, DECEMBER), None),
        ((DECISION, HOST, 6, NOVEMBER), Pooled.NO_SHARE),
        ((DECISION, None, 6, DECEMBER), Pooled.NO_POST),
        ((DECISION, replace(HOST, shares_from=None), 6, DECEMBER), Pooled.NOT_SHARING),
        ((DECISION, replace(HOST, shares_from=TOMORROW), 6, DECEMBER), Pooled.NOT_SHARING),
        ((BY_ADA, HOST, 6, DECEMBER), Pooled.OWN_VIEW),
        ((BY_ADA, HOST, 6, ALSO_OWN_VIEWS), None),
        ((DECISION, HOST, NORTHWIND, DECEMBER), Pooled.OWN_AD),
    ],
)
def test_an_ad_inside_a_video_pays_its_creator_unless_the_rules_say_why_not(
    case: tuple[Decision, Host | None, int, Policy], why: Pooled | None
) -> None:
    decision, host, brand_id, rules = case
    found = why_pooled(decision, host=host, brand_id=brand_id, day=AT.date(), policy=rules)
    assert found == why
    assert why is None or why.sentence.endswith(".")


@pytest.mark.parametrize(
    ("price", "share"), [(4_250, 2_338), (1, 1), (2, 1), (100, 55), (10**12, 550_000_000_000)]
)
def test_the_share_is_rounded_to_the_nearest_and_half_goes_to_the_creator(
    price: int, share: int
) -> None:
    rate = Rate.of_bp(5_500)
    assert direct_share(Money(price, "USD"), rate=rate).micros == share
    assert direct_share(Money(price, "USD"), rate=Rate.of_bp(0)).micros == 0


@pytest.mark.django_db
def test_one_ad_of_a_425_cpm_inside_a_video_pays_its_creator_2338_micro_dollars(
    campaign: Campaign,
) -> None:
    ada = make_act("Ada")
    show_ads(campaign, {"DE": 1}, at=AT, inside=ada.video_id, placement=Placement.PRE)
    assert (pending(ada), balance(REVENUE)) == (Money(2_338, "USD"), Money(1_912, "USD"))
    assert balance(POOL) == usd("0")
    seen, charge = BilledImpression.objects.get(), Charge.objects.get()
    assert (seen.placement, seen.share_micros, seen.pooled_why) == (Placement.PRE, 2_338, "")
    assert (charge.creator_id, charge.video_id) == (ada.creator.pk, ada.video_id)
    assert (charge.placement, charge.amount_micros, charge.share_micros) == (2, 4_250, 2_338)
    entry = ledger.entry(id=charge.entry_id)
    assert (entry.kind, entry.policy_version) == ("ad_charged", "house@2026-12-01")
    assert entry.memo == f"1 viewable views of “{campaign.name}” in DE inside a video"
    earned = DirectEarning.objects.get()
    assert str(earned) == f"{ada.video_id} 2026-12-02 DE: 2338 USD"
    assert (earned.share, earned.count) == (Money(2_338, "USD"), 1)
    assert earned.key.account == "pool:watch_ads:DE:2026-12"
    spent = queries.balances(brand=campaign.brand, currency="USD").spent
    assert spent == Money(4_250, "USD")  # where it goes is nothing to the advertiser
    assert sound()


@pytest.mark.django_db
def test_a_segment_is_one_entry_per_place_in_a_video_and_keeps_its_days_apart(
    campaign: Campaign,
) -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    midnight = dt.datetime(2026, 12, 3, tzinfo=dt.UTC)
    lease = make_lease(campaign, used_before=9, at=midnight - dt.timedelta(minutes=1))

    def shown(act: Act, placement: Placement, seconds: int) -> Beacon:
        at = midnight + dt.timedelta(seconds=seconds)
        decision = make_decision(lease, at=at)
        return make_beacon(replace(decision, after_video_id=act.video_id, placement=placement))

    beacons = [
        shown(ada, Placement.MID, -30),
        shown(ada, Placement.MID, 30),
        shown(ada, Placement.POST, 40),
        shown(ben, Placement.MID, 40),
        shown(ben, Placement.FEED, 50),
    ]
    actions.charge_beacons(segment="one", beacons=beacons, at=AT)
    actions.charge_beacons(segment="one", beacons=beacons, at=AT)
    found = Charge.objects.values_list("creator_id", "placement", "impression_count")
    assert sorted(found, key=str) == sorted(
        [
            (ada.creator.pk, Placement.MID, 2),
            (ada.creator.pk, Placement.POST, 1),
            (ben.creator.pk, Placement.MID, 1),
            (None, None, 1),
        ],
        key=str,
    )
    days = DirectEarning.objects.filter(creator=ada.creator).values_list("day", "count")
    assert sorted(days) == [(AT.date(), 1), (midnight.date(), 1), (midnight.date(), 1)]
    assert (pending(ada).micros, pending(ben).micros) == (3 * 2_338, 2_338)
    assert sound()


@pytest.mark.django_db
def test_what_pays_nobody_directly_fills_the_pool_and_says_why(campaign: Campaign) -> None:
    ada, cleo, brand_of = make_act("Ada"), make_act("Cleo", shares=False), make_act("Ben")
    Membership.objects.create(brand=campaign.brand, user=brand_of.creator.user)
    creative = campaign.creatives.get().video_id
    for inside in (cleo.video_id, brand_of.video_id, creative, NO_VIDEO):
        show_ads(campaign, {"DE": 1}, at=AT, inside=inside)
    lease = make_lease(campaign, at=AT)
    own = make_decision(lease, viewer_id=ada.creator.user.viewer_id, at=AT)
    own = replace(own, after_video_id=ada.video_id, placement=Placement.PRE)
    actions.charge_beacons(segment="own", beacons=[make_beacon(own)], at=AT)
    found = BilledImpression.objects.order_by("pooled_why").values_list("pooled_why", flat=True)
    assert list(found) == ["no_post", "no_post", "not_sharing", "own_ad", "own_view"]
    assert balance(POOL) == Money(5 * 4_250, "USD")
    assert not DirectEarning.objects.exists()
    assert sound()


@pytest.mark.django_db
def test_the_database_refuses_a_charge_of_a_pool_and_of_a_creator(campaign: Campaign) -> None:
    ada = make_act("Ada")
    show_ads(campaign, {"DE": 1}, at=AT)
    charge = Charge.objects.get()
    charge.pk, charge.creator = uuid.uuid4(), ada.creator
    with pytest.raises(IntegrityError, match="pool_or_of_a_creator"), transaction.atomic():
        charge.save(force_insert=True)


def credit(campaign: Campaign, count: int) -> TrafficCredit:
    rows = BilledImpression.objects.filter(campaign=campaign, invalid=None).order_by("pk")
    found = dict.fromkeys(rows.values_list("pk", flat=True)[:count], Flaw.NO_PERSON)
    actions.credit_impressions(day=AT.date(), found=found, at=AT + dt.timedelta(days=1))
    return TrafficCredit.objects.latest("credited_at", "made_by_id")


@pytest.mark.django_db
def test_what_no_person_saw_is_taken_back_from_both_in_the_ratio_paid(campaign: Campaign) -> None:
    ada = make_act("Ada")
    prepaid = queries.prepaid_account(campaign.brand_id)
    show_ads(campaign, {"DE": 3}, at=AT, inside=ada.video_id)
    before, spendable = balance(REVENUE), balance(prepaid)
    row = credit(campaign, 2)
    assert (row.creator_id, row.video_id, row.share) == (
        *(ada.creator.pk, ada.video_id, Money(4_676, "USD")),
    )
    assert balance(prepaid) - spendable == row.given == Money(8_500, "USD")
    assert pending(ada) == Money(2_338, "USD")
    assert before - balance(REVENUE) == Money(3_824, "USD")
    assert "in DE inside a video on 2026-12-02 were no person's" in (
        ledger.entry(id=row.entry_id).memo
    )
    show_ads(campaign, {"DE": 1}, at=AT, inside=ada.video_id)
    credit(campaign, 2)  # all of it: as if nothing had been shown
    assert pending(ada) == balance(REVENUE) == usd("0")
    assert sum(DirectEarning.objects.values_list("count", flat=True)) == 0
    assert sound()
