"""Charging: every viewable view is billed exactly once, or rejected with a reason."""

import datetime as dt
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from takings.ads import actions, queries
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    ChargedSegment,
    Lease,
    RejectedImpression,
)
from takings.ads.rules.judging import Beacon, Reason
from takings.events.rules.clients import day_viewer
from takings.ledger import queries as ledger
from takings.money import Money
from tests.make.ads import (
    SECONDS,
    Wanted,
    make_advertiser,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    usd,
)
from tests.make.people import NOON

LATER = NOON + dt.timedelta(minutes=2)
POOL = "pool:feed_ads:DE:2026-11"


def charge(*beacons: Beacon, segment: str = "segment-1") -> ChargedSegment:
    return actions.charge_beacons(segment=segment, beacons=beacons, at=LATER)


def pool_money(name: str = POOL) -> Money:
    return ledger.balance(name=name, currency="USD")


def reasons() -> Counter[str]:
    return Counter(RejectedImpression.objects.values_list("reason", flat=True))


def conserved(campaign: Campaign) -> bool:
    """Tell whether the advertiser's, the leases' and the pools' books agree to the micro-unit."""
    found = queries.balances(brand=campaign.brand, currency="USD")
    billed = sum(BilledImpression.objects.values_list("price_micros", flat=True))
    charged = sum(Charge.objects.values_list("amount_micros", flat=True))
    pools = sum(pool.balance.micros for pool in ledger.balances(prefix="pool:"))
    rooms = sum(lease.room_micros for lease in Lease.objects.all())
    return (
        billed == charged == pools == found.spent.micros
        and rooms == found.reserved.micros
        and found.deposited == found.prepaid + found.reserved + found.spent
        and not ledger.check_books()
    )


@pytest.mark.django_db
def test_one_seen_ad_of_a_425_cpm_costs_4250_micro_dollars() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    beacon = make_beacon(make_decision(lease))
    mark = charge(beacon)
    assert (mark.billed_count, mark.rejected_count, str(mark)) == (1, 0, "segment-1")
    assert pool_money() == Money(4_250, "USD")
    billed = BilledImpression.objects.get()
    entry = ledger.entry(id=billed.entry_id)
    assert entry.kind == "ad_charged"
    assert entry.reference == f"campaign:{campaign.pk}"
    assert entry.policy_version == "house@2026-01-01"
    assert entry.memo == f"1 viewable views of “{campaign.name}” in DE"
    [move] = entry.transfers
    assert (move.debit, move.credit) == (queries.reserved_account(campaign.brand_id), POOL)
    assert (billed.event_id, billed.viewed_at) == (beacon.event_id, beacon.received_at)
    assert conserved(campaign)


@pytest.mark.django_db
def test_a_segment_is_one_entry_per_campaign_and_pool_with_count_and_sum() -> None:
    first = make_campaign(wanted=Wanted(countries=()))
    second = make_campaign(wanted=Wanted(cpm=usd("10"), countries=()))
    leases = [make_lease(first), make_lease(second)]
    beacons = [
        make_beacon(make_decision(lease, country=country))
        for lease in leases
        for country in ("DE", "DE", "DE", "FR")
    ]
    charge(*beacons)
    assert {str(one) for one in Charge.objects.filter(country="FR")} == {
        f"1 × {first.pk}: 4250",
        f"1 × {second.pk}: 10000",
    }
    found = Charge.objects.values_list(
        "campaign_id", "country", "period", "impression_count", "amount_micros"
    )
    assert sorted(found) == sorted(
        [
            (first.pk, "DE", "2026-11", 3, 12_750),
            (first.pk, "FR", "2026-11", 1, 4_250),
            (second.pk, "DE", "2026-11", 3, 30_000),
            (second.pk, "FR", "2026-11", 1, 10_000),
        ]
    )
    assert pool_money() == usd("0.04275")
    assert pool_money("pool:feed_ads:FR:2026-11") == usd("0.01425")
    assert all(len(ledger.entry(id=one.entry_id).transfers) == 1 for one in Charge.objects.all())


@pytest.mark.django_db
def test_a_segment_over_midnight_of_the_month_fills_two_pools() -> None:
    campaign = make_campaign()
    eve = dt.datetime(2026, 11, 30, 23, 59, 50, tzinfo=dt.UTC)
    lease = make_lease(campaign, at=eve)
    before = make_beacon(make_decision(lease, at=eve), after=3 * SECONDS)
    after = make_beacon(make_decision(lease, at=eve), after=12 * SECONDS)
    charge(after, before)
    assert pool_money() == pool_money("pool:feed_ads:DE:2026-12") == usd("0.00425")


@pytest.mark.django_db
def test_charging_a_segment_again_changes_nothing() -> None:
    campaign = make_campaign()
    beacons = [make_beacon(make_decision(make_lease(campaign))) for _ in range(2)]
    first = charge(*beacons)
    again = charge(*beacons, make_beacon(make_decision(make_lease(campaign))))
    assert again == first
    assert (again.billed_count, pool_money()) == (2, usd("0.0085"))
    assert conserved(campaign)


@pytest.mark.django_db
def test_a_beacon_sent_again_is_the_same_beacon_and_not_counted() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    seen = make_beacon(make_decision(lease))
    early = make_beacon(make_decision(lease), after=SECONDS)
    charge(seen, seen, early)
    mark = charge(seen, early, seen, segment="segment-2")
    assert (mark.billed_count, mark.rejected_count) == (0, 0)
    assert pool_money() == usd("0.00425")
    assert reasons() == {Reason.TOO_EARLY: 1}


@pytest.mark.django_db
def test_peer_bug_24_duplicate_own_robot_early_and_late_views_cost_nothing_and_say_why() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    lease = make_lease(campaign)
    decision = make_decision(lease)
    robot = make_beacon(make_decision(lease))
    nobody = day_viewer(viewer_id=member.viewer_id, day=NOON.date(), key=settings.SECRET_KEY)
    charge(
        make_beacon(make_decision(lease, viewer_id=nobody)),
        make_beacon(decision),
        make_beacon(decision, after=9 * SECONDS),
        make_beacon(make_decision(lease), after=1_999 * SECONDS / 1000),
        make_beacon(make_decision(lease), after=1_801 * SECONDS),
        make_beacon(make_decision(lease), viewer_id=uuid.uuid4()),
        make_beacon(make_decision(lease, viewer_id=member.viewer_id)),
        Beacon(robot.event_id, robot.token, robot.viewer_id, robot.received_at, is_robot=True),
        Beacon(uuid.uuid4(), robot.token[:-3] + "AAA", robot.viewer_id, robot.received_at),
        Beacon(uuid.uuid4(), "", robot.viewer_id, robot.received_at),
    )
    assert reasons() == {
        Reason.DUPLICATE: 1,
        Reason.TOO_EARLY: 1,
        Reason.EXPIRED: 1,
        Reason.OTHER_VIEWER: 1,
        Reason.OWN_BRAND: 2,
        Reason.ROBOT: 1,
        Reason.FORGED: 2,
    }
    assert pool_money() == usd("0.00425")
    assert conserved(campaign)
    assert all(Reason(row.reason).sentence for row in RejectedImpression.objects.all())
    forged = RejectedImpression.objects.filter(reason=Reason.FORGED).first()
    assert forged is not None
    assert (forged.campaign, forged.decision_id, forged.country) == (None, None, "ZZ")
    assert str(forged) == f"{forged.event_id}: forged"


@pytest.mark.django_db
def test_the_edges_of_time_count() -> None:
    lease = make_lease(make_campaign())
    at_two_seconds = make_beacon(make_decision(lease), after=2 * SECONDS)
    at_half_an_hour = make_beacon(make_decision(lease), after=1_800 * SECONDS)
    assert charge(at_half_an_hour, at_two_seconds).billed_count == 2


@pytest.mark.django_db
def test_a_duplicate_in_a_later_segment_is_rejected_too() -> None:
    decision = make_decision(make_lease(make_campaign()))
    charge(make_beacon(decision))
    mark = charge(make_beacon(decision, after=8 * SECONDS), segment="segment-2")
    assert (mark.billed_count, mark.rejected_count) == (0, 1)
    assert reasons() == {Reason.DUPLICATE: 1}


@pytest.mark.django_db
def test_of_reordered_beacons_the_first_seen_is_billed() -> None:
    decision = make_decision(make_lease(make_campaign()))
    early, late = make_beacon(decision), make_beacon(decision, after=9 * SECONDS)
    charge(late, early)
    assert BilledImpression.objects.get().event_id == early.event_id
    assert str(BilledImpression.objects.get()) == f"{decision.decision_id}: 4250"


@pytest.mark.django_db
def test_a_token_that_names_no_lease_of_its_campaign_is_not_billed() -> None:
    first, second = make_campaign(), make_campaign()
    lease = make_lease(first)
    lost = make_decision(lease)
    Lease.objects.all().delete()
    other = make_decision(make_lease(second))
    lease.pk, lease.campaign = other.lease_id, first
    mixed = make_decision(lease)
    charge(make_beacon(lost), make_beacon(mixed))
    assert reasons() == {Reason.UNKNOWN_LEASE: 2}
    assert not pool_money()


@pytest.mark.django_db
def test_a_beacon_after_its_lease_was_given_back_is_not_billed() -> None:
    campaign = make_campaign()
    decision = make_decision(make_lease(campaign))
    actions.return_leases(at=NOON + dt.timedelta(hours=2))
    charge(make_beacon(decision))
    assert reasons() == {Reason.OVER_BUDGET: 1}
    assert conserved(campaign)


@pytest.mark.django_db
def test_more_decisions_than_a_lease_holds_are_not_billed() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    charge(*(make_beacon(make_decision(lease)) for _ in range(12)))
    assert BilledImpression.objects.count() == 10
    assert reasons() == {Reason.OVER_BUDGET: 2}
    assert conserved(campaign)


@pytest.mark.django_db
def test_a_segment_without_ads_is_marked_and_costs_nothing() -> None:
    mark = charge()
    assert (mark.billed_count, mark.rejected_count) == (0, 0)
    assert not Charge.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_segment_charge_it_once() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    beacons = [make_beacon(make_decision(lease)) for _ in range(5)]

    def work(_number: int) -> int:
        try:
            return charge(*beacons).billed_count
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [5] * 4
    assert pool_money() == usd("0.02125")
    assert conserved(campaign)


@pytest.mark.django_db(transaction=True)
def test_one_decision_in_many_segments_at_once_is_billed_once() -> None:
    campaign = make_campaign()
    decisions = [make_decision(make_lease(campaign)) for _ in range(4)]

    def work(number: int) -> None:
        try:
            charge(*(make_beacon(one) for one in decisions), segment=f"segment-{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert pool_money() == usd("0.017")
    assert reasons() == {Reason.DUPLICATE: 28}
    assert conserved(campaign)


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_the_entries_and_the_commit_leaves_nothing_and_is_made_good() -> None:
    campaign = make_campaign()
    beacons = [make_beacon(make_decision(make_lease(campaign))) for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone() or (0,)

    def die(_nothing: None) -> None:
        with transaction.atomic():
            charge(*beacons)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (own,) = cursor.fetchone() or (0,)
                assert own != mine
                cursor.execute("SELECT pg_terminate_backend(%s)", [own])

    with ThreadPoolExecutor(1) as pool, pytest.raises(OperationalError):
        list(pool.map(die, [None]))
    assert not pool_money()
    assert not ChargedSegment.objects.exists()
    assert not BilledImpression.objects.exists()
    assert conserved(campaign)
    assert charge(*beacons).billed_count == 3
    assert pool_money() == usd("0.01275")
    assert conserved(campaign)
