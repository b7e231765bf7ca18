"""After the click: reported signed or by a pixel, attributed by one rule, each order once."""

import datetime as dt
import hashlib
import hmac
import json
import re
import uuid
from dataclasses import replace
from html import unescape
from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import ClickDraft, GoalDraft, GoalIdTaken, SecretMissed
from takings.ads.models import BilledImpression, Campaign, Conversion, Goal, RefusedReports
from takings.ads.rules.conversions import (
    BadReport,
    Refused,
    Said,
    make_click_id,
    read_click_id,
    with_click_id,
)
from takings.ads.rules.traffic import Flaw
from takings.core import clock
from takings.money import Money
from tests.make.ads import make_advertiser, make_campaign, make_decision, usd
from tests.make.insights import show_ads
from tests.make.pages import Answer, page_text
from tests.make.people import NOON, make_user

pytestmark = pytest.mark.django_db
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
NOW = NOON + dt.timedelta(hours=2)
SECRET = re.compile(r"<p><code>([\w-]{43})</code></p>")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign whose first three ads were clicked an hour after noon."""
    found = make_campaign()
    show_ads(found, {"DE": 5})
    for row in BilledImpression.objects.order_by("pk")[:3]:
        click(found, row.pk)
    return found


def click(campaign: Campaign, decision_id: uuid.UUID, *, ignored_why: str = "") -> None:
    at = NOON + dt.timedelta(hours=1)
    decision = make_decision(campaign.leases.latest("leased_at"))
    draft = ClickDraft(replace(decision, decision_id=decision_id), at, ignored_why)
    actions.record_clicks(clicks=[draft])


def clicked(number: int = 0) -> str:
    """Return the click id of the campaign's ad of this number."""
    row = BilledImpression.objects.order_by("pk")[number]
    return make_click_id(row.pk, secret=settings.SECRET_KEY)


def make_goal(campaign: Campaign) -> tuple[Goal, str]:
    user = campaign.brand.members.get()
    draft = GoalDraft(uuid.uuid4(), "Order", 1)
    return actions.make_goal(brand=campaign.brand, draft=draft, user=user, at=NOON)


def send(goal: Goal, secret: str, said: object, *, at: dt.datetime = NOW) -> Answer:
    """Report as an advertiser's server does."""
    body = said if isinstance(said, str) else json.dumps(said)
    stamp = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Takings-Timestamp": stamp, "X-Takings-Signature": made}
    address = f"/ads/conversions/{goal.pk}/report/"
    sender = Client(enforce_csrf_checks=True)
    return sender.post(address, body, content_type="application/json", headers=headers)


def told(answer: Answer) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


def test_a_signed_report_counts_an_order_once(campaign: Campaign) -> None:
    goal, secret = make_goal(campaign)
    report = {"order_id": "A-1", "click_id": clicked(), "value": "49.90", "currency": "USD"}
    assert told(send(goal, secret, report)) == (HTTPStatus.CREATED, "counted")
    assert told(send(goal, secret, report)) == (HTTPStatus.OK, "duplicate")
    other = {"order_id": "A-2", "click_id": clicked(1), "occurred_at": "2026-11-02T13:30:00Z"}
    assert told(send(goal, secret, other))[1] == "counted"
    first, second = Conversion.objects.order_by("order_id")
    assert (str(first), first.value, first.source) == ("Order: A-1", usd("49.90"), "server")
    assert (first.campaign, first.country, first.converted_at) == (campaign, "DE", NOW)
    assert (second.value, second.converted_at) == (None, NOON + dt.timedelta(minutes=90))
    found = queries.campaign_report(campaign=campaign)
    assert (found.total.conversions, found.rows[0].conversions) == (2, 2)
    [reached] = queries.reached_by(campaign=campaign, spent=found.total.spent)
    assert (reached.count, reached.value, reached.cost) == (2, usd("49.90"), Money(10_625, "USD"))
    assert not RefusedReports.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"click_id": "no-such"}, "unknown_click"),
        ({"occurred_at": "2026-11-02T12:59:59Z"}, "before_click"),
        ({"occurred_at": "2026-11-03T13:00:01Z"}, "in_future"),
        ({"value": "1", "currency": "EUR"}, "other_currency"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason_that_is_counted(
    campaign: Campaign, change: dict[str, str], reason: str
) -> None:
    goal, secret = make_goal(campaign)
    report = {"order_id": "A-1", "click_id": clicked(), **change}
    for _ in range(2):
        assert told(send(goal, secret, report)) == (HTTPStatus.UNPROCESSABLE_ENTITY, reason)
    assert not Conversion.objects.exists()
    assert str(RefusedReports.objects.get()) == f"{NOW.date()} {reason}: 2"
    reader = Client()
    reader.force_login(campaign.brand.members.get())
    page = page_text(reader.get(f"/ads/conversions/{goal.pk}/"))
    assert Refused(reason).sentence in unescape(page)


def test_a_copy_is_worth_nothing_later_and_another_secret_never(campaign: Campaign) -> None:
    goal, secret = make_goal(campaign)
    report = {"order_id": "A-1", "click_id": clicked()}
    minutes, refused = 300 * SECOND, HTTPStatus.UNPROCESSABLE_ENTITY
    for at in (NOW - minutes - SECOND, NOW + minutes + SECOND):
        assert told(send(goal, secret, report, at=at)) == (refused, "stale")
    _, other = make_goal(campaign)
    assert told(send(goal, other, report)) == (refused, "forged")
    answer = Client().post(f"/ads/conversions/{goal.pk}/report/", "{}", content_type="text/plain")
    assert told(answer) == (refused, "forged")
    assert not Conversion.objects.exists()
    assert told(send(goal, secret, report, at=NOW - minutes))[1] == "counted"


def test_a_time_that_is_no_number_is_stale(campaign: Campaign) -> None:
    goal, secret = make_goal(campaign)
    for stamp in ("", "²", "9" * 13, "-1"):
        made = hmac.new(secret.encode(), stamp.encode() + b".{}", hashlib.sha256).hexdigest()
        signed = actions.Signed(b"{}", stamp, made)
        assert actions.check_report(goal=goal, signed=signed, at=NOW) == Refused.STALE


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[1]",
        '{"order_id": "A-1"}',
        '{"order_id": "", "click_id": "x"}',
        '{"order_id": "A\\u0000", "click_id": "x"}',
        '{"order_id": "A-1", "click_id": "x", "value": 4.9, "currency": "USD"}',
        '{"order_id": "A-1", "click_id": "x", "value": "-1", "currency": "USD"}',
        '{"order_id": "A-1", "click_id": "x", "value": "1e9", "currency": "USD"}',
        '{"order_id": "A-1", "click_id": "x", "value": "1", "currency": "XXQ"}',
        '{"order_id": "A-1", "click_id": "x", "value": "99999999999999", "currency": "USD"}',
        '{"order_id": "A-1", "click_id": "x", "occurred_at": "2026-11-02T13:00:00"}',
        '{"order_id": "A-1", "click_id": "x", "other": 1}',
    ],
)
def test_nonsense_that_is_signed_is_told_and_counts_nothing(campaign: Campaign, body: str) -> None:
    goal, secret = make_goal(campaign)
    answer = send(goal, secret, body)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert json.loads(answer.content)["sentence"]
    assert not Conversion.objects.exists()


def test_a_long_report_and_an_unknown_goal_are_refused(campaign: Campaign) -> None:
    goal, secret = make_goal(campaign)
    assert send(goal, secret, "x" * 5_000).status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    nowhere = f"/ads/conversions/{uuid.uuid4()}/report/"
    assert Client().post(nowhere, "{}", content_type="text/plain").status_code == 404


def test_the_window_ends_and_clicks_of_nobody_or_of_others_lead_to_nothing(
    campaign: Campaign,
) -> None:
    goal, _ = make_goal(campaign)
    end = NOON + DAY + dt.timedelta(hours=1)

    def record(number: int, at: dt.datetime, *, of: Goal = goal) -> Refused | None:
        said = Said(f"{number}", clicked(number), at)
        return actions.record_conversion(goal=of, said=said, source="server", at=at).refused

    assert record(0, end + SECOND) == Refused.TOO_LATE
    assert record(0, end) is None
    gone = BilledImpression.objects.order_by("pk")[1].pk
    actions.credit_impressions(day=NOON.date(), found={gone: Flaw.RHYTHM}, at=end)
    assert record(1, NOW) == Refused.NO_PERSON
    click(campaign, BilledImpression.objects.order_by("pk")[3].pk, ignored_why="expired")
    assert record(3, NOW) == Refused.NO_PERSON
    assert record(4, NOW) == Refused.UNKNOWN_CLICK
    brand, member = make_advertiser()
    draft = GoalDraft(uuid.uuid4(), "Order", 30)
    theirs, _ = actions.make_goal(brand=brand, draft=draft, user=member, at=NOON)
    assert record(2, NOW, of=theirs) == Refused.OTHER_ADVERTISER
    said = Said("x", clicked(), NOW, usd("-1"))
    with pytest.raises(BadReport):
        actions.record_conversion(goal=goal, said=said, source="server", at=NOW)
    assert Conversion.objects.count() == 1


def test_a_pixel_counts_and_answers_the_same_whatever_it_says(campaign: Campaign) -> None:
    goal, secret = make_goal(campaign)
    pixel = f"/ads/conversions/{goal.pk}/pixel.gif"
    page = Client()
    answers = [
        page.get(pixel, asked)
        for asked in (
            {"click": clicked(), "order": "A-1", "value": "9.99", "currency": "USD"},
            {"click": clicked(), "order": "A-1"},
            {"click": clicked(1)},
            {"click": "forged"},
            {},
        )
    ]
    answers.append(page.get(f"/ads/conversions/{uuid.uuid4()}/pixel.gif", {"click": clicked()}))
    assert {(one.status_code, one.content, one["Content-Type"]) for one in answers} == {
        (200, answers[0].content, "image/gif")
    }
    assert all(one["Cache-Control"] == "no-store" and not one.cookies for one in answers)
    rows = Conversion.objects.order_by("pk").values_list("order_id", "source", "value_micros")
    assert list(rows) == [("A-1", "page", 9_990_000), (clicked(1), "page", None)]
    again = {"order_id": "A-1", "click_id": clicked()}
    assert told(send(goal, secret, again)) == (HTTPStatus.OK, "duplicate")
    assert RefusedReports.objects.get().reason == "unknown_click"


def test_an_editor_makes_one_reads_the_secret_once_and_replaces_it(campaign: Campaign) -> None:
    editor = Client()
    editor.force_login(campaign.brand.members.get())
    place = f"/ads/conversions/?brand={campaign.brand_id}"
    listed = editor.get(place)
    assert "Nothing yet" in page_text(listed)
    (given,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', listed.content.decode())
    form = {"id": given, "name": "Order", "click_days": "7"}
    assert "required" in page_text(editor.post(place, form | {"name": ""}))
    made = editor.post(place, form)
    goal = Goal.objects.get()
    (first,) = SECRET.findall(made.content.decode())
    assert made["Cache-Control"] == "no-store"
    here = f"/ads/conversions/{goal.pk}/"
    for again in (editor.post(place, form), editor.get(here)):
        assert SECRET.findall(again.content.decode()) == []
    assert "use a new id" in page_text(editor.post(place, form | {"name": "Other"}))
    (second,) = SECRET.findall(editor.post(here, {"number": "2"}).content.decode())
    assert SECRET.findall(editor.post(here, {"number": "2"}).content.decode()) == []
    assert editor.post(here, {"number": "x"}).status_code == 409
    assert str(goal.secrets.latest("number")) == f"{goal.pk} secret 2"
    report = {"order_id": "A-1", "click_id": clicked()}
    assert told(send(goal, first, report))[1] == "forged"
    assert told(send(goal, second, report))[1] == "counted"
    for page, words in (
        (here, "A-1"),
        (place, "7 × 24 hours"),
        (f"/ads/campaigns/{campaign.pk}/", "Spent for each"),
    ):
        assert words in page_text(editor.get(page))
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(here).status_code == 404
    assert stranger.get("/ads/conversions/")["Location"] == "/ads/brands/new/"
    assert Goal.objects.count() == 1


def test_a_goal_without_a_name_and_a_second_with_its_id_are_refused(campaign: Campaign) -> None:
    member = campaign.brand.members.get()
    brand, _ = make_advertiser()
    goal, _ = make_goal(campaign)
    for draft in (GoalDraft(uuid.uuid4(), " ", 7), GoalDraft(uuid.uuid4(), "Order", 8)):
        with pytest.raises(actions.BadGoal):
            actions.make_goal(brand=brand, draft=draft, user=member, at=NOON)
    draft = GoalDraft(goal.pk, "Order", 1)
    with pytest.raises(GoalIdTaken):
        actions.make_goal(brand=brand, draft=draft, user=member, at=NOON)
    with pytest.raises(SecretMissed):
        actions.renew_secret(goal=goal, number=3, user=member, at=NOON)
    assert (Goal.objects.count(), goal.secrets.count()) == (1, 1)


def test_a_click_id_names_a_click_and_nobody_else_makes_one() -> None:
    decision, secret = uuid.uuid4(), "one secret"
    made = make_click_id(decision, secret=secret)
    assert read_click_id(made, secrets=["another", secret]) == decision
    for forged in ("", "é", "a", made[:-4], made + "AAAA", make_click_id(decision, secret="x")):
        assert read_click_id(forged, secrets=[secret]) is None
    for query, kept in (
        ("?b=1&takings_click=old", "b=1&"),
        ("?sale&c=a%20b+%C3%A9", "sale&c=a%20b+%C3%A9&"),
        ("", ""),
    ):
        assert with_click_id(f"https://brand.example/a{query}#c", made) == (
            f"https://brand.example/a?{kept}takings_click={made}#c"
        )
