"""What players of other sites say of ads: counted once for each, and shown to operators."""

import datetime as dt

import pytest
from django.test import Client

from takings.ads.actions import PlayerReportDraft, record_player_reports
from takings.ads.models import Campaign, PlayerReport
from takings.ads.queries.player_reports import players_health
from takings.core import clock, ids
from tests.make.ads import make_campaign
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def told(
    campaign: Campaign, *codes: int, at: dt.datetime = NOON, first: int = 0
) -> list[PlayerReportDraft]:
    """Return what players said of one decision after another."""
    return [
        PlayerReportDraft(
            decision_id=ids.uuid7(at=NOON, entropy=first + number),
            campaign_id=campaign.pk,
            creative_id=campaign.creatives.get().video_id,
            error_code=code,
            reported_at=at,
        )
        for number, code in enumerate(codes)
    ]


def codes() -> list[int]:
    rows = PlayerReport.objects.order_by("decision_id")
    return list(rows.values_list("error_code", flat=True))


def test_the_first_error_of_a_decision_stays_and_takes_the_place_of_its_beginning() -> None:
    campaign = make_campaign()
    record_player_reports(reports=told(campaign, 0, 405, 0))
    record_player_reports(reports=told(campaign, 402, 0, 0))
    record_player_reports(reports=told(campaign, 901, 901, 0))
    assert codes() == [402, 405, 0]
    later = [one for code in (0, 303, 0, 402) for one in told(campaign, code, first=9)]
    record_player_reports(reports=later)
    assert codes() == [402, 405, 0, 303]
    record_player_reports(reports=[])
    assert [str(one) for one in PlayerReport.objects.filter(error_code=303)] == [
        f"{ids.uuid7(at=NOON, entropy=9)}: 303"
    ]


def test_an_ad_that_fails_too_often_comes_first_and_what_is_old_does_not_count() -> None:
    calm, broken = make_campaign(), make_campaign()
    record_player_reports(reports=told(calm, *[401] * 50, *[0] * 250))
    record_player_reports(reports=told(broken, *[405] * 40, 402, *[0] * 159, first=1_000))
    old = told(calm, *[401] * 50, at=NOON - 8 * DAY, first=5_000)
    record_player_reports(reports=old)
    first, second = players_health(at=NOON + DAY / 2)
    assert (first.creative.campaign, first.told, first.failed) == (broken, 200, 41)
    assert (first.is_alarming, first.failed_percent) == (True, "20.5 %")
    assert [(one.code, one.count) for one in first.failures] == [(405, 40), (402, 1)]
    assert (second.creative.campaign, second.told, second.failed) == (calm, 300, 50)
    assert (second.is_alarming, second.failed_percent) == (False, "16.6 %")


def test_operators_alone_see_how_ads_do_elsewhere() -> None:
    campaign, desk, stranger = make_campaign(), Client(), Client()
    desk.force_login(make_operator())
    stranger.force_login(make_user())
    assert "No player of another site" in page_text(desk.get("/ads/desk/players/"))
    record_player_reports(reports=told(campaign, *[405] * 200, at=clock.now()))
    page = page_text(desk.get("/ads/desk/players/"))
    assert f"{campaign.name} · Warm all winter Fails too often" in page
    assert "200 (100.0 %)" in page
    assert "200 × 405: The media file could not be played." in page
    assert stranger.get("/ads/desk/players/").status_code == 404
