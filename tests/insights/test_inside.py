"""December with ads inside a video, as its creator, its advertiser and the desk see it."""

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from config.commands import explaining
from takings.ads import actions as ads
from takings.ads.actions import key_ring
from takings.ads.models import BilledImpression, Campaign, Charge, Showing
from takings.ads.rules.showings import AdFact
from takings.ads.rules.tokens import Decision, Placement
from takings.ads.rules.traffic import Flaw
from takings.insights.actions import issue_statements
from takings.insights.models import IssuedStatement
from takings.insights.queries import reader_of, trace
from takings.insights.queries.readers import NothingHere
from takings.insights.rules.issued import read_issued
from takings.insights.rules.trace import RefKind
from takings.people.models import User
from takings.settlement.actions import CountViews, close_period, refresh_estimates
from takings.settlement.models import EstimateLine, ShareLine
from tests.make.ads import (
    Wanted,
    make_beacon,
    make_campaign,
    make_decision,
    make_house,
    make_lease,
)
from tests.make.insights import show_ads
from tests.make.ledger import usd
from tests.make.pages import page_text
from tests.make.people import make_creator, make_operator
from tests.make.settlement import Act, counted, counting, make_act

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
SEEN = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)
JANUARY = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
NAME = "2026-12"


@pytest.fixture
def ada() -> Act:
    """Ada, with four ads inside her video, of which one was no person's, and one before she shared.

    Her video has a thousand views in a pool of ten ads, which are half of all.
    """
    act, ben, cleo = make_act("Ada"), make_act("Ben"), make_act("Cleo", shares=False)
    campaign = make_campaign(wanted=Wanted(countries=("DE",)))
    campaign.line_items.update(ends_at=JANUARY)
    show_ads(campaign, {"DE": 10}, at=SEEN)
    show_ads(campaign, {"DE": 4}, at=SEEN, inside=act.video_id)
    show_ads(campaign, {"DE": 1}, at=SEEN, inside=cleo.video_id)
    gone = BilledImpression.objects.filter(share_micros__isnull=False).latest("viewed_at")
    tomorrow = SEEN + dt.timedelta(days=1)
    ads.credit_impressions(day=SEEN.date(), found={gone.pk: Flaw.NO_PERSON}, at=tomorrow)
    refresh_estimates(at=tomorrow, count=_lake(act, ben))
    return act


def _lake(*acts: Act) -> CountViews:
    return counting(*(counted(act, 1_000, day=SEEN.date()) for act in acts), snapshot_id=0)


@pytest.fixture
def closed(ada: Act) -> Act:
    """Let the month be closed and its statements issued."""
    period = close_period(name=NAME, at=JANUARY, count=_lake(ada))
    issue_statements(period=period, at=JANUARY)
    return ada


def said(user: User, kind: RefKind, key: str) -> str:
    found = trace(kind=kind, id=key, reader=reader_of(user=user))
    return " | ".join(f"{one.title}: {one.sentence} {one.amount or ''}" for one in found.stops)


def test_while_the_month_runs_each_ad_is_named_and_booked_already(
    ada: Act, sign_in: SignIn
) -> None:
    assert EstimateLine.objects.get(product="watch_ads").amount_micros == 3 * 2_338
    told = said(ada.creator.user, "estimate", f"{NAME}/DE/{ada.video_id}/2026-12-05/watch_ads")
    assert "4 ads before, within or after “Low tide” on 5 December 2026 in Germany" in told
    assert "Nothing is shared with others here" in told
    assert "This money is booked already" in told
    client = sign_in(ada.creator.user)
    page = page_text(client.get(f"/studio/earnings/?period={NAME}"))
    assert "Ads inside your videos" in page
    assert "1 given back" in page
    lines = client.get(f"/studio/earnings/lines/?period={NAME}")
    address = f"/trace/estimate/{NAME}/DE/{ada.video_id}/2026-12-05/watch_ads/"
    assert f'href="{address}"' in lines.content.decode()
    assert "Ads were seen inside the video" in page_text(client.get(address))
    rows = ads_file(client)
    assert [row["what_became_of_it"].split(":")[0] for row in rows] == [
        *("Paid", "Paid", "Paid", "Given back"),
    ]
    assert [row["your_share"] for row in rows] == [*["0.002338"] * 3, "0.000000"]
    assert {(row["price"], row["place"]) for row in rows} == {("0.004250", "mid")}
    [pooled] = ads_file(sign_in(User.objects.get(creator__shares_from=None, creator__isnull=False)))
    assert pooled["what_became_of_it"].startswith("Paid into the pool: The video’s creator had not")
    room = page_text(sign_in(make_operator()).get(f"/desk/periods/{NAME}/"))
    assert "Germany · Ads inside videos 4 ads seen, of 1 campaign" in room


def test_each_ad_that_paid_nothing_stands_in_the_file_with_its_reason(
    ada: Act, sign_in: SignIn
) -> None:
    lease = make_lease(Campaign.objects.get(), at=SEEN)
    inside = [
        replace(make_decision(lease, at=SEEN), after_video_id=ada.video_id, placement=place)
        for place in (Placement.PRE, Placement.POST, Placement.PRE, Placement.FEED)
    ]
    late, began, loaded, between = inside
    for segment in ("late", "late again"):
        ads.charge_beacons(segment=segment, beacons=[make_beacon(late, after=HOUR)], at=SEEN + HOUR)
    told = [(late, "ad_impression"), (began, "ad_start"), (loaded, "ad_mute")]
    told += [(between, "ad_impression")]
    ads.count_showings(facts=[_fact(kind, one) for one, kind in told])
    house = make_house()
    house.line_items.update(ends_at=JANUARY)
    own = replace(
        make_decision(make_lease(house, at=SEEN), at=SEEN + HOUR),
        after_video_id=ada.video_id,
        placement=Placement.MID,
    )
    ads.count_showings(facts=[_fact("ad_impression", own)])
    client = sign_in(ada.creator.user)
    rows = [row for row in ads_file(client) if not row["your_share"]]
    whys = [row["what_became_of_it"] for row in rows]
    assert whys == [
        "Paid nothing so far: its advertiser pays for viewable views, and it brought none.",
        "Not charged: The report arrived after the decision had expired.",
        "Free: the platform’s own, shown because no ad that is paid for could run there.",
    ]
    assert [row["place"] for row in rows] == ["post", "pre", "mid"]
    assert [row["trace"] for row in rows] == ["", str(late.decision_id), ""]
    assert {(row["price"], row["your_share"], row["currency"]) for row in rows} == {("", "", "")}
    page = page_text(client.get(f"/studio/earnings/?period={NAME}"))
    assert "What paid you nothing" in page
    for why in whys:
        assert f"{why}1" in page
    Showing.objects.update(line_item=None)  # as it was written down before
    assert "Nobody paid for it." in [row["what_became_of_it"] for row in ads_file(client)]


def _fact(kind: str, decision: Decision) -> AdFact:
    token = key_ring().sign(decision)
    return AdFact(kind, token, decision.viewer_id, decision.issued_at + dt.timedelta(seconds=3))


def ads_file(client: Client) -> list[dict[str, str]]:
    answer = client.get(f"/studio/earnings/ads.csv?period={NAME}")
    assert isinstance(answer, StreamingHttpResponse)
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_a_final_line_leads_to_each_ad_its_price_and_its_share(closed: Act) -> None:
    user, line = closed.creator.user, ShareLine.objects.get(product="watch_ads")
    found = trace(kind="line", id=str(line.pk), reader=reader_of(user=user))
    seen, share, booked, payable = found.stops
    assert [(part.count, part.amount) for part in seen.parts] == [(4, usd("0.017"))]
    notes = [part.note for part in seen.samples]
    assert sum("of $0.00425, in the middle of the video" in note for note in notes) == 4
    assert sum("Given back: " in note for note in notes) == 1
    assert [step.result for step in share.steps] == ["$0.009352", "−$0.002338"]
    assert [part.label for part in booked.parts] == ["Given back", "Charged"]
    assert payable.kind == "payable"
    entry = str(Charge.objects.exclude(creator=None).get().entry_id)
    assert "What its creator earned by it" in said(user, "entry", entry)
    brand = Campaign.objects.get().brand.members.get()
    assert "What its creator earned by it" not in said(brand, "entry", entry)
    told = said(user, "statement", f"{NAME}/{closed.creator.pk}/USD")
    assert "Each country has its pool" in told


def test_a_close_is_explained_as_it_was_whatever_went_back_since(
    closed: Act, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = BilledImpression.objects.filter(share_micros__isnull=False, invalid=None)
    found = {seen.earliest("viewed_at").pk: Flaw.NO_PERSON}
    ads.credit_impressions(day=SEEN.date(), found=found, at=JANUARY + dt.timedelta(days=1))
    explaining.explain(NAME, closed.creator.handle)  # every number is proved
    told = capsys.readouterr().out
    assert "ads inside videos cost $0.01275, the platform kept $0.005736." in told
    assert "Their part: $0.007014." in told


def test_an_impression_says_whom_it_paid_or_why_nobody(ada: Act) -> None:
    user, brand = ada.creator.user, Campaign.objects.get().brand.members.get()
    direct = BilledImpression.objects.filter(share_micros__isnull=False)
    paid, back = (direct.filter(invalid__isnull=is_valid).first() for is_valid in (True, False))
    pooled = BilledImpression.objects.exclude(pooled_why="").get()
    assert paid is not None
    assert back is not None
    for reader in (user, brand):
        told = said(reader, "impression", str(paid.pk))
        assert "at once: It was shown in the middle of the video: 55 % of its price" in told
        assert "It was given back" in said(reader, "impression", str(back.pk))
    operator = reader_of(user=make_operator())
    found = trace(kind="impression", id=str(pooled.pk), reader=operator)
    facts = {fact.label: fact.value for stop in found.stops for fact in stop.facts}
    assert facts["Paid nobody directly"] == (
        "The video’s creator had not accepted the terms of sharing by that day."
    )
    lease = make_lease(Campaign.objects.get(), at=SEEN)
    late = replace(
        make_decision(lease, at=SEEN), after_video_id=ada.video_id, placement=Placement.PRE
    )
    ads.charge_beacons(segment="late", beacons=[make_beacon(late, after=HOUR)], at=SEEN + HOUR)
    assert "after the decision had expired" in said(user, "impression", str(late.decision_id))
    dora = make_creator("Dora").user
    for somebody_elses in (paid.pk, late.decision_id):
        with pytest.raises(NothingHere):
            said(dora, "impression", str(somebody_elses))


def test_the_statement_says_what_the_ads_cost_and_what_is_ones_own(
    closed: Act, sign_in: SignIn
) -> None:
    content = read_issued(IssuedStatement.objects.get().content)
    bars = [(bar.name, bar.micros) for bar in content.waterfall]
    at = bars.index(("Ad money inside your videos", 12_750))
    assert bars[at + 1 : at + 4] == [
        ("Platform", 12_750 - 7_014),
        ("Ads inside videos", 7_014),
        ("Everything", content.micros),
    ]
    assert [(one.name, one.micros) for one in content.streams][-1] == ("Ads inside videos", 7_014)
    client = sign_in(closed.creator.user)
    for address in (f"/studio/statements/{NAME}/", f"/studio/earnings/lines/?period={NAME}"):
        page = page_text(client.get(address))
        assert "Germany · Ads inside videos" in page
        assert "3 ads" in page
    page = page_text(client.get(f"/studio/pool/{NAME}/"))  # of ads in the feed alone
    assert "11 ads" in page
    assert "Ads inside videos" not in page
    room = page_text(sign_in(make_operator()).get(f"/desk/periods/{NAME}/"))
    assert "Germany · Ads inside videos 4 ads seen" in room
