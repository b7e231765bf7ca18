"""The ad routes as a player meets them: raw ASGI, with the thread that keeps them fresh."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Coroutine, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from takings.ads.actions import key_ring
from takings.ads.edge.partners import Partners
from takings.ads.edge.routes import AdEdge
from takings.ads.models import Click, Lease, Served
from takings.ads.rules.conversions import read_click_id
from takings.core import clock
from takings.events.rules.clients import day_viewer
from takings.people.rules import VIEWER_COOKIE, Viewer, sign_viewer
from tests.make.ads import Wanted, make_line_item
from tests.make.bidders import bidder, bids, make_partner
from tests.make.people import NOON

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
HOUR = dt.timedelta(hours=1)
Message = MutableMapping[str, object]
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> dict[str, object]:
        """Return the body as an object."""
        content = json.loads(self.body)
        assert isinstance(content, dict)
        return content


def cookie(
    viewer_id: uuid.UUID | None = None,
    *,
    country: str = "DE",
    ad_free_until: dt.datetime | None = None,
) -> str:
    named = viewer_id or uuid.uuid4()
    viewer = Viewer(named, None, country, clock.now(), ad_free_until=ad_free_until)
    token = sign_viewer(viewer, key=settings.SECRET_KEY)
    return f"theme=dark; {VIEWER_COOKIE}={token}"


def served_in_all() -> int:
    """Return all decisions that were counted, in however many quarters of an hour."""
    return sum(Served.objects.values_list("decision_count", flat=True))


async def get(edge: AdEdge, target: str, method: str = "GET", **headers: str) -> Answer:
    path, _, query = target.partition("?")
    named = {"user-agent": BROWSER, **{name.replace("_", "-"): v for name, v in headers.items()}}
    scope: Message = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }
    answer = Answer()

    async def receive() -> Message:
        raise AssertionError("no body is read")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert isinstance(message["status"], int)
            assert isinstance(message["headers"], list)
            answer.status, answer.headers = message["status"], dict(message["headers"])
        else:
            assert isinstance(message["body"], bytes)
            answer.body += message["body"]

    await edge.app(scope, receive, send)
    return answer


def run(story: Coroutine[object, object, None]) -> None:
    asyncio.run(story)


def make_running_campaign() -> uuid.UUID:
    """Make a campaign that runs at the real present, which is what the routes read."""
    item = make_line_item(Wanted(countries=("DE",)))
    item.starts_at, item.ends_at = NOON.replace(year=2020), NOON.replace(year=2099)
    item.save()
    return item.campaign_id


def test_the_next_ad_is_labelled_explained_and_signed() -> None:
    campaign_id = make_running_campaign()
    viewer_id, after = uuid.uuid4(), uuid.uuid4()

    async def story() -> None:
        edge = AdEdge()
        answer = await get(edge, f"/ads/next?after={after}", cookie=cookie(viewer_id))
        assert (answer.status, answer.headers[b"cache-control"]) == (200, b"no-store")
        ad = answer.json()["ad"]
        assert isinstance(ad, dict)
        decision = key_ring().read(ad["token"])
        assert (decision.viewer_id, decision.after_video_id) == (viewer_id, after)
        assert ad["campaign"] == str(campaign_id)
        assert ad["decision_id"] == str(decision.decision_id)
        assert ad["video"] == f"/media/{decision.creative_id}"
        assert (ad["label"], ad["headline"]) == ("Ad", "Warm all winter")
        assert ad["paid_by"].startswith("Northwind")
        assert ad["why"] == [
            f"{ad['paid_by']} paid for this ad.",
            "Shown in Germany, between videos.",
            "No other ad could run here at this moment.",
            "Not based on your profile: only your country and this place were used.",
            "Your country is the one of your account.",
        ]
        click = await get(edge, ad["click_url"], cookie=cookie(viewer_id))
        assert click.status == 302
        url, _, click_id = click.headers[b"location"].decode().partition("?takings_click=")
        assert url == "https://brand.example/coats"
        found = read_click_id(click_id, secrets=[settings.SECRET_KEY])
        assert found == decision.decision_id
        await edge.shutdown()

    run(story())
    assert Click.objects.get().ignored_why == ""
    assert Served.objects.get().decision_count == 1
    assert sum(lease.room_micros for lease in Lease.objects.all()) == 4_250


def test_who_asks_that_less_be_kept_is_shown_ads_as_the_one_of_that_day() -> None:
    make_running_campaign()
    viewer_id = uuid.uuid4()

    async def story() -> None:
        edge = AdEdge()
        answer = await get(edge, "/ads/next", cookie=cookie(viewer_id), sec_gpc="1")
        ad = answer.json()["ad"]
        assert isinstance(ad, dict)
        decision = key_ring().read(ad["token"])
        day = decision.issued_at.date()
        known = day_viewer(viewer_id=viewer_id, day=day, key=settings.SECRET_KEY)
        assert decision.viewer_id == known
        click = await get(edge, ad["click_url"], cookie=cookie(viewer_id), sec_gpc="1")
        assert click.headers[b"location"] == b"https://brand.example/coats"  # and nobody is told
        await edge.shutdown()

    run(story())
    assert Click.objects.get().ignored_why == ""


def test_nobody_known_robots_and_prefetches_are_shown_no_ad_and_told_why() -> None:
    make_running_campaign()

    async def story() -> None:
        edge = AdEdge()
        for headers, code in (
            ({}, "no_viewer"),
            ({"cookie": f"{VIEWER_COOKIE}=forged"}, "no_viewer"),
            ({"cookie": "theme=dark"}, "no_viewer"),
            ({"cookie": cookie(), "user_agent": "Googlebot/2.1"}, "robot"),
            ({"cookie": cookie(), "user_agent": ""}, "robot"),
            ({"cookie": cookie(), "sec_purpose": "prefetch;prerender"}, "robot"),
            ({"cookie": cookie(country="FR")}, "no_campaign"),
            ({"cookie": cookie(ad_free_until=clock.now() + HOUR)}, "member"),
        ):
            answer = (await get(edge, "/ads/next", **headers)).json()
            assert (answer["ad"], answer["code"]) == (None, code)
            assert answer["why"]
        await edge.shutdown()

    run(story())
    assert not Served.objects.exists()


def test_bad_requests_get_clear_answers() -> None:
    async def story() -> None:
        edge = AdEdge()
        await edge.startup()
        for target, status, code in (
            ("/ads/next?after=nonsense", 422, "bad_video_id"),
            ("/ads/click/", 422, "forged_token"),
            ("/ads/click/a.b.c", 422, "forged_token"),
            ("/ads/click/" + "x" * 5000, 422, "forged_token"),
            ("/ads/click/ünïcode.ä.ö", 422, "forged_token"),
            ("/ads/next/more", 404, "no_such_route"),
        ):
            answer = await get(edge, target)
            assert (answer.status, answer.json()["code"]) == (status, code)
        answer = await get(edge, "/ads/next", method="POST")
        assert (answer.status, answer.headers[b"allow"]) == (405, b"GET")
        await edge.shutdown()
        await edge.shutdown()

    run(story())


def test_an_ad_server_that_runs_low_leases_more_by_itself() -> None:
    campaign_id = make_running_campaign()

    async def story() -> None:
        edge = AdEdge()
        served = 0
        for _ in range(200):
            answer = await get(edge, "/ads/next", cookie=cookie())
            served += answer.json()["ad"] is not None
            if served >= 60:
                break
            await asyncio.sleep(0.02)
        assert served >= 60
        await edge.shutdown()

    run(story())
    first, second, *_ = Lease.objects.filter(campaign_id=campaign_id).order_by("leased_at")
    assert second.amount_micros > first.amount_micros
    assert served_in_all() >= 60


def test_a_failing_refresh_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    make_running_campaign()

    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")

    async def story() -> None:
        edge = AdEdge()
        await get(edge, "/ads/next", cookie=cookie())
        await asyncio.to_thread(rename, "ads_served", "ads_hidden")
        for _ in range(100):
            if "could not refresh" in caplog.text:
                break
            await get(edge, "/ads/next", cookie=cookie())
            await asyncio.sleep(0.05)
        still = (await get(edge, "/ads/next", cookie=cookie())).json()
        await asyncio.to_thread(rename, "ads_hidden", "ads_served")
        assert "could not refresh" in caplog.text
        assert still["ad"] is not None or still["code"] == "no_budget"
        await edge.shutdown()

    run(story())
    assert served_in_all() > 1


def test_partners_outside_are_asked_before_a_viewer_gets_an_ad(tmp_path: Path) -> None:
    campaign_id = make_running_campaign()
    make_partner()
    with bidder(tmp_path) as asked:
        asked.bid = bids("9")

        async def story() -> None:
            edge = AdEdge()
            edge.partners = Partners(outside=asked.way)
            answer = await get(edge, f"/ads/next?after={uuid.uuid4()}", cookie=cookie())
            ad = answer.json()["ad"]
            assert isinstance(ad, dict)
            assert ad["campaign"] == str(campaign_id)  # what was not reviewed is not shown
            await edge.shutdown()

        run(story())
        [request] = asked.requests
        assert request["device"] == {"devicetype": 2, "geo": {"country": "DEU"}, "lmt": 1}
        assert "user" not in request
