"""What viewers did with ads: counted once each, in any order, and shown to who paid."""

import csv
import datetime as dt
import random
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from takings.ads import jobs
from takings.ads.actions import charge_segment, count_showings, key_ring
from takings.ads.models import BilledImpression, Campaign, Showing
from takings.ads.rules.showings import (
    BIT_OF,
    COUNTED,
    LATEST,
    AdFact,
    Step,
    Watched,
    by_ad,
    funnel,
    showings,
)
from takings.ads.rules.tokens import NO_VIDEO, Decision, Placement
from takings.core import ids
from takings.events.rules.rows import EventRow
from takings.people.models import User
from tests.make.ads import SECONDS, make_advertiser, make_campaign, make_decision, make_lease, usd
from tests.make.events import make_segment, own_lake
from tests.make.people import NOON, make_user

WHOLE = ("ad_start", "ad_impression", "ad_first_quartile", "ad_midpoint", "ad_third_quartile")


def decision_of(number: int = 1, placement: Placement = Placement.PRE) -> Decision:
    return Decision(
        decision_id=ids.uuid7(at=NOON, entropy=number),
        campaign_id=uuid.UUID(int=1),
        lease_id=uuid.UUID(int=2),
        creative_id=uuid.UUID(int=3),
        after_video_id=NO_VIDEO,
        viewer_id=uuid.UUID(int=4),
        price=usd("0.00425"),
        country="DE",
        placement=placement,
    )


def fact(kind: str, decision: Decision, *, after: dt.timedelta = 3 * SECONDS) -> AdFact:
    token = key_ring().sign(decision)
    return AdFact(kind, token, decision.viewer_id, decision.issued_at + after)


def test_each_thing_counts_once_in_whatever_order_it_comes() -> None:
    facts = [fact(kind, decision_of(n)) for kind in COUNTED for n in (1, 2)] * 2
    random.Random(6).shuffle(facts)  # noqa: S311 - any order will do
    found = showings(facts, ring=key_ring())
    assert [one.decision for one in found] == [decision_of(1), decision_of(2)]
    assert [one.kinds for one in found] == [sum(BIT_OF.values())] * 2
    assert {one.day for one in found} == {NOON.date()}


def test_what_no_person_told_of_their_ad_is_left_out() -> None:
    good = fact("ad_midpoint", decision_of())
    bad = [
        replace(good, token=good.token[:-1]),
        replace(good, viewer_id=uuid.uuid4()),
        replace(good, is_robot=True),
        fact("ad_end", decision_of(), after=LATEST + SECONDS),
        fact("ad_end", decision_of(), after=-SECONDS),
    ]
    assert showings(bad, ring=key_ring()) == []
    [kept] = showings([*bad, good], ring=key_ring())
    assert kept.kinds == BIT_OF["ad_midpoint"]


def test_a_funnel_sums_days_and_places() -> None:
    row = Watched(NOON.date(), NO_VIDEO, Placement.PRE, started=3, midpoint=2, clicked=1)
    later = replace(row, day=NOON.date() + dt.timedelta(days=1), started=1)
    mid = replace(row, placement=Placement.MID, started=4)
    assert by_ad([row, later, mid]) == [replace(later, started=4, midpoint=4, clicked=2), mid]
    assert funnel([]) == []
    steps = funnel([row, later, mid])
    assert [(one.name, one.count) for one in steps if one.count] == [
        ("Started", 8),
        ("50 % watched", 6),
        ("Clicked", 3),
    ]
    assert [one.percent for one in steps] == [100, 0, 75, 0, 0, 0, 37]
    assert Step("Started", 0, 0).percent == 0


def told(campaign: Campaign, *kinds: str, placement: Placement = Placement.FEED) -> Decision:
    decision = replace(make_decision(make_lease(campaign)), placement=placement)
    count_showings(facts=[fact(kind, decision) for kind in kinds])
    return decision


@pytest.mark.django_db
def test_a_showing_is_one_row_however_often_and_in_which_parts_it_is_told() -> None:
    decision = told(make_campaign(), "ad_impression", "ad_midpoint")
    for kinds in (["ad_end", "ad_start"], ["ad_midpoint"]):
        count_showings(facts=[fact(kind, decision) for kind in kinds])
    row = Showing.objects.get()
    assert {kind for kind, bit in BIT_OF.items() if row.kinds & bit} == {
        "ad_impression",
        "ad_midpoint",
        "ad_end",
        "ad_start",
    }
    assert (row.video_id, row.placement, row.day) == (decision.creative_id, 1, NOON.date())
    count_showings(facts=[fact("ad_start", replace(decision, campaign_id=uuid.uuid4()))])
    count_showings(facts=[])
    assert Showing.objects.count() == 1


@pytest.mark.django_db
def test_a_shipped_segment_is_counted_with_its_charging(tmp_path: Path) -> None:
    decision = make_decision(make_lease(make_campaign()))
    rows = [
        EventRow(
            id=ids.uuid7(at=NOON, entropy=number),
            type=kind,
            view_id=ids.uuid7(at=NOON),
            video_id=decision.creative_id,
            viewer_id=decision.viewer_id,
            received_at=NOON + 3 * SECONDS,
            watched_ms=2_000,
            country="DE",
            ua_class="browser" if kind != "ad_end" else "bot",
            ad=key_ring().sign(decision),
        )
        for number, kind in enumerate((*WHOLE, "ad_viewable", "ad_end"))
    ]
    with own_lake(tmp_path):
        segment = make_segment(rows).name
        for _ in range(2):
            jobs.charge_segment(segment=segment)
        charge_segment(segment=segment, at=NOON)
    bits = sum(BIT_OF[kind] for kind in (*WHOLE, "ad_viewable"))
    assert (Showing.objects.get().kinds, BilledImpression.objects.count()) == (bits, 1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_an_advertiser_sees_the_funnel_and_takes_it_as_a_file() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    page = f"/ads/campaigns/{campaign.pk}/"
    client = signed_in(member)
    assert "What viewers did" not in client.get(page).content.decode()
    told(campaign, *WHOLE, "ad_end", "ad_click")
    told(campaign, "ad_impression", "ad_skip", placement=Placement.MID)
    shown = client.get(page).content.decode()
    assert "What viewers did" in shown
    assert "Within a video" in shown
    answer = client.get(f"{page}viewers.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    first, second = csv.DictReader(answer.content.decode().splitlines())
    assert (first["day_utc"], first["headline"]) == ("2026-11-02", "Warm all winter")
    assert [row["place"] for row in (first, second)] == [
        "Between videos in the feed",
        "Within a video",
    ]
    assert [first[name] for name in ("started", "completed", "clicked", "skipped")] == [
        *("1", "1", "1", "0"),
    ]
    assert [second[name] for name in ("started", "midpoint", "skipped")] == ["1", "0", "1"]
    own = replace(make_decision(make_lease(campaign)), viewer_id=member.viewer_id)
    for kind in ("ad_impression", "ad_end"):
        count_showings(facts=[fact(kind, own)])
    assert Showing.objects.get(pk=own.decision_id).ignored_why == "own_brand"
    assert client.get(f"{page}viewers.csv").content == answer.content
    shown = client.get(page).content.decode()
    assert f"1 showing of this campaign’s ads was to people of {brand}: it is charged" in shown
    report = client.get(f"/ads/reports/?campaign={campaign.pk}&first=2026-11-02&last=2026-11-02")
    assert report.context["report"].total.impressions == 2
    stranger = signed_in(make_user("Sol"))
    assert stranger.get(f"{page}viewers.csv").status_code == 404
