"""K servers, late and repeated beacons, workers in any order, processes that die: one budget."""

import datetime as dt
import os
import random
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest
from django.conf import settings
from django.db import connection

from takings.ads import actions, queries
from takings.ads.actions import key_ring
from takings.ads.edge import AdServer, Chosen
from takings.ads.models import BilledImpression, Campaign, Lease, LineItem
from takings.ads.rules.judging import Beacon
from takings.ads.rules.lines import Pricing
from takings.core import ids
from takings.ledger import queries as ledger
from takings.people.rules import Viewer
from tests.make.ads import (
    SECONDS,
    Wanted,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    usd,
)
from tests.make.people import NOON

ROOT = Path(__file__).parents[2]
SERVERS = 6
REQUESTS = 150
TICK = dt.timedelta(milliseconds=100)


def serve(number: int, *, seen: "SimpleQueue[Beacon]") -> int:
    """Decide for a stream of viewers; six of ten see their ad, up to twenty seconds later."""
    dice = random.Random(number)  # noqa: S311 - a story must be repeatable
    server = AdServer(name=f"server-{number}", keys=key_ring(), wake=lambda: None)
    decided = 0
    try:
        for step in range(REQUESTS):
            at = NOON + step * TICK
            if step % 10 == 0:
                server.refresh(at=at)
            viewer = Viewer(uuid.UUID(int=dice.getrandbits(128)), None, "DE", NOON)
            chosen = server.decide(viewer=viewer, after=None, at=at)
            if isinstance(chosen, Chosen):
                decided += 1
                for _ in range(dice.choices([0, 1, 2, 3], [40, 45, 10, 5])[0]):
                    seen.put(beacon_of(chosen, delay_ms=dice.randrange(2_000, 20_000)))
        if number % 2:  # the others die without a word
            server.close(at=NOON + REQUESTS * TICK)
    finally:
        connection.close()
    return decided


def beacon_of(chosen: Chosen, *, delay_ms: int) -> Beacon:
    received_at = chosen.decision.issued_at + dt.timedelta(milliseconds=delay_ms)
    event_id = ids.uuid7(at=received_at)
    return Beacon(event_id, chosen.token, chosen.decision.viewer_id, received_at)


def charge_in_any_order(beacons: list[Beacon], *, workers: int = 4) -> None:
    """Cut the beacons into overlapping segments and let workers charge them all at once."""
    dice = random.Random(7)  # noqa: S311 - a story must be repeatable
    dice.shuffle(beacons)
    segments = [beacons[start : start + 30] for start in range(0, len(beacons), 20)]
    named = [(f"segment-{number}", part) for number, part in enumerate(segments)] * 2
    dice.shuffle(named)

    def work(job: tuple[str, list[Beacon]]) -> None:
        try:
            actions.charge_beacons(segment=job[0], beacons=job[1], at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, named))


def check_conserved(campaign: Campaign) -> None:
    """Every micro-unit that was paid in is prepaid, reserved or in a pool, and nothing twice."""
    campaign.refresh_from_db()
    found = queries.balances(brand=campaign.brand, currency="USD")
    billed = sum(BilledImpression.objects.values_list("price_micros", flat=True))
    pools = sum(pool.balance.micros for pool in ledger.balances(prefix="pool:"))
    assert billed == pools == found.spent.micros
    assert found.deposited == found.prepaid + found.reserved + found.spent
    assert found.spent <= campaign.budget
    assert not ledger.check_books()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("budget", "deposit"), [("1", "100"), ("100", "1")], ids=["budget ends", "prepaid money ends"]
)
def test_peer_bug_20_parallel_servers_with_late_beacons_overrun_by_nothing(
    budget: str, deposit: str
) -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd(budget), deposit=usd(deposit)))
    seen: SimpleQueue[Beacon] = SimpleQueue()
    with ThreadPoolExecutor(SERVERS) as pool:
        decided = sum(pool.map(lambda number: serve(number, seen=seen), range(SERVERS)))
    assert decided * 4_250 <= 1_000_000
    assert decided > 200, "most of the money finds viewers"
    beacons = [seen.get() for _ in range(seen.qsize())]
    charge_in_any_order(beacons)
    distinct = {key_ring().read(beacon.token).decision_id for beacon in beacons}
    assert set(BilledImpression.objects.values_list("pk", flat=True)) == distinct
    check_conserved(campaign)
    actions.return_leases(at=NOON + dt.timedelta(hours=3))
    check_conserved(campaign)
    assert not queries.balances(brand=campaign.brand, currency="USD").reserved
    assert campaign.committed == usd("0.00425") * len(distinct)


@pytest.mark.django_db(transaction=True)
def test_clicks_that_find_their_leases_empty_overrun_no_budget_at_once() -> None:
    wanted = Wanted(pricing=Pricing.CPC, cpm=usd("0.4"), budget=usd("20"))
    campaign = make_campaign(wanted=wanted)
    leases = [make_lease(campaign) for _ in range(2)]
    clicks = [
        replace(make_beacon(make_decision(lease)), event="ad_click")
        for lease in leases
        for _ in range(30)
    ]
    charge_in_any_order(clicks)
    assert BilledImpression.objects.count() == 50
    check_conserved(campaign)
    assert campaign.committed == campaign.budget


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_servers_killed_in_the_middle_promised_nothing_that_was_not_there() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("0.6")))
    LineItem.objects.update(starts_at=NOON.replace(year=2020), ends_at=NOON.replace(year=2099))
    made = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{made['USER']}@/{made['NAME']}?host={made['HOST']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TAKINGS_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(ROOT),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.ads.deciding", f"server-{number}"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    tokens: list[str] = []
    for process in running:
        assert process.stdout is not None
        with process.stdout as lines:
            while len(tokens) < 400 and (line := lines.readline()).strip() != "no_budget":
                tokens.append(line.strip())
            process.kill()
        process.wait()
    decisions = [key_ring().read(token) for token in tokens if "." in token]
    assert 0 < len(decisions) * 4_250 <= 600_000
    received = max(decision.issued_at for decision in decisions) + 5 * SECONDS
    beacons = [
        Beacon(ids.uuid7(at=received), key_ring().sign(decision), decision.viewer_id, received)
        for decision in decisions
    ]
    charge_in_any_order(beacons)
    assert BilledImpression.objects.count() == len(decisions)
    check_conserved(campaign)
    actions.return_leases(at=received + dt.timedelta(hours=3))
    check_conserved(campaign)
    assert not any(lease.room_micros for lease in Lease.objects.all())
