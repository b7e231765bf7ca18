"""The ad server: what it chooses, how it says why, and money it never promises twice."""

import datetime as dt
import uuid
from collections import Counter
from typing import NoReturn

import pytest
from django.db import OperationalError, connection

from takings.ads import actions
from takings.ads.actions import key_ring
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge.server import UnknownAd
from takings.ads.models import Campaign, Click, Lease, SampledDecision, SampledRequest, Served
from takings.ads.rules.serving import NO_BUDGET, NO_CAMPAIGN, NoAd
from takings.ads.rules.tokens import ForgedToken
from takings.people.models import User
from takings.people.rules import Viewer
from takings.videos.models import Status as VideoStatus
from tests.make.ads import (
    MONTH,
    Wanted,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    make_served,
    usd,
)
from tests.make.people import NOON, make_user

MINUTE = dt.timedelta(minutes=1)
LANDING = Wanted().landing_url


def make_server(name: str = "server-1") -> AdServer:
    return AdServer(name=name, keys=key_ring(), wake=lambda: None)


def someone(country: str = "DE") -> Viewer:
    return Viewer(uuid.uuid4(), None, country, NOON)


def ask(server: AdServer, *, country: str = "DE", at: dt.datetime = NOON) -> Chosen | NoAd:
    return server.decide(viewer=someone(country), after=None, at=at)


def winner(server: AdServer, *, country: str = "DE", at: dt.datetime = NOON) -> uuid.UUID:
    chosen = ask(server, country=country, at=at)
    assert isinstance(chosen, Chosen)
    return chosen.offer.campaign_id


@pytest.mark.django_db
def test_a_decision_carries_all_that_billing_needs() -> None:
    campaign = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    viewer, after = someone(), uuid.uuid4()
    chosen = server.decide(viewer=viewer, after=after, at=NOON)
    assert isinstance(chosen, Chosen)
    decision = key_ring().read(chosen.token)
    assert decision == chosen.decision
    assert (decision.campaign_id, decision.creative_id) == (
        campaign.pk,
        campaign.creatives.get().video_id,
    )
    assert (decision.viewer_id, decision.after_video_id) == (viewer.viewer_id, after)
    assert (decision.price, decision.issued_at) == (usd("0.00425"), NOON)
    assert Lease.objects.get(pk=decision.lease_id).campaign == campaign


@pytest.mark.django_db
def test_the_highest_price_wins_and_equal_prices_take_turns() -> None:
    cheap = make_campaign()
    dear = [make_campaign(wanted=Wanted(cpm=usd("9"))) for _ in range(3)]
    server = make_server()
    server.refresh(at=NOON)
    won = Counter(winner(server) for _ in range(12))
    assert won == {campaign.pk: 4 for campaign in dear}
    assert cheap.pk not in won


@pytest.mark.django_db
def test_a_campaign_runs_only_in_its_countries_and_dates() -> None:
    german = make_campaign()
    everywhere = make_campaign(wanted=Wanted(cpm=usd("1"), countries=()))
    server = make_server()
    server.refresh(at=NOON)
    assert winner(server) == german.pk
    assert winner(server, country="FR") == everywhere.pk
    assert ask(server, at=NOON - MINUTE) == NO_CAMPAIGN
    assert ask(server, at=NOON + MONTH) == NO_CAMPAIGN


@pytest.mark.django_db
def test_without_campaigns_money_or_a_ready_video_there_is_no_ad_and_a_reason() -> None:
    server = make_server()
    assert ask(server) == NO_CAMPAIGN
    make_campaign(wanted=Wanted(deposit=None))
    server.refresh(at=NOON)
    assert ask(server) == NO_BUDGET
    broken = make_campaign()
    video = broken.creatives.get().video
    video.status = VideoStatus.REMOVED
    video.save()
    server.refresh(at=NOON)
    assert ask(server) == NO_BUDGET


@pytest.mark.django_db
def test_when_the_dearest_has_no_money_the_next_is_asked() -> None:
    make_campaign(wanted=Wanted(cpm=usd("9"), deposit=None))
    paid = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    assert winner(server) == paid.pk


@pytest.mark.django_db
def test_a_server_promises_what_it_leased_and_no_more_until_it_leased_again() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("0.1")))
    server = make_server()
    server.refresh(at=NOON)
    assert sum(isinstance(ask(server), Chosen) for _ in range(15)) == 10
    server.refresh(at=NOON)
    assert sum(isinstance(ask(server), Chosen) for _ in range(15)) == 10
    server.refresh(at=NOON)
    assert sum(isinstance(ask(server), Chosen) for _ in range(15)) == 3
    server.refresh(at=NOON)
    assert ask(server) == NO_BUDGET
    campaign.refresh_from_db()
    assert campaign.committed == usd("0.09775")


@pytest.mark.django_db
def test_a_paused_campaign_stops_and_its_unpromised_money_goes_back() -> None:
    campaign = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    ask(server)
    actions.pause_campaign(campaign_id=campaign.pk, user=make_user(), at=NOON)
    server.refresh(at=NOON + MINUTE)
    assert ask(server) == NO_CAMPAIGN
    campaign.refresh_from_db()
    assert campaign.committed == usd("0.00425")


@pytest.mark.django_db
def test_an_idle_lease_is_renewed_and_a_used_one_is_replaced() -> None:
    campaign = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    server.refresh(at=NOON + 6 * MINUTE)
    lease = Lease.objects.get()
    assert lease.expires_at == NOON + 11 * MINUTE
    winner(server, at=NOON + 7 * MINUTE)
    server.refresh(at=NOON + 12 * MINUTE)
    lease.refresh_from_db()
    assert (lease.room_micros, lease.closed_at) == (4_250, None)
    assert Lease.objects.count() == 2
    assert winner(server, at=NOON + 12 * MINUTE) == campaign.pk


@pytest.mark.django_db
def test_an_idle_lease_that_was_closed_meanwhile_is_let_go() -> None:
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    first = Lease.objects.get()
    late = NOON + 3 * dt.timedelta(hours=1)
    actions.return_leases(at=late)
    server.refresh(at=late)
    assert Lease.objects.exclude(pk=first.pk).count() == 1
    assert isinstance(ask(server, at=late), Chosen)


@pytest.mark.django_db
def test_a_server_that_stops_gives_back_what_it_did_not_promise() -> None:
    campaign = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    ask(server)
    server.close(at=NOON)
    campaign.refresh_from_db()
    assert campaign.committed == usd("0.00425")
    assert [(row.country, row.decision_count) for row in Served.objects.all()] == [("DE", 1)]
    assert str(Served.objects.get()) == "2026-11-02 DE: 1"


@pytest.mark.django_db
def test_decisions_are_counted_by_day_and_country() -> None:
    make_campaign(wanted=Wanted(countries=()))
    for server in (make_server("a"), make_server("b")):
        server.refresh(at=NOON)
        for country in ("DE", "DE", "FR"):
            ask(server, country=country)
        server.refresh(at=NOON)
    counts = Served.objects.values_list("country", "decision_count").order_by("country")
    assert list(counts) == [("DE", 4), ("FR", 2)]


@pytest.mark.django_db
def test_when_the_database_is_away_decisions_go_on_and_counts_wait() -> None:
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    viewer = someone()
    chosen = server.decide(viewer=viewer, after=None, at=NOON)
    assert isinstance(chosen, Chosen)
    server.follow(token=chosen.token, viewer_id=viewer.viewer_id, at=NOON)
    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        server.refresh(at=NOON)
    assert isinstance(ask(server), Chosen)
    server.refresh(at=NOON)
    assert Served.objects.get().decision_count == 2
    assert Click.objects.count() == 1


@pytest.mark.django_db
def test_samples_wait_for_the_database_too_but_not_more_than_so_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("takings.ads.edge.noted.MOST_WAITING", 3)
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    for minute in (1, 2):
        for _ in range(2):
            ask(server, at=NOON + (minute - 1) * MINUTE)
        with connection.execute_wrapper(away), pytest.raises(OperationalError):
            server.refresh(at=NOON + minute * MINUTE)
    ask(server, at=NOON + 2 * MINUTE)
    for _ in range(2):
        server.refresh(at=NOON + 3 * MINUTE)
    asked = SampledRequest.objects.values_list("quarter_at", flat=True)
    chosen = SampledDecision.objects.values_list("decided_at", flat=True).order_by("decided_at")
    assert len(asked) == 3
    assert list(chosen) == [NOON + MINUTE, NOON + MINUTE, NOON + 2 * MINUTE], "the newest"


def away(*_call: object) -> NoReturn:
    """Answer like a database that is not there."""
    raise OperationalError


@pytest.mark.django_db
def test_a_click_leads_to_the_campaigns_own_page_and_is_kept_once() -> None:
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    viewer = someone()
    chosen = server.decide(viewer=viewer, after=None, at=NOON)
    assert isinstance(chosen, Chosen)
    for _ in range(3):
        url = server.follow(token=chosen.token, viewer_id=viewer.viewer_id, at=NOON + MINUTE)
        assert url == "https://brand.example/coats"
    server.refresh(at=NOON + MINUTE)
    click = Click.objects.get()
    assert (click.ignored_why, str(click)) == ("", str(chosen.decision.decision_id))


@pytest.mark.django_db
def test_a_click_of_a_stranger_too_late_or_of_the_brand_leads_there_but_does_not_count() -> None:
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    first, second = ask(server), ask(server)
    member = Viewer(User.objects.get(brands__isnull=False).viewer_id, 7, "DE", NOON)
    internal = server.decide(viewer=member, after=None, at=NOON)
    assert isinstance(first, Chosen)
    assert isinstance(second, Chosen)
    assert isinstance(internal, Chosen)
    assert server.follow(token=internal.token, viewer_id=member.viewer_id, at=NOON) == LANDING
    late = NOON + dt.timedelta(hours=25)
    assert server.follow(token=first.token, viewer_id=None, at=NOON) == LANDING
    own = second.decision.viewer_id
    assert server.follow(token=second.token, viewer_id=own, at=late) == LANDING
    server.refresh(at=late)
    why = Click.objects.values_list("ignored_why", flat=True)
    assert sorted(why) == ["expired", "other_viewer", "own_brand"]


@pytest.mark.django_db
def test_a_forged_token_and_one_of_a_long_gone_campaign_lead_nowhere() -> None:
    campaign = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    chosen = ask(server)
    assert isinstance(chosen, Chosen)
    for token in ("", "x.y.z", chosen.token[:-1], chosen.token.replace(".", ".A", 1)):
        with pytest.raises(ForgedToken):
            server.follow(token=token, viewer_id=None, at=NOON)
    server.refresh(at=campaign.line_items.get().ends_at + dt.timedelta(days=3))
    with pytest.raises(UnknownAd):
        server.follow(token=chosen.token, viewer_id=None, at=NOON)


@pytest.mark.django_db
def test_the_last_ads_of_a_paused_campaign_can_still_be_clicked() -> None:
    campaign = make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    chosen = ask(server)
    assert isinstance(chosen, Chosen)
    actions.pause_campaign(campaign_id=campaign.pk, user=make_user(), at=NOON)
    server.refresh(at=NOON)
    assert server.follow(token=chosen.token, viewer_id=None, at=NOON) == LANDING
    assert Campaign.objects.get().status == "paused"


@pytest.mark.django_db
def test_an_ad_that_is_seen_more_often_beats_a_dearer_one_that_is_not() -> None:
    seen, unseen = make_campaign(), make_campaign(wanted=Wanted(cpm=usd("4.5")))
    server = make_server()
    server.refresh(at=NOON)
    assert winner(server) == unseen.pk
    for one in (seen, unseen):
        make_served(one, 1_000)
    lease = make_lease(seen, used_before=500)
    beacons = [make_beacon(make_decision(lease)) for _ in range(100)]
    actions.charge_beacons(segment="one", beacons=beacons, at=NOON)
    server.refresh(at=NOON + MINUTE)
    assert winner(server) == unseen.pk, "rates are looked at every five minutes"
    server.refresh(at=NOON + 5 * MINUTE)
    assert winner(server, at=NOON + 5 * MINUTE) == seen.pk
