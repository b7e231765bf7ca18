"""From the lake to the books: a shipped segment is charged, and the books prove it."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from takings.ads import actions, jobs
from takings.ads.models import BilledImpression, Campaign, Charge, ChargedSegment, Lease, LineItem
from takings.ads.rules.judging import Beacon
from takings.core import clock, ids
from takings.events.actions.announcing import announce_segments
from takings.events.jobs import after_shipping
from takings.events.models import Segment
from takings.events.rules.rows import EventRow
from takings.ledger import queries as ledger
from tests.make.ads import SECONDS, make_beacon, make_campaign, make_decision, make_lease, usd
from tests.make.events import make_segment, own_lake
from tests.make.people import NOON


@pytest.fixture
def lake(tmp_path: Path, db: None) -> Iterator[Path]:  # noqa: ARG001 - the lake's catalog is in it
    with own_lake(tmp_path) as folder:
        yield folder


def event(beacon: Beacon, *, kind: str = "ad_viewable", ua_class: str = "browser") -> EventRow:
    return EventRow(
        id=beacon.event_id,
        type=kind,
        view_id=ids.uuid7(at=beacon.received_at - 3 * SECONDS),
        video_id=ids.uuid7(at=NOON),
        viewer_id=beacon.viewer_id,
        received_at=beacon.received_at,
        watched_ms=2_000,
        country="DE",
        ua_class=ua_class,
        ad=beacon.token,
    )


@pytest.mark.usefixtures("lake")
def test_a_shipped_segment_is_charged_once_by_its_job() -> None:
    lease = make_lease(make_campaign())
    beacons = [make_beacon(make_decision(lease)) for _ in range(4)]
    rows = [event(beacons[0]), event(beacons[0]), event(beacons[1])]
    rows += [event(beacons[2], ua_class="bot"), event(beacons[3], kind="ad_impression")]
    segment = make_segment(rows).name
    for _ in range(2):
        jobs.charge_segment(segment=segment)
    mark = ChargedSegment.objects.get()
    assert (mark.name, mark.billed_count, mark.rejected_count) == (segment, 2, 1)
    assert ledger.balance(name="pool:feed_ads:DE:2026-11", currency="USD") == usd("0.0085")
    assert not ledger.check_books()


@pytest.mark.usefixtures("lake")
def test_announcing_a_segment_orders_its_charging() -> None:
    assert after_shipping.count(jobs.order_charging) == 1
    segment = make_segment([event(make_beacon(make_decision(make_lease(make_campaign()))))])
    Segment.objects.filter(pk=segment.name).update(announced_at=None)
    announce_segments(at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, args FROM procrastinate_jobs WHERE task_name = 'ads.charge_segment'"
        )
        [(queue, args)] = cursor.fetchall()
    assert queue == "ads"
    app.tasks["ads.charge_segment"](**json.loads(args))
    assert BilledImpression.objects.count() == 1


@pytest.mark.django_db
def test_the_clock_returns_leases_of_the_dead() -> None:
    campaign = make_campaign()
    make_lease(campaign)
    jobs.return_leases()
    long_ago = Lease.objects.get()
    assert (long_ago.closed_at is None) == (clock.now() < NOON + dt.timedelta(hours=2))


@pytest.mark.django_db
def test_the_books_name_money_that_is_reserved_but_not_leased() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    beacon = make_beacon(make_decision(lease))
    actions.charge_beacons(segment="one", beacons=[beacon], at=NOON)
    assert not ledger.check_books()
    entry_id = Charge.objects.get().entry_id
    Charge.objects.update(impression_count=2)
    found = [(finding.row, finding.invariant) for finding in ledger.check_books()]
    assert found == [(f"entry:{entry_id}", "every ad charge equals the impressions it bills")]
    Charge.objects.all().delete()
    [finding] = ledger.check_books()
    assert finding.sentence == "impressions name an entry that is no charge"


@pytest.mark.django_db
def test_the_books_name_a_lease_that_is_not_reserved() -> None:
    campaign = make_campaign()
    make_lease(campaign)
    Lease.objects.update(returned_micros=4_250)
    rows = sorted(finding.row for finding in ledger.check_books())
    reserved = f"account:advertiser:{campaign.brand_id}:reserved"
    assert rows == [reserved, f"campaign:{campaign.pk}", f"line_item:{campaign.pk}"]
    Lease.objects.all().delete()
    Campaign.objects.update(committed_micros=0)
    LineItem.objects.update(committed_micros=0)
    assert [finding.row for finding in ledger.check_books()] == [reserved]
