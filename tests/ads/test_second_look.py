"""From the event log to the advertiser's page: a farm is found and its views are given back."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from config.commands.traffic import judge
from config.show import out
from takings.ads import actions
from takings.ads.actions import ClickDraft, key_ring
from takings.ads.models import (
    BilledImpression,
    Campaign,
    InvalidImpression,
    Lease,
    RejectedImpression,
    TrafficPass,
)
from takings.ads.queries.traffic import flaws_in_pools
from takings.ads.rules.judging import Reason
from takings.ads.rules.traffic import Flaw
from takings.core import clock
from takings.insights.rules.own_pools import Filled
from takings.ledger import queries as ledger
from tests.make.ads import Wanted, make_campaign, make_decision, make_lease, usd
from tests.make.events import SECOND, make_segment, make_view, own_lake
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ROBOT = uuid.UUID(int=77)
SENTENCE = escape(Flaw.NO_PERSON.sentence)


@pytest.fixture(autouse=True)
def _lake(tmp_path: Path) -> Iterator[None]:
    with own_lake(tmp_path):
        yield


def charge_views(lease: Lease, viewers: list[uuid.UUID], *, net_class: str = "") -> None:
    """Let each viewer see the ad, a minute apart, and charge the segment that tells it."""
    views = []
    for number, viewer_id in enumerate(viewers):
        at = NOON + number * dt.timedelta(minutes=1)
        decision = make_decision(lease, viewer_id=viewer_id, at=at)
        video_id = decision.creative_id
        token = key_ring().sign(decision)
        seen = make_view(video_id, viewer_id, 0, at=at + 3 * SECOND, ad=token, surface="promoted")
        views.append([replace(seen[0], type="ad_viewable", net_class=net_class)])
        if viewer_id.int == 5:
            actions.record_clicks(clicks=[ClickDraft(decision, at)])
    segment = make_segment(*views, name="seen")
    actions.charge_segment(segment=segment.name, at=NOON + dt.timedelta(minutes=5))


def test_a_robots_ads_are_given_back_and_both_sides_see_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("20")))
    video = make_video(make_creator("Ada"))
    lease = make_lease(campaign)
    charge_views(lease, [uuid.UUID(int=5), ROBOT, ROBOT])
    robot = make_view(video.pk, ROBOT, 9_000, at=NOON, ua_class="bot")
    person = make_view(video.pk, uuid.UUID(int=6), 9_000, at=NOON)
    make_segment(robot, person, name="watched")
    with out.capture() as said:
        monkeypatch.setattr(clock, "now", lambda: NOON + DAY)
        judge()
        judge()
    assert "$0.01275" in said.get()
    assert "Every day that is over was judged before." in said.get()
    mark = TrafficPass.objects.get()
    assert (mark.day, mark.judged_count) == (NOON.date(), 3)
    reasons = InvalidImpression.objects.values_list("reason", flat=True)
    assert sorted(reasons) == ["early_click", "no_person", "no_person"]
    assert not ledger.check_books()
    _read(campaign)


def _read(campaign: Campaign) -> None:
    console = Client()
    console.force_login(campaign.brand.members.get())
    page = page_text(console.get(f"/ads/campaigns/{campaign.pk}/"))
    assert SENTENCE in page
    assert "Given back" in page
    gone = InvalidImpression.objects.filter(reason="no_person").earliest("pk")
    trace = page_text(console.get(f"/trace/impression/{gone.pk}/"))
    assert SENTENCE in trace
    assert "It was given back" in trace
    back = flaws_in_pools(period="2026-11", currency="USD")["DE"]
    assert back == [(Flaw.EARLY_CLICK.sentence, 1), (Flaw.NO_PERSON.sentence, 2)]
    assert Filled(3, 1).back == ""
    assert Filled(3, 1, tuple(back)).back == (
        "Paid back to advertisers, because no person looked: 3 of the ads. "
        f"1: {Flaw.EARLY_CLICK.sentence} 2: {Flaw.NO_PERSON.sentence}"
    )
    entry = page_text(console.get(f"/trace/entry/{gone.credit_id}/"))
    assert "Ad views given back" in entry


def test_what_comes_from_a_data_centre_is_not_charged() -> None:
    lease = make_lease(make_campaign())
    charge_views(lease, [uuid.uuid4()], net_class="hosting")
    row = RejectedImpression.objects.get()
    assert (row.reason, Reason(row.reason).sentence) == ("machines", Reason.MACHINES.sentence)
    assert not BilledImpression.objects.exists()


def test_a_day_without_views_has_no_suspects() -> None:
    campaign = make_campaign()
    charge_views(make_lease(campaign), [uuid.uuid4()])
    mark = actions.judge_day(day=NOON.date() + 2 * DAY, at=NOON + 3 * DAY)
    assert (mark.judged_count, InvalidImpression.objects.count()) == (0, 0)
