"""How often one viewer sees an ad: by caps, on several ad servers, and never for longer."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client as Browser

from takings.ads import actions, queries
from takings.ads.actions import key_ring
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge import exposures as memory
from takings.ads.jobs import forget_exposures
from takings.ads.models import Exposure, LineItem
from takings.ads.rules.campaigns import Frame
from takings.ads.rules.frequency import AWAITED, BadCap, Caps, check_caps, told_caps
from takings.ads.rules.limits import Limits
from takings.ads.rules.serving import NO_CAMPAIGN, SEEN_ENOUGH, NoAd
from takings.ads.rules.showings import AdFact
from takings.events.actions.erasing import request_erasure
from takings.people.rules import Viewer
from tests.ads.test_serving import away, make_server, someone
from tests.make.ads import change, make_campaign, make_line_item
from tests.make.people import NOON, make_operator

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def is_shown(server: AdServer, viewer: Viewer, *, at: dt.datetime = NOON) -> bool:
    return isinstance(ask(server, viewer, at=at), Chosen)


def make_capped(**caps: int) -> LineItem:
    """Let a line item run that a viewer may see so often."""
    return change(make_line_item(), caps=Caps(**caps))


def ask(
    server: AdServer, viewer: Viewer, *, at: dt.datetime = NOON, is_offer: bool = False
) -> Chosen | NoAd:
    return server.decide(viewer=viewer, after=None, at=at, limits=Limits(is_offer=is_offer))


def tell_start(chosen: Chosen) -> None:
    """Let the event log say that an ad began."""
    decision = chosen.decision
    at = decision.issued_at + SECOND
    fact = AdFact("ad_impression", key_ring().sign(decision), decision.viewer_id, at)
    actions.count_showings(facts=[fact])


def test_caps_are_told_in_words_and_impossible_ones_are_refused() -> None:
    assert told_caps(Caps()) == "no limit"
    assert told_caps(Caps(hour=1, week=6)) == "at most 1 time in an hour, 6 times in a week"
    check_caps(Caps(1, 100, None))
    for wrong in (Caps(day=0), Caps(week=101)):
        with pytest.raises(BadCap, match="1 to 100 times in a"):
            check_caps(wrong)


@pytest.mark.django_db
def test_a_viewer_sees_a_line_item_as_often_as_its_caps_allow_and_reads_why() -> None:
    make_capped(hour=2, day=3)
    server, viewer = make_server(), someone()
    enough = []
    for minutes in (0, 1, 2, 59, 60, 61, 121):
        at = NOON + minutes * MINUTE
        server.refresh(at=at)
        chosen = ask(server, viewer, at=at)
        if isinstance(chosen, Chosen):
            tell_start(chosen)  # before the server wrote it down
        else:
            assert chosen == SEEN_ENOUGH
            enough.append(minutes)
    assert enough == [2, 59, 61, 121]
    other = ask(server, someone())
    assert isinstance(other, Chosen)
    assert any("how often you have seen it" in sentence for sentence in other.why)


@pytest.mark.django_db
def test_caps_of_a_campaign_and_of_each_ad_hold_too() -> None:
    campaign = make_campaign()
    item, user = campaign.line_items.get(), campaign.brand.members.get()
    frame = Frame(campaign.name, campaign.budget, Caps(week=1))
    actions.change_campaign(campaign_id=campaign.pk, frame=frame, user=user, at=NOON)
    assert str(campaign.changes.get(field="frequency")) == (
        "frequency: no limit → at most 1 time in a week"
    )
    server = make_server()
    for caps in (Caps(), Caps(day=1)):
        server.refresh(at=NOON)
        viewer = someone()
        assert isinstance(ask(server, viewer), Chosen)
        assert ask(server, viewer, at=NOON + HOUR) == SEEN_ENOUGH
        actions.change_campaign(
            campaign_id=campaign.pk, frame=replace(frame, caps=caps), user=user, at=NOON
        )
        change(item, ad_caps=Caps(day=1))
    with pytest.raises(BadCap):
        change(item, ad_caps=Caps(day=101))
    copied = actions.duplicate_campaign(
        campaign_id=campaign.pk, copy_id=uuid.uuid4(), user=user, at=NOON
    )
    assert queries.frame_of(campaign=copied).caps == Caps(day=1)
    assert queries.terms_of(item=copied.line_items.get()).ad_caps == Caps(day=1)


@pytest.mark.django_db
def test_two_servers_show_one_ad_more_than_the_cap_at_most_if_a_look_is_between() -> None:
    make_capped(day=4)
    servers, viewer = [make_server("a"), make_server("b")], someone()
    shown, at = 0, NOON
    for server in servers:
        server.refresh(at=at)
    for turn in [0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1]:
        at += MINUTE
        shown += isinstance(ask(servers[turn], viewer, at=at), Chosen)
        for server in servers:
            server.refresh(at=at + SECOND)
    assert shown == 5
    fast = someone()
    found = [ask(server, fast, at=at) for server in servers for _ in range(6)]
    assert sum(isinstance(one, Chosen) for one in found) == 8, "each knows its own alone"
    restarted = make_server("c")
    restarted.refresh(at=at)
    ask(restarted, viewer, at=at)
    restarted.refresh(at=at + SECOND)
    assert ask(restarted, viewer, at=at + SECOND) == SEEN_ENOUGH


@pytest.mark.django_db
def test_what_did_not_begin_counts_for_an_hour_and_a_half_and_an_offer_not_at_all() -> None:
    make_capped(week=1)
    server, left, stayed, offered = make_server(), someone(), someone(), someone()
    server.refresh(at=NOON)
    ask(server, left)
    shown = ask(server, stayed)
    assert isinstance(shown, Chosen)
    assert isinstance(ask(server, offered, is_offer=True), Chosen)
    won = ask(server, offered, is_offer=True)
    assert isinstance(won, Chosen), "most offers are never shown"
    server.refresh(at=NOON)
    tell_start(shown)
    tell_start(won)
    for at, expected in ((NOON + MINUTE, [False, False, False]), (NOON + AWAITED, [True, False])):
        for viewer in (left, stayed, offered):
            ask(server, viewer, at=at, is_offer=True)
        server.refresh(at=at)
        found = [
            isinstance(ask(server, viewer, at=at, is_offer=True), Chosen)
            for viewer in (left, stayed, offered)
        ]
        assert found[: len(expected)] == expected


@pytest.mark.django_db
def test_where_viewers_cannot_be_told_apart_nothing_with_a_cap_is_shown() -> None:
    make_capped(day=1)
    server = make_server()
    server.refresh(at=NOON)
    assert ask(server, replace(someone(), is_shared=True)) == NO_CAMPAIGN
    assert not Exposure.objects.exists()


@pytest.mark.django_db
def test_when_the_database_is_away_what_was_chosen_is_written_later() -> None:
    make_capped(day=2)
    server, viewer = make_server(), someone()
    server.refresh(at=NOON)
    ask(server, viewer)
    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        server.refresh(at=NOON)
    ask(server, viewer)
    assert ask(server, viewer) == SEEN_ENOUGH
    server.refresh(at=NOON)
    server.refresh(at=NOON)
    assert ask(server, viewer) == SEEN_ENOUGH
    assert Exposure.objects.count() == 2
    first = Exposure.objects.order_by("pk").first()
    assert str(first) == str(first.pk if first else "")


@pytest.mark.django_db
def test_a_process_remembers_a_bounded_number_of_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_VIEWERS", 2)
    monkeypatch.setattr(memory, "MOST_ASKED", 2)
    make_capped(day=1)
    server, viewers = make_server(), [someone() for _ in range(3)]
    server.refresh(at=NOON)
    for viewer in viewers:
        assert isinstance(ask(server, viewer), Chosen)
    assert [isinstance(ask(server, viewer), Chosen) for viewer in viewers[1:]] == [False, False]
    assert isinstance(ask(server, viewers[0]), Chosen), "the one who asked longest ago is forgotten"
    server.refresh(at=NOON)
    assert ask(server, viewers[0]) == SEEN_ENOUGH


@pytest.mark.django_db
def test_exposures_are_forgotten_after_a_week_and_when_their_viewer_is_erased() -> None:
    make_capped(week=50)
    server, gone, stays = make_server(), someone(), someone()
    for viewer, days in ((gone, 0), (stays, 0), (stays, 8)):
        server.refresh(at=NOON + days * DAY)
        ask(server, viewer, at=NOON + days * DAY)
    server.close(at=NOON + 8 * DAY)
    assert actions.forget_exposures(at=NOON + 6 * DAY) == 0
    request_erasure(
        erasure_id=uuid.uuid4(),
        viewer_id=gone.viewer_id,
        operator=make_operator("Rita"),
        reason="asked by letter",
        at=NOON,
    )
    assert actions.forget_exposures(at=NOON + 6 * DAY) == 1
    assert actions.forget_exposures(at=NOON + 8 * DAY) == 1
    left = Exposure.objects.get()
    assert (left.viewer_id, left.served_at) == (stays.viewer_id, NOON + 8 * DAY)
    forget_exposures()
    assert not Exposure.objects.exists(), "it is long ago"


@pytest.mark.django_db
def test_an_advertiser_sets_caps_in_the_browser() -> None:
    item = make_line_item()
    browser = Browser()
    member = item.campaign.brand.members.get()
    browser.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/ads/campaigns/{item.campaign_id}/edit/"
    form = {"name": item.campaign.name, "budget": "20", "campaign_week_cap": "0"}
    assert "A whole number from 1 to 100" in browser.post(address, form).content.decode()
    browser.post(address, form | {"campaign_week_cap": "9"})
    assert 'value="9"' in browser.get(address).content.decode()
    address = f"/ads/line-items/{item.pk}/edit/"
    form = {
        "name": item.name,
        "price": "4.25",
        "pricing": "vcpm",
        "sale": "fixed",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": "UTC",
        "hour_cap": "2",
        "ad_day_cap": "1",
    }
    browser.post(address, form)
    item.refresh_from_db()
    terms = queries.terms_of(item=item)
    assert (terms.caps, terms.ad_caps) == (Caps(hour=2), Caps(day=1))
    page = browser.get(f"/ads/line-items/{item.pk}/").content.decode()
    for told in ("2 times in an hour", "1 time in a day", "9 times in a week"):
        assert f"At most {told}" in page
    assert (
        "sees it at most 9 times"
        in browser.get(f"/ads/campaigns/{item.campaign_id}/").content.decode()
    )
    [listed] = browser.get("/api/ads/campaigns").json()
    assert listed["caps"] == {"hour": None, "day": None, "week": 9}
    assert listed["line_items"][0]["ad_caps"] == {"hour": None, "day": 1, "week": None}


@pytest.mark.django_db
def test_the_caps_of_a_line_item_do_not_count_what_its_campaign_shows_besides() -> None:
    item = make_capped(day=1)
    user = item.campaign.brand.members.get()
    copy = actions.duplicate_line_item(
        line_item_id=item.pk, copy_id=uuid.uuid4(), user=user, at=NOON
    )
    actions.resume_line_item(line_item_id=copy.pk, user=user, at=NOON)
    server, viewer = make_server(), someone()
    server.refresh(at=NOON)
    won = [ask(server, viewer) for _ in range(3)]
    assert {one.won.item.id for one in won if isinstance(one, Chosen)} == {item.pk, copy.pk}
    assert won[2] == SEEN_ENOUGH
