"""What a promotion shows earns its creator no views: not the ad, nor the visit it led to."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from takings.ads.actions import charge_segment, judge_traffic, key_ring
from takings.ads.models import BilledImpression, Campaign
from takings.ads.queries.promotions import credits_of, promotion_rows
from takings.core import ids
from takings.events.queries import daily_counts
from takings.ledger.queries import check_books
from takings.policies.queries import policy
from tests.make.ads import make_decision, make_lease, usd
from tests.make.events import SECOND, make_segment, make_view, own_lake
from tests.make.pages import page_text
from tests.make.people import NOON
from tests.make.promotions import make_promoter, promote
from tests.make.settlement import Act

pytestmark = pytest.mark.django_db
MIDNIGHT = NOON.replace(hour=0)
DAY = dt.timedelta(days=1)


def test_a_promoted_view_is_charged_and_no_qualified_view_from_january_on(tmp_path: Path) -> None:
    ada = make_promoter()
    decision = make_decision(make_lease(promote(ada)))
    video, viewer = ada.video_id, decision.viewer_id
    assert decision.creative_id == video
    token = key_ring().sign(decision)
    [seen, *_] = make_view(video, viewer, 0, at=NOON + 5 * SECOND, ad=token)
    shown = [
        replace(seen, type=kind, id=ids.uuid7(at=NOON + 5 * SECOND), watched_ms=8_000)
        for kind in ("ad_impression", "ad_start", "ad_viewable", "ad_end", "ad_click")
    ]
    visit = make_view(video, viewer, 8_000, at=NOON + 20 * SECOND, surface="promoted")
    found = make_view(video, uuid.uuid4(), 8_000, at=NOON + 30 * SECOND)
    with own_lake(tmp_path):
        segment = make_segment(shown, visit, found, name="seen")
        charge_segment(segment=segment.name, at=NOON + 60 * SECOND)
        assert BilledImpression.objects.get().video_id == video
        for version, outcomes in (
            ("house@2026-01-01", {"qualified": 2}),
            ("house@2027-01-01", {"qualified": 1, "promoted": 1}),
        ):
            counted = daily_counts(
                starts_at=MIDNIGHT, ends_at=MIDNIGHT + DAY, policy=policy(version)
            )
            views = Counter({row.outcome: 0 for row in counted.rows})
            for row in counted.rows:
                views[row.outcome] += row.views
            assert views == outcomes


def test_what_no_person_saw_of_a_promotion_is_credits_again(tmp_path: Path) -> None:
    ada = make_promoter()
    campaign = promote(ada)
    decision = make_decision(make_lease(campaign))
    token, viewer = key_ring().sign(decision), decision.viewer_id
    [seen, *_] = make_view(ada.video_id, viewer, 0, at=NOON + 5 * SECOND, ad=token)
    robot = make_view(ada.video_id, viewer, 8_000, at=NOON + 60 * SECOND, ua_class="bot")
    with own_lake(tmp_path):
        segment = make_segment([replace(seen, type="ad_viewable")], robot, name="seen")
        charge_segment(segment=segment.name, at=NOON + 60 * SECOND)
        spent = credits_of(brand=campaign.brand, currency="USD", at=NOON).spent
        judge_traffic(at=NOON + DAY)
    [row] = promotion_rows(campaigns=[campaign], at=NOON + DAY)
    left = credits_of(brand=campaign.brand, currency="USD", at=NOON + DAY)
    assert (spent, row.spent, left.spent, left.taken) == (
        decision.price,
        *[usd("0")] * 2,
        usd("10"),
    )
    assert "Some views were found to be no person’s" in shown(ada, campaign)
    assert check_books() == []


def shown(act: Act, campaign: Campaign) -> str:
    client = Client()
    client.force_login(act.creator.user)
    return page_text(client.get(f"/ads/promotions/{campaign.pk}/"))
