"""Reports: the same money and counts by day, place, ad and more, over any span."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest

from takings.ads import actions
from takings.ads.actions import ClickDraft, key_ring, served_key
from takings.ads.models import BilledImpression, Click, RejectedImpression, Served, Showing
from takings.ads.rules.showings import AdFact
from takings.ads.rules.tokens import Placement
from tests.make.ads import SECONDS, make_beacon, make_campaign, make_decision, make_lease
from tests.make.people import NOON


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
