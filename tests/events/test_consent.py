"""Less is kept of whoever asks for it, and other sites' pages cannot send in a viewer's name."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client, override_settings

from takings.core import clock
from takings.events.edge.collector import Collector
from takings.events.rules.clients import (
    PRIVATE_COOKIE,
    CrossSite,
    check_site,
    day_viewer,
    read_cookies,
)
from takings.events.rules.frames import read_frames
from takings.events.rules.records import StoredRecord, decode_record
from takings.people.models import User
from takings.people.queries import region_for_ads
from takings.people.rules import VIEWER_COOKIE, read_viewer
from tests.make.collecting import Answer, batch, post, viewer_cookie
from tests.make.events import make_view
from tests.make.people import make_user

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")
DAY = dt.date(2026, 11, 2)
DAY_AGO = dt.timedelta(days=1)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Give the folder of a segment log of this test's own."""
    with override_settings(EVENTS_HOME=tmp_path / "events"):
        yield tmp_path / "events"


def tell(cookie: str = "", **headers: str) -> Answer:
    """Post a view of yesterday and one of now."""
    now = clock.now()
    views = [make_view(VIDEO, VIEWER, 0, at=at) for at in (now - DAY_AGO, now)]
    body = batch(row for view in views for row in view)
    given = {"cookie": f"{viewer_cookie(VIEWER)}; {cookie}", **headers}

    async def story() -> Answer:
        collector = Collector()
        answer = await post(collector, body, headers=given)
        await collector.shutdown()
        return answer

    return asyncio.run(story())


def kept(log: Path) -> list[StoredRecord]:
    """Return the records of the log."""
    (path,) = log.iterdir()
    return [decode_record(payload) for payload in read_frames(path.read_bytes()).payloads]


@pytest.mark.parametrize(
    ("cookie", "headers"), [(f"{PRIVATE_COOKIE}=1", {}), ("", {"sec-gpc": "1"})]
)
def test_who_asks_for_less_is_somebody_else_every_day_and_from_nowhere(
    log: Path, cookie: str, headers: dict[str, str]
) -> None:
    assert tell(cookie, **headers).json["accepted"] == 2
    today = clock.now().date()
    named = [
        day_viewer(viewer_id=VIEWER, day=day, key=settings.SECRET_KEY).bytes
        for day in (today - DAY_AGO, today)
    ]
    assert [record.viewer for record in kept(log)] == named
    assert VIEWER.bytes not in named
    assert [(record.network, record.country) for record in kept(log)] == [(0, "DE"), (0, "DE")]


@pytest.mark.parametrize(
    ("cookie", "headers"), [("", {}), (f"{PRIVATE_COOKIE}=0", {"sec-gpc": "0"})]
)
def test_who_asks_for_nothing_is_kept_under_their_own_number(
    log: Path, cookie: str, headers: dict[str, str]
) -> None:
    tell(cookie, **headers)
    (record,) = kept(log)
    assert record.viewer == VIEWER.bytes
    assert record.network != 0


def test_a_number_of_the_day_lasts_the_day_and_depends_on_the_secret() -> None:
    one = day_viewer(viewer_id=VIEWER, day=DAY, key="secret")
    assert one == day_viewer(viewer_id=VIEWER, day=DAY, key="secret")
    others = {
        day_viewer(viewer_id=VIEWER, day=DAY + DAY_AGO, key="secret"),
        day_viewer(viewer_id=VIEWER, day=DAY, key="another"),
        day_viewer(viewer_id=VIDEO, day=DAY, key="secret"),
    }
    assert len(others | {one, VIEWER}) == 5


OURS, THEIRS = "https://takings.example", "https://elsewhere.example"


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": OURS}, True),
        ({"origin": OURS}, False),
        ({"origin": "http://10.0.0.1:8000", "host": "10.0.0.1:8000"}, False),
        ({"origin": THEIRS, "host": "takings.example"}, True),
        ({"origin": "null"}, True),
        ({"origin": "https://"}, True),
    ],
)
def test_only_our_own_pages_may_send(headers: dict[str, str], *, is_refused: bool) -> None:
    given = {name.encode(): value.encode() for name, value in headers.items()}
    with pytest.raises(CrossSite) if is_refused else nullcontext():
        check_site(headers=given, public_url=OURS)


def test_another_sites_page_is_refused_and_nothing_is_written(log: Path) -> None:
    answer = tell(**{"origin": THEIRS, "content-type": "text/plain"})
    assert (answer.status, answer.json["code"]) == (403, "cross_site")
    assert not log.exists()


def test_cookies_may_come_in_several_headers() -> None:
    headers = [(b"cookie", b"a=1; b=x=y"), (b"host", b"h"), (b"cookie", b"c=2; d")]
    assert read_cookies(headers) == {"a": "1", "b": "x=y", "c": "2", "d": ""}


@pytest.mark.django_db
def test_an_age_group_is_used_for_ads_only_while_an_adult_allows_it(client: Client) -> None:
    vera = make_user("Vera")
    client.force_login(vera, backend=settings.AUTHENTICATION_BACKENDS[0])
    for born_on in (None, clock.now().date() - 17 * dt.timedelta(days=365)):
        User.objects.filter(pk=vera.pk).update(born_on=born_on)
        assert "Ads by age group" not in client.get("/watching/").text
        assert client.post("/watching/", {"age": "use"}).status_code == 403
    User.objects.filter(pk=vera.pk).update(born_on=dt.date(1950, 12, 31))
    assert "Your group is 65+" in client.get("/watching/").text
    ages = []
    for wish in ("use", "leave", "leave"):
        client.post("/watching/", {"age": wish}, follow=True)
        token = client.cookies[VIEWER_COOKIE].value
        ages.append(read_viewer(token=token, key=settings.SECRET_KEY, at=clock.now()).age)
    assert ages == ["65+", "", ""]


@pytest.mark.django_db
def test_a_region_is_used_for_ads_only_as_an_adult_states_it(client: Client) -> None:
    vera = make_user("Vera")
    client.force_login(vera, backend=settings.AUTHENTICATION_BACKENDS[0])
    for born_on in (None, clock.now().date() - 17 * dt.timedelta(days=365)):
        User.objects.filter(pk=vera.pk).update(born_on=born_on)
        assert "Ads by region" not in client.get("/watching/").text
        assert client.post("/watching/", {"region": "DE-BY"}).status_code == 403
    User.objects.filter(pk=vera.pk).update(born_on=dt.date(1950, 12, 31))
    assert '<option value="DE-BY">Bayern</option>' in client.get("/watching/").text
    told = []
    regions = []
    for region in ("DE-BY", "AT-9", "<b>", ""):
        page = client.post("/watching/", {"region": region}, follow=True).text
        told.append("your region, Bayern" in page or "is no region of your country" in page)
        token = client.cookies[VIEWER_COOKIE].value
        regions.append(read_viewer(token=token, key=settings.SECRET_KEY, at=clock.now()).region)
    assert (told, regions) == ([True, True, True, False], ["DE-BY", "DE-BY", "DE-BY", ""])
    for_ads = User(region="DE-BY", born_on=clock.now().date())
    assert region_for_ads(user=for_ads, at=clock.now()) == "", "a minor's is not used"
    vera.region = "AT-9"
    with pytest.raises(IntegrityError, match="region_is_of_the_country"):
        vera.save()


@pytest.mark.django_db
def test_the_page_tells_and_switches(client: Client) -> None:
    page = client.get("/watching/")
    assert VIEWER_COOKIE in page.cookies
    assert "Keep less of my watching" in page.text
    on = client.post("/watching/", {"less": "1"}, follow=True)
    assert client.cookies[PRIVATE_COOKIE].value == "1"
    assert client.cookies[PRIVATE_COOKIE]["httponly"]
    assert "Use my own number again" in on.text
    off = client.post("/watching/", {"all": "1"}, follow=True)
    assert client.cookies[PRIVATE_COOKIE].value == ""
    assert "Keep less of my watching" in off.text
    asked = client.get("/watching/", headers={"Sec-GPC": "1"}).text
    assert "Global Privacy Control" in asked
    assert '<button class="button primary"' not in asked
