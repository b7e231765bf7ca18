"""Leases of all line items at once: one transaction, each answered for itself, in one order."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from takings.ads import actions
from takings.ads.actions import LeaseRequest, NothingLeft, NotRunning, key_ring
from takings.ads.edge import AdServer, Chosen
from takings.ads.models import Campaign, Lease
from takings.core import ids
from takings.ledger.queries import check_books
from takings.people.rules import Viewer
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_lease, usd
from tests.make.people import NOON

SECOND = dt.timedelta(seconds=1)
MINUTE = 60 * SECOND


def requests_for(campaigns: list[Campaign]) -> dict[uuid.UUID, LeaseRequest]:
    return {one.pk: LeaseRequest(ids.uuid7(at=NOON), "server-1") for one in campaigns}


def make_server(name: str) -> AdServer:
    return AdServer(name=name, keys=key_ring(), wake=lambda: None)


def decide(server: AdServer, *, at: dt.datetime = NOON) -> bool:
    viewer = Viewer(uuid.uuid4(), None, "DE", NOON)
    return isinstance(server.decide(viewer=viewer, after=None, at=at), Chosen)


@pytest.mark.django_db
def test_many_line_items_cost_as_many_questions_as_few() -> None:
    campaigns = [make_campaign() for _ in range(7)]

    def questions(some: list[Campaign]) -> tuple[int, int]:
        asked = requests_for(some)
        with CaptureQueriesContext(connection) as leasing:
            leases = actions.lease_budgets(requests=asked, at=NOON)
        given = {one.pk: usd("0.0085") for one in leases.values() if isinstance(one, Lease)}
        assert len(given) == len(some)
        with CaptureQueriesContext(connection) as settling:
            actions.settle_leases(idle=(), finished=given, at=NOON)
        return len(leasing), len(settling)

    assert questions(campaigns[:2]) == questions(campaigns[2:])
    assert check_books() == []


@pytest.mark.django_db
def test_one_that_is_refused_holds_nobody_back() -> None:
    brand, member = make_advertiser()
    first = make_campaign(brand, member=member, wanted=Wanted(deposit=usd("0.06")))
    second, third = (
        make_campaign(brand, member=member, wanted=Wanted(deposit=None)) for _ in range(2)
    )
    other, paused = make_campaign(), make_campaign()
    actions.pause_campaign(campaign_id=paused.pk, user=member, at=NOON)
    asked = requests_for([paused, first, second, third, other])
    found = actions.lease_budgets(requests=asked, at=NOON)
    assert {one: getattr(lease, "amount_micros", type(lease)) for one, lease in found.items()} == {
        paused.pk: NotRunning,
        first.pk: 42_500,
        second.pk: 17_000,  # what the first left pays for four views
        third.pk: NothingLeft,
        other.pk: 42_500,
    }
    del asked[paused.pk], asked[third.pk]
    again = actions.lease_budgets(requests=asked, at=NOON + MINUTE)
    assert again == {one: found[one] for one in asked}
    assert Lease.objects.count() == 3
    assert check_books() == []


@pytest.mark.django_db
def test_idle_leases_are_renewed_or_taken_back_with_the_finished_ones() -> None:
    running, paused, spent = (make_lease(make_campaign()) for _ in range(3))
    member = paused.campaign.brand.members.get()
    actions.pause_campaign(campaign_id=paused.campaign_id, user=member, at=NOON)
    for _ in range(2):
        renewed = actions.settle_leases(
            idle=[running.pk, paused.pk],
            finished={spent.pk: usd("0.0425")},
            at=NOON + MINUTE,
        )
        assert renewed == [running]
    for lease in (running, paused, spent):
        lease.refresh_from_db()
    assert running.expires_at == NOON + 6 * MINUTE
    assert (paused.closed_at, paused.returned_micros) == (NOON + MINUTE, 42_500)
    assert (spent.closed_at, spent.room_micros) == (None, 42_500)
    assert actions.settle_leases(idle=(), finished={}, at=NOON) == []
    assert check_books() == []


@pytest.mark.django_db
def test_what_one_gives_back_another_leases_in_the_same_look() -> None:
    brand, member = make_advertiser()
    first = make_campaign(brand, member=member, wanted=Wanted(deposit=usd("0.01")))
    server = make_server("server-1")
    server.refresh(at=NOON)  # it holds all that was paid in
    second = make_campaign(brand, member=member, wanted=Wanted(deposit=None))
    server.refresh(at=NOON)
    assert not Lease.objects.filter(campaign=second).exists()
    actions.pause_campaign(campaign_id=first.pk, user=member, at=NOON)
    server.refresh(at=NOON)
    assert Lease.objects.filter(campaign=second).exists()
    assert decide(server)
    assert check_books() == []


@pytest.mark.django_db
def test_what_cannot_be_given_back_is_kept_until_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("0.0425")))
    server = make_server("server-1")
    server.refresh(at=NOON)
    assert decide(server)

    def away(**_: object) -> NoReturn:
        raise OperationalError

    later = NOON + 10 * MINUTE
    monkeypatch.setattr(actions, "settle_leases", away)
    with pytest.raises(OperationalError):
        server.refresh(at=later)
    monkeypatch.undo()
    server.refresh(at=later)
    old = Lease.objects.get(leased_at=NOON)
    assert (old.campaign, old.returned_micros, old.room_micros) == (campaign, 38_250, 4_250)


@pytest.mark.django_db(transaction=True)
def test_two_servers_take_and_give_back_all_at_once_and_never_wait_in_turn() -> None:
    brands = [make_advertiser() for _ in range(2)]
    for number in range(8):
        brand, member = brands[number % 2]
        deposit = usd("0.3") if number < 2 else None
        make_campaign(brand, member=member, wanted=Wanted(deposit=deposit, budget=usd("0.1")))

    def serve(name: str) -> int:
        server, decided = make_server(name), 0
        try:
            for step in range(6):
                at = NOON + step * 6 * MINUTE  # each look finds the leases of the last one expired
                server.refresh(at=at)
                decided += sum(decide(server, at=at) for _ in range(25))
            server.close(at=NOON + 40 * MINUTE)
        finally:
            connection.close()
        return decided

    with ThreadPoolExecutor(2) as pool:
        decided = sum(pool.map(serve, ["server-1", "server-2"]))
    held = sum(one.room_micros for one in Lease.objects.all())
    assert held == 4_250 * decided <= usd("0.6").micros
    assert sum(one.committed_micros for one in Campaign.objects.all()) == held
    assert check_books() == []
