"""What is paid for under each pricing: one kind of event, once per decision, exactly."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import replace

import pytest

from takings.ads import actions, queries
from takings.ads.actions import LeaseRequest, key_ring
from takings.ads.edge import Chosen
from takings.ads.models import BilledImpression, Charge, Lease, LineItem, RejectedImpression
from takings.ads.rules.changes import PriceIsFixed
from takings.ads.rules.judging import Beacon
from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import event_price, is_paid_for, promised_micros
from takings.ads.rules.terms import BadPrice
from takings.ads.rules.tokens import Decision
from takings.ads.rules.vast import Version, one_ad
from takings.core import ids
from takings.ledger import queries as ledger
from takings.money import Money
from tests.ads.test_serving import ask, make_server
from tests.ads.test_vast import make_filling
from tests.make.ads import (
    Wanted,
    change,
    make_decision,
    make_lease,
    make_line_item,
    make_served,
    usd,
)
from tests.make.people import NOON

SECONDS, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
LIFE = (  # what a player tells of an ad that is watched for 31 seconds and clicked
    ("ad_impression", 1, 200),
    ("ad_viewable", 3, 2_100),
    ("ad_skip", 32, 31_000),
    ("ad_click", 33, 31_000),
)


def make_priced(pricing: Pricing, price: str) -> LineItem:
    return make_line_item(Wanted(pricing=pricing, cpm=usd(price)))


def told(item: LineItem, *events: tuple[str, int, int]) -> list[Beacon]:
    """Decide once for a line item, and tell these events of it: type, after seconds, watched."""
    decision = make_decision(Lease.objects.filter(line_item=item).first() or make_lease(item))
    return [
        reported(decision, event, after=after, watched_ms=watched_ms)
        for event, after, watched_ms in events
    ]


def reported(decision: Decision, event: str, *, after: int = 5, watched_ms: int = 1) -> Beacon:
    return Beacon(
        event_id=ids.uuid7(at=NOON + after * SECONDS),
        token=key_ring().sign(decision),
        viewer_id=decision.viewer_id,
        received_at=NOON + after * SECONDS,
        event=event,
        watched_ms=watched_ms,
    )


def clicks(item: LineItem, count: int) -> list[Beacon]:
    return [one for _ in range(count) for one in told(item, ("ad_click", 5, 1))]


def charge(beacons: list[Beacon]) -> None:
    actions.charge_beacons(segment=str(uuid.uuid4()), beacons=beacons, at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pricing", "price", "micros", "word", "paid_after"),
    [
        (Pricing.CPM, "4.25", 4_250, "impressions", 1),
        (Pricing.VCPM, "4.25", 4_250, "viewable views", 3),
        (Pricing.CPV, "0.05", 50_000, "completed views", 32),
        (Pricing.CPC, "0.4", 400_000, "clicks", 33),
    ],
)
def test_a_whole_showing_is_charged_once_for_the_event_of_its_pricing(
    pricing: Pricing, price: str, *, micros: int, word: str, paid_after: int
) -> None:
    item = make_priced(pricing, price)
    beacons = told(item, *LIFE)
    charge(beacons)
    charge(beacons)
    [billed] = BilledImpression.objects.all()
    assert (billed.price_micros, billed.viewed_at) == (micros, NOON + paid_after * SECONDS)
    entry = ledger.entry(id=billed.entry_id)
    assert entry.memo == f"1 {word} of “{item.campaign.name}” in DE"
    assert ledger.balance(name="pool:feed_ads:DE:2026-11", currency="USD") == Money(micros, "USD")
    assert not RejectedImpression.objects.exists()
    assert not ledger.check_books()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "after", "watched_ms", "reason"),
    [
        ("ad_end", 16, 15_000, None),  # the whole of fifteen seconds
        ("ad_end", 2, 15_000, "too_early"),
        ("ad_click", 1, 500, None),
        ("ad_skip", 31, 30_000, None),
        ("ad_skip", 20, 30_000, "too_early"),
    ],
)
def test_a_view_is_completed_by_thirty_seconds_by_the_end_or_by_the_button(
    event: str, after: int, *, watched_ms: int, reason: str | None
) -> None:
    item = make_priced(Pricing.CPV, "0.05")
    creative = item.campaign.creatives.get()
    creative.video.duration_ms = 15_000
    creative.video.save()
    charge(told(item, (event, after, watched_ms)))
    assert list(RejectedImpression.objects.values_list("reason", flat=True)) == (
        [reason] if reason else []
    )
    assert BilledImpression.objects.count() == (reason is None)


@pytest.mark.django_db
def test_what_a_pricing_does_not_pay_for_is_neither_charged_nor_rejected() -> None:
    charge(told(make_priced(Pricing.CPV, "0.05"), ("ad_skip", 40, 29_999), ("ad_viewable", 3, 2)))
    charge(told(make_priced(Pricing.CPC, "0.05"), ("ad_end", 40, 60_000)))
    forged = Beacon(uuid.uuid4(), "x.y.z", uuid.uuid4(), NOON, event="ad_click")
    charge([forged])
    assert not Charge.objects.exists()
    assert not RejectedImpression.objects.exists()
    charge([replace(forged, event="ad_viewable")])
    assert RejectedImpression.objects.get().reason == "forged"


@pytest.mark.django_db
def test_a_second_click_on_one_decision_is_a_duplicate() -> None:
    item = make_priced(Pricing.CPC, "0.4")
    charge(told(item, ("ad_click", 5, 1), ("ad_click", 6, 1)))
    assert BilledImpression.objects.count() == 1
    assert RejectedImpression.objects.get().reason == "duplicate"


@pytest.mark.django_db
def test_rare_events_hold_their_part_and_never_more_is_charged_than_was_leased() -> None:
    item = make_priced(Pricing.CPC, "0.4")
    server = make_server()
    server.refresh(at=NOON)
    lease = Lease.objects.get()
    assert lease.amount_micros == 4_000_000  # ten clicks
    shown = sum(isinstance(ask(server), Chosen) for _ in range(2_000))
    assert shown == 4_000_000 // 2_400  # half a percent, and a fifth more
    server.close(at=NOON)
    charge(clicks(item, 52))
    assert BilledImpression.objects.count() == 49, "nine from the lease, forty from the budget"
    assert set(RejectedImpression.objects.values_list("reason", flat=True)) == {"over_budget"}
    lease.refresh_from_db()
    assert lease.room_micros == 398_400
    actions.return_leases(at=NOON + 3 * HOUR)
    charge(clicks(item, 2))
    item.refresh_from_db()
    assert (BilledImpression.objects.count(), item.committed) == (50, usd("20")), "all of it"
    assert RejectedImpression.objects.count() == 4
    assert not ledger.check_books()


@pytest.mark.django_db
def test_a_click_is_paid_by_an_older_lease_of_its_line_item_before_the_budget() -> None:
    item = make_priced(Pricing.CPC, "0.4")
    older = make_lease(item)
    newer = make_lease(item, at=NOON + SECONDS)
    decisions = [make_decision(newer, at=NOON + SECONDS) for _ in range(21)]
    charge([reported(one, "ad_click") for one in decisions])
    own = Lease.objects.get(server="budget")
    paid = Counter(BilledImpression.objects.values_list("lease", flat=True))
    assert paid == {newer.pk: 10, older.pk: 10, own.pk: 1}
    assert own.pk in {one.decision_id for one in decisions}
    entry = ledger.entry(id=ids.derived("budget_leased", own.pk))
    assert (entry.kind, entry.transfers[0].amount) == ("budget_leased", usd("0.4"))
    assert not ledger.check_books()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deposit", "budget", "daily", "paid"),
    [("9.2", "20", None, 23), ("100", "9.2", None, 23), ("100", "20", "4.6", 22)],
    ids=["prepaid money", "the campaign", "a day"],
)
def test_clicks_of_two_line_items_together_take_no_more_than_there_is(
    deposit: str, budget: str, *, daily: str | None, paid: int
) -> None:
    wanted = Wanted(pricing=Pricing.CPC, cpm=usd("0.4"), deposit=usd(deposit), budget=usd(budget))
    first = change(make_line_item(wanted), daily=usd(daily) if daily else None)
    draft = actions.LineItemDraft(uuid.uuid4(), queries.terms_of(item=first))
    member = first.campaign.brand.members.get()
    campaign_id = first.campaign_id
    second = actions.add_line_item(campaign_id=campaign_id, draft=draft, user=member, at=NOON)
    charge(clicks(first, 15) + clicks(second, 15))
    assert (BilledImpression.objects.count(), RejectedImpression.objects.count()) == (
        paid,
        30 - paid,
    )
    assert not ledger.check_books()


@pytest.mark.django_db
def test_a_lease_that_was_charged_more_than_it_promised_gives_back_what_is_left() -> None:
    item = make_priced(Pricing.CPC, "0.4")
    lease = make_lease(item)
    charge(clicks(item, 3))
    for _ in range(2):
        actions.retire_lease(lease_id=lease.pk, promised=usd("0.0072"), at=NOON)
    lease.refresh_from_db()
    item.refresh_from_db()
    assert (lease.room_micros, lease.closed_at, item.committed) == (0, NOON, usd("1.2"))
    assert not ledger.check_books()


@pytest.mark.django_db
def test_rates_are_learned_from_what_has_the_same_pricing() -> None:
    viewed, clicked = make_priced(Pricing.VCPM, "4"), make_priced(Pricing.CPC, "0.4")
    request = LeaseRequest(uuid.uuid4(), "server", used_before=500)
    actions.lease_budget(line_item_id=viewed.pk, request=request, at=NOON)
    charge([one for _ in range(100) for one in told(viewed, ("ad_viewable", 3, 2_000))])
    make_served(viewed, 100)
    items = queries.line_items(queries.running_line_items(at=NOON), at=NOON)
    rates = queries.rates(items, at=NOON)
    chance = {item.id: rates.chance_ppm(item, creative_id=item.creative_ids[0]) for item in items}
    assert chance[viewed.pk] > 600_000
    assert chance[clicked.pk] == 5_000


@pytest.mark.django_db
def test_pricing_is_fixed_once_it_ran() -> None:
    item = make_priced(Pricing.CPC, "0.4")
    assert change(item, pricing=Pricing.CPV).event_price == usd("0.4")
    assert str(item.changes.get(field="price")) == (
        "price: $0.40 for one click → $0.40 for one completed view"
    )
    make_lease(item)
    with pytest.raises(PriceIsFixed):
        change(item, pricing=Pricing.CPC)
    with pytest.raises(BadPrice):
        change(make_line_item(), price=usd("0.0001"))
    item.refresh_from_db()
    assert item.pricing == Pricing.CPV


def test_prices_of_thousands_and_of_one_are_exact() -> None:
    assert event_price(usd("4.25"), pricing=Pricing.CPM) == Money(4_250, "USD")
    assert event_price(usd("0.000001"), pricing=Pricing.CPC) == Money(1, "USD")
    assert promised_micros(50_000, chance_ppm=300_000, pricing=Pricing.CPV) == 50_000
    assert promised_micros(400_000, chance_ppm=900_000, pricing=Pricing.CPC) == 400_000
    assert not is_paid_for("ad_mute", watched_ms=0, pricing=Pricing.CPV)


@pytest.mark.parametrize(
    ("pricing", "told_as"),
    [
        (Pricing.VCPM, b'<Pricing model="cpm" currency="USD">4.25</Pricing>'),
        (Pricing.CPM, b'<Pricing model="cpm" currency="USD">4.25</Pricing>'),
        (Pricing.CPV, b'<Pricing model="cpv" currency="USD">0.00425</Pricing>'),
        (Pricing.CPC, b'<Pricing model="cpc" currency="USD">0.00425</Pricing>'),
    ],
)
def test_other_players_read_the_pricing_in_their_own_words(
    pricing: Pricing, told_as: bytes
) -> None:
    document = one_ad(replace(make_filling(), pricing=pricing), version=Version.FOUR)
    assert told_as in document
