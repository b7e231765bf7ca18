"""Line items: several in one campaign, each with its price, days and part of the budget."""

import datetime as dt
import uuid
from dataclasses import replace
from importlib import import_module

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import LineItemDraft, LineItemIdTaken, NothingLeft, NotRunning
from takings.ads.edge import Chosen
from takings.ads.models import Campaign, Charge, Lease, LineItem, Served
from takings.ads.queries.checks import COMMITTED_IS_LEASED
from takings.ads.rules.changes import CampaignHasEnded
from takings.ads.rules.terms import BadLineBudget
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.people.models import User
from tests.ads.test_serving import ask, make_server
from tests.make.ads import (
    Wanted,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    make_line_item,
    usd,
)
from tests.make.people import NOON, make_operator, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def add(campaign: Campaign, **changes: object) -> LineItem:
    """Let a campaign buy one more thing, like the first but for some terms."""
    first = queries.terms_of(item=campaign.line_items.earliest("added_at", "pk"))
    terms = replace(first, **changes)  # type: ignore[arg-type] # by name
    draft = LineItemDraft(uuid.uuid4(), terms)
    user = campaign.brand.members.get()
    return actions.add_line_item(campaign_id=campaign.pk, draft=draft, user=user, at=NOON)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_line_items_share_the_budget_of_their_campaign_and_keep_to_their_own() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("0.1")))
    first = campaign.line_items.get()
    second = add(campaign, name="Boots", budget=usd("0.05"), price=usd("5"))
    leases = [make_lease(one) for one in (second, first)]
    assert [lease.amount_micros for lease in leases] == [50_000, 42_500]
    second.refresh_from_db()
    campaign.refresh_from_db()
    assert (second.committed, campaign.committed) == (usd("0.05"), usd("0.0925"))
    with pytest.raises(NothingLeft):
        make_lease(second)  # its own part is spent
    assert make_lease(first).amount_micros == 4_250  # what is left of the campaign's
    with pytest.raises(NothingLeft):
        make_lease(first)
    actions.retire_lease(lease_id=leases[0].pk, promised=usd("0.01"), at=NOON)
    assert make_lease(first).amount_micros == 10 * 4_250  # what the other gave back
    assert not ledger.check_books()


def test_the_database_refuses_more_than_the_budget_of_a_line_item() -> None:
    item = add(make_campaign(), budget=usd("1"))
    item.committed_micros = 1_000_001
    with pytest.raises(IntegrityError, match="line_item_budget_is_never_exceeded"):
        item.save()


def test_the_books_tell_what_a_line_item_has_committed_and_did_not_lease() -> None:
    item = make_line_item()
    make_lease(item)
    assert not list(COMMITTED_IS_LEASED.find(lambda _done, _of: None))
    LineItem.objects.update(committed_micros=1)
    [found] = COMMITTED_IS_LEASED.find(lambda _done, _of: None)
    assert found.row == f"line_item:{item.pk}"


def test_each_line_item_is_charged_at_its_price_in_its_own_entry() -> None:
    campaign = make_campaign()
    items = [campaign.line_items.get(), add(campaign, name="Boots", price=usd("5"))]
    beacons = [make_beacon(make_decision(make_lease(item))) for item in items for _ in range(2)]
    actions.charge_beacons(segment="one", beacons=beacons, at=NOON)
    charged = Charge.objects.values_list("line_item_id", "amount_micros")
    assert dict(charged) == {items[0].pk: 8_500, items[1].pk: 10_000}
    shares = queries.shares_by_line_item(campaign=campaign, at=NOON)
    assert [(share.item.name, share.charged, share.spent) for share in shares] == [
        (items[0].name, 2, usd("0.0085")),
        ("Boots", 2, usd("0.01")),
    ]
    assert not ledger.check_books()


def test_the_dearest_line_item_of_a_campaign_that_fits_is_shown_and_counted() -> None:
    campaign = make_campaign()
    french = add(campaign, name="French", countries=("FR",), price=usd("9"))
    dear = add(campaign, name="Dear", price=usd("9"))
    server = make_server()
    server.refresh(at=NOON)
    won = {country: ask(server, country=country) for country in ("DE", "FR")}
    assert all(isinstance(one, Chosen) for one in won.values())
    server.refresh(at=NOON)
    counted = Served.objects.values_list("line_item_id", "country")
    assert set(counted) == {(dear.pk, "DE"), (french.pk, "FR")}
    actions.pause_line_item(line_item_id=dear.pk, user=make_user(), at=NOON)
    server.refresh(at=NOON)
    chosen = ask(server)
    assert isinstance(chosen, Chosen)
    assert chosen.won.item.id == campaign.pk, "the first line item has its campaign's id"


def test_a_paused_line_item_lends_nothing_until_it_is_resumed() -> None:
    item = make_line_item()
    user = make_user()
    lease = make_lease(item)
    known = item.changes.count()
    for _ in range(2):
        actions.pause_line_item(line_item_id=item.pk, user=user, at=NOON)
    with pytest.raises(NotRunning):
        make_lease(item)
    with pytest.raises(NotRunning):
        actions.renew_lease(lease_id=lease.pk, at=NOON)
    assert Lease.objects.count() == 1
    item.refresh_from_db()
    assert queries.obstacles(item=item, at=NOON) == ["It is paused."]
    for _ in range(2):
        actions.resume_line_item(line_item_id=item.pk, user=user, at=NOON)
    make_lease(item)
    assert item.changes.count() == known + 2


def test_a_line_item_is_added_once_and_never_to_what_has_ended() -> None:
    campaign, other = make_campaign(), make_campaign()
    terms = replace(queries.terms_of(item=campaign.line_items.get()), name=" Boots ")
    draft, user = LineItemDraft(uuid.uuid4(), terms), make_user()
    for _ in range(2):
        actions.add_line_item(campaign_id=campaign.pk, draft=draft, user=user, at=NOON)
    assert campaign.line_items.count() == 2
    assert str(campaign.changes.latest("pk")) == "line item:  → Boots"

    def refuse(refusal: type[Refusal], found: Campaign, drafted: LineItemDraft) -> None:
        with pytest.raises(refusal):
            actions.add_line_item(campaign_id=found.pk, draft=drafted, user=user, at=NOON)

    refuse(LineItemIdTaken, other, draft)
    large = LineItemDraft(uuid.uuid4(), replace(terms, budget=usd("20.01")))
    refuse(BadLineBudget, campaign, large)
    actions.end_campaign(campaign_id=campaign.pk, user=user, at=NOON)
    refuse(CampaignHasEnded, campaign, LineItemDraft(uuid.uuid4(), terms))
    item = campaign.line_items.earliest("added_at", "pk")
    for step in (
        actions.pause_line_item,
        actions.resume_line_item,
        actions.spread_line_item,
        actions.hurry_line_item,
    ):
        with pytest.raises(CampaignHasEnded):
            step(line_item_id=item.pk, user=user, at=NOON)
    assert LineItem.objects.count() == 3


def test_a_copy_of_a_line_item_begins_today_paused_and_is_made_once() -> None:
    item = make_line_item()
    copy_id, user = uuid.uuid4(), make_user()
    copy, again = (
        actions.duplicate_line_item(
            line_item_id=item.pk, copy_id=copy_id, user=user, at=NOON + 3 * DAY
        )
        for _ in range(2)
    )
    assert copy == again
    assert (copy.campaign, copy.name) == (item.campaign, f"{item.name} (copy)")
    assert copy.paused_at == NOON + 3 * DAY
    assert copy.starts_at == (NOON + 3 * DAY).replace(hour=0)
    assert LineItem.objects.count() == 2


def test_a_copied_campaign_keeps_how_far_its_line_items_are_apart() -> None:
    campaign = make_campaign()
    add(campaign, name="Later", starts_at=NOON + 5 * DAY)
    copy = actions.duplicate_campaign(
        campaign_id=campaign.pk, copy_id=uuid.uuid4(), user=make_user(), at=NOON + 60 * DAY
    )
    first, later = queries.line_items_of(campaign=copy)
    assert (later.starts_at - first.starts_at, later.name) == (5 * DAY, "Later")


def test_line_items_without_a_budget_of_their_own_follow_their_campaigns_plan_together() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("0.3")))  # a cent a day
    items = [campaign.line_items.get(), add(campaign, name="Boots")]
    own = add(campaign, name="Own", budget=usd("0.2"))
    user = make_user()
    for item in (*items, own):
        actions.spread_line_item(line_item_id=item.pk, user=user, at=NOON)
    beacons = [make_beacon(make_decision(make_lease(items[0]))) for _ in range(2)]
    actions.charge_beacons(segment="one", beacons=beacons, at=NOON)
    assert actions.set_paces(at=NOON + dt.timedelta(minutes=2)) == 3
    paces = {item.name: queries.pace_of(item=item) for item in (*items, own)}
    assert [pace.pace_ppm for pace in paces.values() if pace] == [90_000, 90_000, 110_000]


def test_an_advertiser_adds_changes_pauses_and_duplicates_line_items_in_the_browser() -> None:
    campaign = make_campaign()
    member = campaign.brand.members.get()
    client = signed_in(member)
    page = client.get(f"/ads/campaigns/{campaign.pk}/line-items/new/").content.decode()
    assert "Own budget" in page
    form = {
        "id": str(uuid.uuid4()),
        "name": "Boots",
        "price": "5",
        "pricing": "vcpm",
        "sale": "fixed",
        "own_budget": "21",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": "Europe/Berlin",
        "countries": "FR",
    }
    address = f"/ads/campaigns/{campaign.pk}/line-items/new/"
    assert "must be within the campaign’s, which is $20.00" in text(client, address, form)
    for _ in range(2):  # a double click is one line item
        answer = client.post(address, form | {"own_budget": "2"})
        assert answer.headers["location"] == f"/ads/line-items/{form['id']}/"
    assert campaign.line_items.count() == 2
    item = campaign.line_items.get(name="Boots")
    assert (item.budget, item.ends_at.isoformat()) == (usd("2"), "2036-10-25T22:00:00+00:00")
    shown = client.get(f"/ads/line-items/{item.pk}/").content.decode()
    assert "France" in shown
    assert '<a href="/ads/campaigns/" aria-current="page">' in shown
    assert "$2.00 of the campaign’s $20.00" in shown
    assert "Boots" in client.get(f"/ads/campaigns/{campaign.pk}/").content.decode()
    edit = f"/ads/line-items/{item.pk}/edit/"
    assert 'name="price"' in client.get(edit).content.decode()
    assert "must end after it starts" in text(
        client, edit, form | {"own_budget": "2", "ends_on": "2020-01-01"}
    )
    client.post(edit, form | {"own_budget": "", "name": "Shoes"})
    item.refresh_from_db()
    assert (item.name, item.budget) == ("Shoes", None)
    make_lease(campaign.line_items.exclude(pk=item.pk).get())
    fixed = client.get(f"/ads/line-items/{campaign.pk}/edit/").content.decode()
    assert "The price stays $4.25" in fixed
    for step, word in (("pause", "is paused"), ("resume", "is not paused any more")):
        assert "Shoes" in client.get(f"/ads/line-items/{item.pk}/{step}/").content.decode()
        done = client.post(f"/ads/line-items/{item.pk}/{step}/", follow=True)
        assert word in done.content.decode()
    assert client.get(f"/ads/line-items/{item.pk}/explode/").status_code == 404
    asked = {"id": str(uuid.uuid4())}
    for _ in range(2):
        answer = client.post(f"/ads/line-items/{item.pk}/copy/", asked)
        assert answer.headers["location"] == f"/ads/line-items/{asked['id']}/edit/"
    assert "of “<a" in client.get(f"/ads/campaigns/{campaign.pk}/history/").content.decode()


def test_line_items_of_others_are_not_there_and_what_has_ended_says_so() -> None:
    campaign = make_campaign()
    item = campaign.line_items.get()
    pages = ("", "edit/", "pause/")
    stranger = signed_in(make_user())
    assert {stranger.get(f"/ads/line-items/{item.pk}/{page}").status_code for page in pages} == {
        404
    }
    assert stranger.post(f"/ads/line-items/{item.pk}/pause/").status_code == 404
    item.refresh_from_db()
    assert item.paused_at is None
    operator = signed_in(make_operator())
    assert operator.get(f"/ads/line-items/{item.pk}/").status_code == 200
    actions.end_campaign(campaign_id=campaign.pk, user=make_user(), at=NOON)
    for page in ("pause/", "copy/"):
        done = operator.post(f"/ads/line-items/{item.pk}/{page}", follow=True)
        assert "ended for good" in done.content.decode()


def test_a_campaign_of_before_becomes_one_line_item_under_its_id() -> None:
    moved = import_module("takings.ads.migrations.0011_line_items_moved").MOVE
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMP TABLE ads_lineitem (id uuid, campaign_id uuid, name text,
                cpm_micros bigint, budget_micros bigint, daily_budget_micros bigint,
                committed_micros bigint, countries varchar(2)[], starts_at timestamptz,
                ends_at timestamptz, time_zone text, paused_at timestamptz, added_at timestamptz);
            CREATE TEMP TABLE ads_lease (campaign_id uuid, line_item_id uuid);
            CREATE TEMP TABLE ads_charge (LIKE ads_lease);
            CREATE TEMP TABLE ads_campaign AS SELECT gen_random_uuid() AS id, 'Coats' AS name,
                4250000 AS cpm_micros, NULL::bigint AS daily_budget_micros, 7 AS committed_micros,
                ARRAY['DE']::varchar(2)[] AS countries, now() AS starts_at, now() AS ends_at,
                'Europe/Berlin' AS time_zone, now() AS drafted_at FROM generate_series(1, 2);
            INSERT INTO ads_lease (campaign_id) SELECT id FROM ads_campaign;
            INSERT INTO ads_charge (campaign_id) SELECT id FROM ads_campaign;
            """
        )
        cursor.execute(moved)
        cursor.execute(
            """
            SELECT count(*), min(item.name), sum(item.committed_micros), max(item.budget_micros),
                max(item.paused_at), max(item.time_zone), bool_and(item.countries = old.countries)
            FROM ads_lineitem item JOIN ads_campaign old ON old.id = item.id
            JOIN ads_lease ON ads_lease.line_item_id = item.campaign_id
            JOIN ads_charge ON ads_charge.line_item_id = item.id
            """
        )
        assert cursor.fetchone() == (2, "Coats", 14, None, None, "Europe/Berlin", True)


def text(client: Client, address: str, form: dict[str, str]) -> str:
    return client.post(address, form).content.decode()
