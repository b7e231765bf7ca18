"""What ad servers keep of decisions, what is learned of it at night, and who lets it decide."""

import datetime as dt
import random
import uuid

import pytest
from django.test import Client as Browser

from takings.ads import actions, jobs, queries
from takings.ads.actions import DecidedDraft, SwitchNeedsReason
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge.sampler import KEPT_DECISIONS, PERIOD
from takings.ads.models import (
    BilledImpression,
    LearnedRates,
    LearnedSwitch,
    Lease,
    LineItem,
    SampledDecision,
)
from takings.ads.queries.learned import examples_of, lifts_in_force, standings
from takings.ads.rules.lifts import Where
from takings.ads.rules.limits import Limits
from takings.ads.rules.lines import Pricing
from takings.ads.rules.targeting import Client
from takings.ads.rules.tokens import NO_VIDEO
from takings.ads.rules.traffic import Flaw
from takings.core import ids
from takings.people.models import StaffAct
from takings.people.rules import Viewer
from tests.make.ads import Wanted, make_beacon, make_campaign, make_lease, make_line_item
from tests.make.people import NOON, make_operator, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LEARNED_AT = NOON + 12 * DAY
RATE = 300_000


def decide(server: AdServer, *, is_offer: bool = False) -> Chosen:
    chosen = server.decide(
        viewer=Viewer(uuid.uuid4(), None, "DE", NOON),
        after=None,
        at=NOON,
        client=Client(device="phone"),
        limits=Limits(is_offer=is_offer),
    )
    assert isinstance(chosen, Chosen)
    return chosen


def make_server() -> AdServer:
    server = AdServer(name="server-1", keys=actions.key_ring(), wake=lambda: None)
    server.refresh(at=NOON)
    return server


def live(item: LineItem, *, on_phones: int = RATE, count: int = 4_000, days: int = 9) -> None:
    """Let ads have been chosen and, on desktops three in ten, seen."""
    dice = random.Random(3)  # noqa: S311 - the same days every time
    lease, decided, seen = make_lease(item), [], []
    for number in range(count):
        at = NOON + number * days * DAY / count
        device = dice.choice(["phone", "desktop"])
        draft = DecidedDraft(
            decision_id=ids.uuid7(at=at),
            line_item_id=item.pk,
            decided_at=at,
            where=Where("feed", device, "12", "DE", ""),
            base_ppm=RATE,
            weight_ppm=1_000_000,
        )
        decided.append(draft)
        if dice.random() * 1e6 < (on_phones if device == "phone" else RATE):
            seen.append(billed(draft, lease))
    actions.record_decisions(decided=decided)
    BilledImpression.objects.bulk_create(seen)


def billed(draft: DecidedDraft, lease: Lease) -> BilledImpression:
    return BilledImpression(
        decision_id=draft.decision_id,
        campaign_id=lease.campaign_id,
        lease=lease,
        video_id=lease.campaign.creatives.get().video_id,
        after_video_id=NO_VIDEO,
        country="DE",
        price_micros=4_250,
        viewed_at=draft.decided_at,
        event_id=uuid.uuid4(),
        entry_id=uuid.uuid4(),
        segment="a",
    )


def test_a_server_keeps_some_of_its_decisions_and_nobody_in_them() -> None:
    make_campaign()
    server = make_server()
    decided = set()
    for _ in range(2 * KEPT_DECISIONS):
        decided.add(decide(server).decision.decision_id)
        server.refresh(at=NOON + PERIOD / 2)  # for more money
    decide(server, is_offer=True)  # whether it is shown, somebody else decides
    server.refresh(at=NOON + PERIOD)
    kept = SampledDecision.objects.all()
    assert len(kept) == KEPT_DECISIONS
    [one] = {(row.device, row.country, row.about, row.base_ppm, row.weight_ppm) for row in kept}
    assert one == ("phone", "DE", "", 600_000, 2_000_000)
    assert {row.pk for row in kept} < decided
    columns = {name for name in vars(kept[0]) if not name.startswith("_")}
    assert columns == {
        *("decision_id", "line_item_id", "decided_at", "placement", "device", "country", "about"),
        *("base_ppm", "weight_ppm"),
    }
    assert f"{kept[0]}".endswith(": 600000 ppm")
    actions.forget_samples(at=NOON + 61 * DAY)
    assert SampledDecision.objects.count() == KEPT_DECISIONS
    actions.forget_samples(at=NOON + 62 * DAY)
    assert not SampledDecision.objects.exists()


def test_what_came_of_a_decision_is_what_was_charged_and_not_given_back() -> None:
    item = make_line_item()
    server = make_server()
    seen, invalid, _unseen = (decide(server).decision for _ in range(3))
    server.refresh(at=NOON + PERIOD)
    beacons = [make_beacon(one) for one in (seen, invalid)]
    actions.charge_beacons(segment="a", beacons=beacons, at=NOON)
    found = {invalid.decision_id: Flaw.BUSY_VIEWER}
    actions.credit_impressions(day=NOON.date(), found=found, at=NOON + DAY)
    assert examples_of(pricing=Pricing.VCPM, at=NOON + DAY) == []  # clicks may still come
    told = examples_of(pricing=Pricing.VCPM, at=NOON + 3 * DAY)
    assert sorted(one.happened for one in told) == [False, False, True]
    assert {(one.item_id, one.where) for one in told} == {
        (item.pk, Where("feed", "phone", "12", "DE", ""))
    }
    assert examples_of(pricing=Pricing.CPA, at=NOON + 40 * DAY) == []


def test_what_was_learned_decides_where_it_is_better_until_an_operator_says_no() -> None:
    item = make_line_item()
    live(item, on_phones=700_000)
    assert {one.why for one in standings(at=LEARNED_AT)} == {
        "Nothing was learned yet; that happens every night."
    }
    [learned] = actions.learn_rates(at=LEARNED_AT)
    assert (learned.pricing, learned.verdict) == (Pricing.VCPM, "better")
    assert str(learned) == f"vcpm on {LEARNED_AT.date()}: better"
    assert actions.learn_rates(at=LEARNED_AT) == []  # once a day
    [again] = actions.learn_rates(at=LEARNED_AT + DAY)
    assert (again.examples_sha256, again.learned_sha256) == (
        learned.examples_sha256,
        learned.learned_sha256,
    )
    [lifts] = lifts_in_force(at=LEARNED_AT).values()
    here = lifts.at(Where("feed", "phone", "12", "DE", ""))
    phone = here.chance_ppm(RATE, own=lifts.own(item.pk))
    assert 650_000 < phone < 750_000
    chosen = decide(make_server())
    assert chosen.won.is_predicted
    assert any("was learned from ads in such places" in one for one in chosen.why)

    operator = make_operator()
    with pytest.raises(SwitchNeedsReason):
        actions.switch_learned(is_on=False, why=" ", operator=operator, at=LEARNED_AT)
    assert not LearnedSwitch.objects.exists()
    for _ in range(2):  # the same again changes nothing
        actions.switch_learned(is_on=False, why="Odd prices", operator=operator, at=LEARNED_AT)
    act = StaffAct.objects.get(act="ads.switch_learned")
    assert (act.target, act.reason) == ("learned rates: off", "Odd prices")
    assert lifts_in_force(at=LEARNED_AT) == {}
    assert not decide(make_server()).won.is_predicted
    actions.switch_learned(is_on=True, why="Mended", operator=operator, at=LEARNED_AT)
    assert list(lifts_in_force(at=LEARNED_AT)) == [Pricing.VCPM]
    assert lifts_in_force(at=LEARNED_AT + 5 * DAY) == {}  # nobody could train anew
    assert queries.rates([], at=LEARNED_AT).lifts.keys() == {Pricing.VCPM}


def test_what_is_no_better_or_too_little_does_not_decide() -> None:
    live(make_line_item())
    live(make_line_item(Wanted(pricing=Pricing.CPM)), count=100)
    verdicts = {one.pricing: one.verdict for one in actions.learn_rates(at=LEARNED_AT)}
    assert verdicts == {Pricing.CPM: "too_little", Pricing.VCPM: "no_better"}
    assert lifts_in_force(at=LEARNED_AT) == {}
    whys = {one.pricing: one.why for one in standings(at=LEARNED_AT)}
    assert whys[Pricing.CPM].startswith("There were too few decisions")
    assert whys[Pricing.VCPM].startswith("On the days held out it was not better")


def test_the_desk_shows_what_decides_how_it_did_and_switches_it(client: Browser) -> None:
    item = make_line_item()
    client.force_login(make_user())
    assert client.get("/ads/desk/rates/").status_code == 404
    client.force_login(make_operator())
    empty = client.get("/ads/desk/rates/").text
    assert empty.count("Nothing was learned yet") == 5
    jobs.learn_rates()
    assert not LearnedRates.objects.exists()
    live(item, on_phones=700_000)
    actions.learn_rates(at=LEARNED_AT)
    page = client.get("/ads/desk/rates/").text
    assert "from 4,000 sampled decisions of 2 November to 11 November" in page
    assert page.count('class="learned"') > 1
    assert page.count('class="counted"') == 1  # it counts the same everywhere
    assert "Phone" in page
    assert "× " in page
    refused = client.post("/ads/desk/rates/", {"is_on": "", "why": "  "})
    assert "This field is required." in refused.text
    client.post("/ads/desk/rates/", {"is_on": "", "why": "Odd prices"})
    assert "Odd prices" in client.get("/ads/desk/rates/").text
    assert f"{LearnedSwitch.objects.get()}" == "off"
