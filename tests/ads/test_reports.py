"""Reports: the same money and counts by day, place, ad and more, over any span."""

import csv
import datetime as dt
import json
import random
import re
import uuid
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import ClickDraft, GoalDraft, key_ring, served_key
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    Click,
    Conversion,
    RejectedImpression,
    Served,
    Showing,
    TrafficCredit,
)
from takings.ads.rules.breakdown import REASONS, By, Span, counts_served, sorted_rows
from takings.ads.rules.schedule import DAY
from takings.ads.rules.showings import AdFact
from takings.ads.rules.tokens import NO_VIDEO, Placement
from takings.ads.rules.traffic import Flaw
from takings.money import Money
from takings.money.formatting import format_money
from takings.videos.rules.details import Details
from tests.make.ads import (
    SECONDS,
    Wanted,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
)
from tests.make.insights import show_ads
from tests.make.pages import Answer
from tests.make.people import NOON, make_creator, make_user
from tests.make.videos import make_video


@pytest.mark.django_db
def test_every_fact_says_what_was_decided() -> None:
    campaign = make_campaign()
    lease, post = make_lease(campaign), uuid.uuid4()
    decisions = [
        replace(make_decision(lease), placement=Placement.MID, after_video_id=post)
        for _ in range(2)
    ]
    seen, early = make_beacon(decisions[0]), make_beacon(decisions[1], after=SECONDS)
    actions.charge_beacons(segment="one", beacons=[seen, early], at=NOON)
    fact = AdFact("ad_start", key_ring().sign(decisions[0]), decisions[0].viewer_id, NOON)
    actions.count_showings(facts=[replace(fact, received_at=NOON + SECONDS)])
    actions.record_clicks(clicks=[ClickDraft(decisions[0], NOON)])
    actions.count_served(counts={served_key(decisions[0], line_item_id=lease.line_item_id): 2})
    item, video = lease.line_item_id, decisions[0].creative_id
    billed, served = BilledImpression.objects.get(), Served.objects.get()
    assert (billed.placement, billed.after_video_id) == (Placement.MID, post)
    for row in (RejectedImpression.objects.get(), Click.objects.get(), Showing.objects.get()):
        what = (row.line_item_id, row.video_id, row.after_video_id, row.placement)
        assert what == (item, video, post, Placement.MID)
    assert Showing.objects.get().decided_at == NOON
    assert (served.quarter, served.placement, served.video_id) == (48, Placement.MID, video)


ZONE = "Asia/Kathmandu"  # 05:45 ahead: its days begin in the middle of an hour of UTC
SPAN = Span(NOON.date() - DAY, NOON.date() + 2 * DAY, ZONE)


REGION_IN = {"DE": "DE-BY", "FR": "FR-ARA"}


def make_life(campaign: Campaign, *, seed: int) -> None:
    """Let anything happen to a hundred ads: seen, early, told in part, clicked, ordered from."""
    dice = random.Random(seed)  # noqa: S311 - the same life every time
    lease = make_lease(campaign, used_before=200)
    post = Details("Low tide", category="IAB8-5")
    posts = [
        *(NO_VIDEO, uuid.uuid4(), make_video(make_creator()).pk),
        make_video(make_creator(), details=post).pk,
    ]
    member = campaign.brand.members.get()
    draft = GoalDraft(uuid.uuid4(), f"Order {seed}", 7)
    goal, _ = actions.make_goal(brand=campaign.brand, draft=draft, user=member, at=NOON)
    beacons, facts, clicks = [], [], []
    for number in range(60):
        at = NOON + dice.randrange(60 * 60) * SECONDS
        decision = replace(
            make_decision(lease, country=dice.choice(["DE", "FR"]), at=at),
            placement=dice.choice(list(Placement)),
            after_video_id=dice.choice(posts),
        )
        if number % 3 == 0:
            actions.record_regions(regions={decision.decision_id: REGION_IN[decision.country]})
        beacons.append(make_beacon(decision, after=dice.choice([1, 5, 9]) * SECONDS))
        token = key_ring().sign(decision)
        facts += [
            AdFact(kind, token, decision.viewer_id, at + SECONDS)
            for kind in dice.sample(["ad_impression", "ad_viewable", "ad_midpoint", "ad_end"], 2)
        ]
        if dice.random() < 0.3:
            clicks.append(ClickDraft(decision, at + SECONDS))
            Conversion.objects.create(
                goal=goal,
                order_id=str(number),
                campaign=campaign,
                decision_id=decision.decision_id,
                country=decision.country,
                source="page",
                clicked_at=at,
                converted_at=at + SECONDS,
                currency="USD",
            )
        actions.count_served(
            counts={served_key(decision, line_item_id=lease.line_item_id): dice.randint(1, 3)}
        )
    name = f"life {seed}"
    actions.charge_beacons(segment=name, beacons=beacons, at=NOON)
    actions.count_showings(facts=facts)
    actions.record_clicks(clicks=clicks)
    billed = BilledImpression.objects.filter(segment=name).values_list("pk", flat=True)
    found = {one: dice.choice(list(Flaw)) for one in sorted(billed) if dice.random() < 0.2}
    actions.credit_impressions(day=NOON.date(), found=found, at=NOON + DAY)


@pytest.mark.django_db
def test_every_breakdown_of_a_random_life_sums_up_to_the_books() -> None:
    campaign = make_campaign(wanted=Wanted(countries=()))
    second = make_campaign(campaign.brand, member=campaign.brand.members.get())
    for seed, one in enumerate((campaign, second)):
        make_life(one, seed=seed)
    both = [campaign, second]
    charged = sum(Charge.objects.values_list("amount_micros", flat=True))
    back = sum(TrafficCredit.objects.values_list("amount_micros", flat=True))
    reports = {by: queries.breakdown(campaigns=both, currency="USD", by=by, span=SPAN) for by in By}
    for by, report in reports.items():
        rows, total = report.rows, report.total
        assert sum(row.spent_micros for row in rows) == total.spent_micros == charged - back > 0
        assert (sum(row.credited_micros for row in rows), total.credited_micros) == (back, back)
        assert total.rejected + total.credited == total.whys.total()
        assert replace(total, served=0) == replace(reports[By.DAY].total, served=0), by
        assert total.served == (reports[By.DAY].total.served if counts_served(by) else None)
        assert len({row.key for row in rows}) == len(rows) > (by == By.CREATOR)
    for row, one in zip(
        reports[By.CAMPAIGN].rows, sorted(both, key=lambda one: one.pk), strict=True
    ):
        alone = queries.breakdown(campaigns=[one], currency="USD", by=By.AD, span=SPAN)
        assert replace(alone.total, key=row.key, name=one.name) == row
    found = queries.balances(brand=campaign.brand, currency="USD")
    assert found.spent.micros == reports[By.DAY].total.spent_micros
    names = {row.name for row in reports[By.PLACEMENT].rows}
    assert names == {"Between videos", "Before a video", "Within a video", "After a video"}
    assert {row.name for row in reports[By.COUNTRY].rows} == {"France", "Germany"}
    regions = {row.name for row in reports[By.REGION].rows}
    assert regions == {"Bayern", "Auvergne-Rhône-Alpes", "Not known"}
    assert {row.name for row in reports[By.CATEGORY].rows} == {"Cocktails/Beer", "Not known"}


@pytest.mark.django_db
def test_days_are_those_of_the_time_zone_asked_for() -> None:
    campaign = make_campaign()
    late = dt.datetime(2026, 11, 2, 18, 20, tzinfo=dt.UTC)  # five past midnight there
    lease = make_lease(campaign, at=late)
    decision = make_decision(lease, at=late)
    actions.charge_beacons(segment="one", beacons=[make_beacon(decision)], at=late)
    actions.record_clicks(clicks=[ClickDraft(decision, late)])
    fact = AdFact("ad_start", key_ring().sign(decision), decision.viewer_id, late)
    actions.count_showings(facts=[fact])
    actions.count_served(counts={served_key(decision, line_item_id=campaign.pk): 1})
    [row] = queries.breakdown(campaigns=[campaign], currency="USD", by=By.DAY, span=SPAN).rows
    assert (row.key, row.charged, row.clicks, row.impressions, row.served) == (
        *("2026-11-03", 1, 1, 1),
        1,
    )
    day = replace(SPAN, last=NOON.date())
    assert not queries.breakdown(campaigns=[campaign], currency="USD", by=By.DAY, span=day).rows


def get(buyer: Campaign, path: str, **asked: object) -> Answer:
    """Ask as a member of the brand."""
    client = Client()
    client.force_login(buyer.brand.members.get())
    return client.get(path, {name: str(value) for name, value in asked.items()})


def words(answer: Answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.django_db
def test_page_file_and_api_tell_the_same_amounts() -> None:
    campaign = make_campaign(wanted=Wanted(countries=()))
    make_life(campaign, seed=3)
    asked = {"campaign": campaign.pk, "first": NOON.date(), "last": NOON.date() + DAY}
    for by in By:
        page = words(get(campaign, "/ads/reports/", by=by, **asked))
        body = get(campaign, "/ads/reports.csv", by=by, **asked).content.decode()
        api = json.loads(get(campaign, "/api/ads/reports", by=by, **asked).content)
        lines = list(csv.DictReader(body.splitlines()))
        assert [line["key"] for line in lines] == [row["key"] for row in api["rows"]]
        for line, row in zip(lines, api["rows"], strict=True):
            assert int(line["spent_micros"]) == row["spent"]["micros"]
            assert Decimal(line["spent"]) * 1_000_000 == row["spent"]["micros"]
            assert line["served"] == ("" if row["served"] is None else str(row["served"]))
            whys = {one: int(line[f"why_{one}"]) for one in REASONS if line[f"why_{one}"] != "0"}
            assert whys == row["whys"]
            assert row["name"] in page
        spent = Money(api["total"]["spent"]["micros"], "USD")
        assert format_money(spent, exact=True) in page.replace(" ", "")
        assert sum(row["spent"]["micros"] for row in api["rows"]) == spent.micros > 0


@pytest.mark.django_db
def test_rows_are_ordered_by_any_column_and_pages_keep_what_was_asked() -> None:
    campaign = make_campaign(wanted=Wanted(countries=()))
    make_life(campaign, seed=4)
    asked = {"campaign": campaign.pk, "first": NOON.date(), "last": NOON.date(), "by": "placement"}
    report = queries.breakdown(
        campaigns=[campaign], currency="USD", by=By.PLACEMENT, span=replace(SPAN, time_zone="UTC")
    )
    for order in ("", "-clicks", "clicks", "name", "-name", "ctr", "-average"):
        page = get(campaign, "/ads/reports/", order=order, **asked).content.decode()
        shown = re.findall(r'<th scope="row">([^<]+)</th>', page)
        assert shown[: len(report.rows)] == [row.name for row in sorted_rows(report, order=order)]
        assert ('aria-sort="descending"' in page) == order.startswith("-")
    by_clicks = [row.clicks for row in sorted_rows(report, order="-clicks")]
    assert by_clicks == sorted(by_clicks, reverse=True)


@pytest.mark.django_db
def test_wrong_days_are_refused_with_a_sentence_and_empty_ones_show_a_way() -> None:
    campaign = make_campaign()
    day = NOON.date()
    for path in ("/ads/reports/", "/api/ads/reports"):
        said = words(get(campaign, path, first=day, last=day - DAY))
        assert "The last day must not be before the first one." in said
        said = words(get(campaign, path, first=day, last=day + 366 * DAY))
        assert "A report covers at most 366 days; choose fewer" in said
        for edge in ("0001-01-01", "9999-12-31"):
            said = words(get(campaign, path, first=edge, last=edge, time_zone="Asia/Tokyo"))
            assert "Choose a day from 2000 to 2199." in said
        for given, refused in ((uuid.uuid4(), {404}), ("?", {404, 422})):
            answer = get(campaign, path, campaign=given, first=day, last=day)
            assert answer.status_code in refused
    assert get(campaign, "/ads/reports.csv", first=day, last=day - DAY).status_code == 302
    assert "No ad was charged yet." in words(get(campaign, "/ads/reports/"))
    show_ads(campaign, {"DE": 1})
    asked = {"first": day + 9 * DAY, "last": day + 9 * DAY, "brand": campaign.brand_id}
    page = get(campaign, "/ads/reports/", **asked)
    assert "The last ad was charged on 2 Nov 2026." in words(page)
    [there] = re.findall(r'href="(\?[^"]+)">Show that day', page.content.decode())
    there = f"/ads/reports/{unescape(there)}"
    assert "$0.00425" in words(get(campaign, there)).replace(" ", "")
    api = get(campaign, "/api/ads/reports", brand=campaign.brand_id, first=day, last=day)
    assert json.loads(api.content)["total"]["charged"] == 1
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get("/ads/reports/").headers["location"] == "/ads/brands/new/"
    assert stranger.get("/ads/reports/", {"campaign": str(campaign.pk)}).status_code == 404
