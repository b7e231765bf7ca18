"""Line items that pay for conversions: what each costs, out of which money, and never twice."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import ClickDraft, GoalDraft, Taken, key_ring
from takings.ads.edge import Chosen
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    Click,
    Conversion,
    Goal,
    InvalidImpression,
    Lease,
    LineItem,
    PricedClick,
    RejectedImpression,
)
from takings.ads.queries.conversions import NoSuchGoal, newest_conversions
from takings.ads.rules.changes import PriceIsFixed
from takings.ads.rules.conversions import Said, make_click_id
from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import promised_micros
from takings.ads.rules.rates import PRIOR_PPM, STRENGTH_OF, Counted, estimate_ppm
from takings.ads.rules.terms import GoalMissing, PaidGoal
from takings.ads.rules.tokens import Decision, Placement
from takings.ads.rules.traffic import Flaw
from takings.ads.rules.vast import Version, one_ad
from takings.core import clock
from takings.ledger import queries as ledger
from takings.money import Money
from takings.settlement.models import DirectEarning
from tests.ads.test_serving import make_server, someone
from tests.ads.test_vast import make_filling
from tests.make.ads import (
    Wanted,
    change,
    make_advertiser,
    make_campaign,
    make_decision,
    make_lease,
    make_served,
    usd,
)
from tests.make.events import make_segment, make_view, own_lake
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator
from tests.make.settlement import make_act
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = (dt.timedelta(**{one: 1}) for one in ("days", "hours", "minutes"))
CLICKED, ORDERED = NOON + HOUR, NOON + 6 * DAY
POOL = "pool:feed_ads:DE:2026-11"


def make_goal(campaign: Campaign, name: str = "Order") -> Goal:
    user = campaign.brand.members.get()
    draft = GoalDraft(uuid.uuid4(), name, 30)
    return actions.make_goal(brand=campaign.brand, draft=draft, user=user, at=NOON)[0]


def make_item(*, budget: str = "100", deposit: str = "100") -> LineItem:
    """Let a campaign pay $20 for each order."""
    item = make_campaign(wanted=Wanted(budget=usd(budget), deposit=usd(deposit))).line_items.get()
    goal = make_goal(item.campaign)
    terms = {"pricing": Pricing.CPA, "price": usd("20"), "goal": PaidGoal(goal.pk, goal.name)}
    return change(item, **terms)


def click(decision: Decision, *, ignored_why: str = "") -> str:
    """Click on an ad, and return the name of the click."""
    actions.record_clicks(clicks=[ClickDraft(decision, CLICKED, ignored_why)])
    return make_click_id(decision.decision_id, secret=settings.SECRET_KEY)


def order(goal: Goal | None, order_id: str, click_id: str, *, source: str = "server") -> Taken:
    assert goal is not None
    said = Said(order_id, click_id, ORDERED)
    return actions.record_conversion(goal=goal, said=said, source=source, at=ORDERED)


def close(lease: Lease) -> None:
    """Let a server give a lease back, and wait until nothing of it can be reported."""
    actions.retire_lease(lease_id=lease.pk, promised=usd("0"), at=NOON)
    actions.return_leases(at=NOON + 2 * HOUR)


def pool() -> Money:
    return ledger.balance(name=POOL, currency="USD")


def test_an_order_days_after_its_click_costs_its_price_once() -> None:
    item = make_item()
    lease = make_lease(item)
    decision = make_decision(lease)
    click_id = click(decision)
    close(lease)
    assert order(item.goal, "A-1", click_id, source="page").is_new
    assert not BilledImpression.objects.exists(), "a page can be made to tell anything"
    for _ in range(2):
        assert not order(item.goal, "A-1", click_id).is_new
    assert order(item.goal, "A-2", click_id).is_new, "it counts, and the click was paid for"
    [billed] = BilledImpression.objects.all()
    assert (billed.pk, billed.viewed_at) == (decision.decision_id, CLICKED)
    assert (billed.video_id, billed.lease.server) == (decision.creative_id, "budget")
    charge = Charge.objects.get()
    assert (charge.amount, charge.charged_at, charge.period) == (usd("20"), ORDERED, "2026-11")
    entry = ledger.entry(id=charge.entry_id)
    assert entry.memo == f"1 conversions of “{item.campaign.name}” in DE"
    assert (entry.occurred_at, pool()) == (ORDERED, usd("20"))
    item.refresh_from_db()
    assert (item.committed, item.campaign.committed) == (usd("20"), usd("20"))
    assert item.goal is not None
    assert [(one.order_id, one.paid) for one in newest_conversions(goal=item.goal)] == [
        ("A-2", usd("20")),
        ("A-1", None),
    ]
    report = queries.campaign_report(campaign=item.campaign)
    assert (report.total.charged, report.total.spent, report.total.conversions) == (1, usd("20"), 2)
    assert not ledger.check_books()


@pytest.mark.parametrize(
    ("budget", "deposit", "daily"),
    [("45", "100", None), ("100", "45", None), ("100", "100", "45")],
    ids=["the campaign", "prepaid money", "a day"],
)
def test_an_order_without_money_is_counted_and_not_charged(
    budget: str, deposit: str, *, daily: str | None
) -> None:
    item = make_item(budget=budget, deposit=deposit)
    change(item, daily=usd(daily) if daily else None)
    lease = make_lease(item)
    clicks = [click(make_decision(lease)) for _ in range(3)]
    close(lease)
    for number, click_id in enumerate(clicks):
        assert order(item.goal, f"A-{number}", click_id).is_new
    assert (BilledImpression.objects.count(), Conversion.objects.count(), pool()) == (
        2,
        3,
        usd("40"),
    )
    [rejected] = RejectedImpression.objects.all()
    assert (rejected.reason, rejected.campaign_id) == ("over_budget", item.campaign_id)
    assert not order(item.goal, "A-2", clicks[2]).is_new
    assert RejectedImpression.objects.count() == 1
    assert not ledger.check_books()


def test_nothing_is_held_and_the_budget_is_spent_to_its_last_cent() -> None:
    item = make_item(budget="40")
    server = make_server()
    server.refresh(at=NOON)
    lease = Lease.objects.get()
    assert (lease.amount_micros, item.left) == (0, usd("40"))
    for number in range(3):
        server.refresh(at=NOON + number * 6 * MINUTE)  # an idle lease is kept
        chosen = server.decide(viewer=someone(), after=None, at=NOON + number * 6 * MINUTE)
        assert isinstance(chosen, Chosen) is (number < 2)
        order(item.goal, f"A-{number}", click(make_decision(lease)))
    assert Lease.objects.filter(server=server.name).count() == 1
    lease.refresh_from_db()
    assert lease.closed_at == NOON + 12 * MINUTE, "no order can be paid for any more"
    item.refresh_from_db()
    assert (item.committed, pool()) == (usd("40"), usd("40"))
    assert RejectedImpression.objects.get().reason == "over_budget"
    assert not ledger.check_books()


def test_other_goals_other_pricings_and_clicks_that_do_not_count_cost_nothing() -> None:
    item = make_item()
    decision = make_decision(make_lease(item))
    other = make_goal(item.campaign, "Newsletter")
    assert order(other, "A-1", click(decision)).is_new
    seen = make_campaign(item.campaign.brand, member=item.campaign.brand.members.get())
    assert order(item.goal, "A-2", click(make_decision(make_lease(seen)))).is_new
    robot = make_decision(Lease.objects.get(line_item=item))
    assert order(item.goal, "A-3", click(robot, ignored_why="expired")).refused == "no_person"
    assert list(PricedClick.objects.values_list("pk", flat=True)) == [decision.decision_id]
    assert str(PricedClick.objects.get()) == f"{decision.decision_id}: 20000000"
    order(item.goal, "A-1", "forged", source="page")
    assert not Charge.objects.exists()
    assert not RejectedImpression.objects.exists()


def test_a_page_cannot_say_whose_order_it_was() -> None:
    """Whoever guesses the next order's number and tells it first gets nothing for it."""
    item = make_item()
    lease = make_lease(item)
    theirs, real = click(make_decision(lease)), make_decision(lease)
    order(item.goal, "A-1", theirs, source="page")
    assert order(item.goal, "A-1", "forged") == Taken(Conversion.objects.get())
    order(item.goal, "A-1", click(real))
    assert BilledImpression.objects.get().pk == real.decision_id
    order(item.goal, "A-1", theirs)
    assert BilledImpression.objects.count() == 1, "each order is charged once"


@pytest.mark.django_db(transaction=True)
def test_orders_reported_at_once_take_no_more_than_there_is() -> None:
    item = make_item(budget="60")
    lease = make_lease(item)
    decisions = [make_decision(lease) for _ in range(6)]
    reports = [(f"A-{number}", click(one)) for number, one in enumerate(decisions)] * 2
    close(lease)

    def report(job: tuple[str, str]) -> None:
        try:
            order(item.goal, *job)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(report, reports))
    assert (Conversion.objects.count(), BilledImpression.objects.count()) == (6, 3)
    assert (RejectedImpression.objects.count(), pool()) == (3, usd("60"))
    assert not ledger.check_books()


def test_the_second_look_judges_the_click_and_gives_its_price_back(tmp_path: Path) -> None:
    item = make_item()
    lease = make_lease(item)
    robot, person = make_decision(lease, viewer_id=uuid.UUID(int=7)), make_decision(lease)
    for number, one in enumerate((robot, person)):
        order(item.goal, f"A-{number}", click(one))
    with own_lake(tmp_path):
        views = [
            make_view(one.creative_id, one.viewer_id, 0, at=CLICKED, ad=token)
            for one in (robot, person)
            for token in (key_ring().sign(one), "no token")
        ]
        clicks = [[replace(view[0], type="ad_click")] for view in views]
        video = make_video(make_creator("Ada"))
        bot = make_view(video.pk, robot.viewer_id, 9_000, at=CLICKED, ua_class="bot")
        make_segment(*clicks, bot, name="clicks")
        actions.judge_traffic(at=ORDERED + DAY)
    assert InvalidImpression.objects.get().pk == robot.decision_id
    item.refresh_from_db()
    assert (pool(), item.committed, item.left) == (
        usd("20"),
        usd("20"),
        usd("80"),
    )
    assert not ledger.check_books()


def test_a_real_click_on_such_an_ad_is_kept_with_what_it_costs() -> None:
    item = make_item()
    server = make_server()
    server.refresh(at=NOON)
    viewer = someone()
    chosen = server.decide(viewer=viewer, after=uuid.uuid4(), at=NOON)
    assert isinstance(chosen, Chosen)
    server.follow(token=chosen.token, viewer_id=viewer.viewer_id, at=NOON)
    server.close(at=NOON)
    kept = PricedClick.objects.get()
    decision = chosen.decision
    assert (kept.lease_id, kept.price_micros) == (decision.lease_id, 20_000_000)
    click = Click.objects.get(pk=kept.pk)
    assert (click.placement, click.video_id) == (1, decision.creative_id)
    assert click.after_video_id == decision.after_video_id
    item.refresh_from_db()
    assert not item.committed


def test_a_conversion_is_one_of_a_goal_of_the_brand() -> None:
    item = make_item()
    with pytest.raises(GoalMissing):
        change(item, goal=None)
    with pytest.raises(GoalMissing):
        change(item, pricing=Pricing.CPC)
    stranger, member = make_advertiser("Other")
    draft = GoalDraft(uuid.uuid4(), "Theirs", 7)
    theirs, _ = actions.make_goal(brand=stranger, draft=draft, user=member, at=NOON)
    with pytest.raises(NoSuchGoal):
        change(item, goal=PaidGoal(theirs.pk, "Theirs"))
    second = make_goal(item.campaign, "Newsletter")
    change(item, goal=PaidGoal(second.pk, second.name))
    assert str(item.changes.latest("pk")) == "conversion: Order → Newsletter"
    make_lease(item)
    with pytest.raises(PriceIsFixed):
        change(item, goal=None, pricing=Pricing.CPC)
    with pytest.raises(IntegrityError, match="conversions_are_those_of_a_goal"):
        LineItem.objects.filter(pk=item.pk).update(goal=None)


def test_an_editor_chooses_the_conversion_in_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    item = make_item()
    assert item.goal is not None
    editor = Client()
    editor.force_login(item.campaign.brand.members.get())
    form = {
        "id": str(uuid.uuid4()),
        "name": "Orders",
        "price": "15",
        "pricing": "cpa",
        "sale": "fixed",
        "starts_on": "2026-11-02",
        "ends_on": "2026-11-30",
        "time_zone": "UTC",
    }
    place = f"/ads/campaigns/{item.campaign_id}/line-items/new/"
    assert "make it under “Conversions” first" in page_text(editor.post(place, form))
    assert "is not one of the available" in page_text(editor.post(place, form | {"goal": "x"}))
    chosen = form | {"goal": str(item.goal.pk)}
    made = page_text(editor.post(place, chosen, follow=True))
    assert "$15.00 for one conversion: Order" in made
    edit = f"/ads/line-items/{form['id']}/edit/"
    assert f'value="{item.goal.pk}" selected' in editor.get(edit).content.decode()
    clicks = chosen | {"pricing": "cpc"}
    assert "for one click" in page_text(editor.post(edit, clicks, follow=True))
    assert LineItem.objects.get(pk=form["id"]).goal is None
    make_lease(item)
    editor.post(f"/ads/line-items/{item.pk}/edit/", chosen | {"name": "Renamed"})
    item.refresh_from_db()
    assert (item.name, item.goal_id, item.price) == ("Renamed", item.goal.pk, usd("20"))
    page = page_text(editor.get(f"/ads/conversions/{item.goal.pk}/"))
    assert "charged for what your server reports" in page


def test_what_is_rare_is_learned_slowly_and_not_held() -> None:
    prior, strength = PRIOR_PPM[Pricing.CPA], STRENGTH_OF[Pricing.CPA]
    one = [Counted(10_000, 10)]
    assert estimate_ppm(one, prior_ppm=prior, strength=strength) == 181
    assert promised_micros(20_000_000, chance_ppm=100, pricing=Pricing.CPA) == 0
    told = one_ad(replace(make_filling(), pricing=Pricing.CPA), version=Version.FOUR)
    assert b"Pricing" not in told
    assert b"AdServingId" in told


def test_rates_of_conversions_look_back_a_month() -> None:
    item = make_item()
    lease = make_lease(item)
    for number in range(3):
        order(item.goal, f"A-{number}", click(make_decision(lease)))
    make_served(item, 100_000)
    at = ORDERED + 20 * DAY
    items = queries.line_items(queries.running_line_items(at=at), at=at)
    rates = queries.rates(items, at=at)
    assert rates.chance_ppm(items[0], creative_id=items[0].creative_ids[0]) == 38


def test_an_order_after_a_click_inside_a_video_is_its_creators_on_the_day_of_the_click() -> None:
    clicked = dt.datetime(2026, 12, 2, 12, tzinfo=dt.UTC)
    ordered, ada = clicked + 6 * DAY, make_act("Ada")
    item = make_item()
    LineItem.objects.filter(pk=item.pk).update(ends_at=ordered)
    decision = replace(
        make_decision(make_lease(item, at=clicked), at=clicked),
        after_video_id=ada.video_id,
        placement=Placement.MID,
    )
    actions.record_clicks(clicks=[ClickDraft(decision, clicked, "")])
    click_id = make_click_id(decision.decision_id, secret=settings.SECRET_KEY)
    assert item.goal is not None
    said = Said("A-1", click_id, ordered)
    actions.record_conversion(goal=item.goal, said=said, source="server", at=ordered)
    pending = f"creator:{ada.creator.pk}:pending"
    assert ledger.balance(name=pending, currency="USD") == usd("11")
    found = {decision.decision_id: Flaw.NO_PERSON}
    actions.credit_impressions(day=clicked.date(), found=found, at=ordered + DAY)
    assert ledger.balance(name=pending, currency="USD") == usd("0")
    days = DirectEarning.objects.values_list("day", "share_micros").order_by("share_micros")
    assert list(days) == [(clicked.date(), -11_000_000), (clicked.date(), 11_000_000)]
    assert not ledger.check_books()
