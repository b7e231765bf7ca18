"""Whom ads are aimed at: what requests tell, what forms say, and what viewers read of it."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client as Browser

from takings.ads import queries
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge.players import read_player
from takings.ads.edge.routes import Message, known_viewer
from takings.ads.models import LineItem
from takings.ads.rules.consent import Use
from takings.ads.rules.serving import NO_CAMPAIGN
from takings.ads.rules.targeting import (
    Audience,
    Client,
    TooManyTargets,
    UnknownTarget,
    check_audience,
    quarter_of,
    quarters_of,
    read_client,
    tidied_audience,
    words_of,
)
from takings.people.rules import VIEWER_COOKIE, Viewer, sign_viewer
from takings.videos.models import Video
from takings.videos.rules.details import Details
from tests.ads.test_serving import make_server, someone
from tests.make.ads import change, make_line_item
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video

MINUTE = dt.timedelta(minutes=1)
GERMAN_PHONE = Client("de", "phone")


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148 Safari/604.1", "phone"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 15; SM-X200) Chrome/130 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0) Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) Chrome/108 TV Safari/537.36", "tv"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130 Safari/537.36", "desktop"),
        (" ", ""),
    ],
)
def test_a_kind_of_device_is_read_from_the_browsers_name(agent: str, device: str) -> None:
    assert read_client({b"user-agent": agent.encode()}).device == device


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-AT,en;q=0.5", "de"), (" EN", "en"), ("gsw,de", ""), ("*", ""), ("xx", ""), ("", "")],
)
def test_a_language_is_the_one_a_browser_asks_for_first(header: str, language: str) -> None:
    assert read_client({b"accept-language": header.encode()}).language == language


def test_hours_are_those_of_the_place_also_where_clocks_stand_apart_by_quarters() -> None:
    nine = quarters_of([9], time_zone="Asia/Kathmandu", at=NOON)  # 03:15 to 04:15 UTC
    assert nine == {13, 14, 15, 16}
    assert quarter_of(NOON.replace(hour=3, minute=15)) == 13
    summer, winter = NOON.replace(month=7), NOON.replace(month=12)
    assert quarters_of([0], time_zone="Europe/Berlin", at=summer) == {88, 89, 90, 91}
    assert quarters_of([0], time_zone="Europe/Berlin", at=winter) == {92, 93, 94, 95}
    twice = quarters_of([2], time_zone="Europe/Berlin", at=NOON.replace(month=10, day=25))
    assert len(twice) == 8, "the clock shows it twice"
    assert quarters_of([], time_zone="UTC", at=NOON) == frozenset()


def test_values_are_tidied_and_those_no_request_has_are_refused() -> None:
    given = Audience(languages=("en", "de", "en"), keywords=("Green Tea", "#tea!"), hours=(9, 8))
    tidied = tidied_audience(given)
    assert tidied == Audience(languages=("de", "en"), keywords=("green", "tea"), hours=(8, 9))
    check_audience(tidied)
    for wrong in (
        Audience(languages=("xx",)),
        Audience(devices=("fridge",)),
        Audience(placements=("ceiling",)),
        Audience(hours=(24,)),
        Audience(ages=("13-17",)),
        Audience(categories=("IAB99",)),
        Audience(blocked_categories=("Music",)),
        Audience(keywords=("x" * 41,)),
    ):
        with pytest.raises(UnknownTarget):
            check_audience(wrong)
    with pytest.raises(TooManyTargets, match="at most 200 blocked creators"):
        check_audience(Audience(blocked_creators=tuple(range(201))))
    assert words_of("Green tea, GREEN #tea! a") == {"green", "tea"}


def make_aimed(**lists: tuple[object, ...]) -> LineItem:
    """Let a line item run that is aimed."""
    audience = replace(Audience(), **lists)  # type: ignore[arg-type] # by name
    return change(make_line_item(), audience=audience)


def is_shown(server: AdServer, client: Client, *, after: Video | None = None) -> bool:
    chosen = server.decide(
        viewer=someone(), after=after.pk if after else uuid.uuid4(), at=NOON, client=client
    )
    assert isinstance(chosen, Chosen) or chosen == NO_CAMPAIGN
    return isinstance(chosen, Chosen)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lists", "client"),
    [
        ({"languages": ("de",)}, Client("en", "phone")),
        ({"devices": ("phone", "tv")}, Client("de", "tablet")),
        ({"languages": ("de",), "devices": ("phone",)}, Client()),
    ],
)
def test_an_ad_is_shown_to_those_browsers_it_is_aimed_at(
    lists: dict[str, tuple[object, ...]], client: Client
) -> None:
    make_aimed(**lists)
    server = make_server()
    server.refresh(at=NOON)
    assert is_shown(server, GERMAN_PHONE)
    assert not is_shown(server, client)


@pytest.mark.django_db
def test_an_ad_is_shown_at_its_places_and_hours() -> None:
    item = make_aimed(placements=("feed",), hours=(12,))
    server = make_server()
    server.refresh(at=NOON)
    assert is_shown(server, GERMAN_PHONE)
    change(item, audience=Audience(hours=(13,)))
    server.refresh(at=NOON)
    assert not is_shown(server, GERMAN_PHONE)


@pytest.mark.django_db
def test_an_ad_goes_after_the_videos_it_wants_and_keeps_away_from_the_others() -> None:
    ada, ben = make_creator(), make_creator()
    about_tea = Details("Green tea", "A pot of #Sencha", category="IAB8-5")
    tea, cars = make_video(ada, details=about_tea), make_video(ben)
    item = make_aimed(keywords=("sencha", "coffee"))
    server = make_server()
    server.refresh(at=NOON)
    assert is_shown(server, GERMAN_PHONE, after=tea)
    assert not is_shown(server, GERMAN_PHONE, after=cars)
    for number, (lists, shown) in enumerate(
        (
            (Audience(creators=(ben.pk,)), {cars.pk}),
            (Audience(blocked_creators=(ben.pk,)), {tea.pk}),
            (Audience(blocked_keywords=("sencha",)), {cars.pk}),
            (Audience(categories=("IAB17", "IAB8")), {tea.pk}),
            (Audience(blocked_categories=("IAB8",)), {cars.pk}),
            (Audience(blocked_categories=("IAB17", "unsaid")), {tea.pk}),
        )
    ):
        change(item, audience=lists)
        server.refresh(at=NOON + number * MINUTE)
        found = {one.pk for one in (tea, cars) if is_shown(server, GERMAN_PHONE, after=one)}
        assert found == shown
        assert not is_shown(server, GERMAN_PHONE), "nothing is known of this video"


@pytest.mark.django_db
def test_a_viewer_reads_what_was_matched_and_where_to_change_it() -> None:
    make_aimed(languages=("de", "fr"), devices=("phone",), hours=(12,))
    server = make_server()
    server.refresh(at=NOON)
    chosen = server.decide(viewer=someone(), after=None, at=NOON, client=GERMAN_PHONE)
    assert isinstance(chosen, Chosen)
    used = "your browser's language, German, your kind of device, phone, the time of the day"
    assert any(used in sentence for sentence in chosen.why)
    assert chosen.why[-2:] == [
        "Your country is the one of your account.",
        "To see ads for another language, change it in your browser's settings.",
    ]


@pytest.mark.django_db
def test_an_ad_for_an_age_group_goes_to_those_alone_who_allowed_it() -> None:
    make_aimed(ages=("25-34", "65+"))
    server = make_server()
    server.refresh(at=NOON)
    for age in ("", "18-24"):
        viewer = replace(someone(), age=age)
        assert server.decide(viewer=viewer, after=None, at=NOON) == NO_CAMPAIGN
    chosen = server.decide(viewer=replace(someone(), age="65+"), after=None, at=NOON)
    assert isinstance(chosen, Chosen)
    assert chosen.why[3:] == [
        "Only your country, your age group, 65+, as you allowed and this place were used.",
        "Your country is the one of your account.",
        "Under Privacy you choose whether your age group is used.",
    ]


def test_an_age_group_is_known_only_where_profiles_are_allowed() -> None:
    viewer = Viewer(uuid.uuid4(), 7, "DE", NOON, age="65+")
    token = sign_viewer(viewer, key=settings.SECRET_KEY)
    cookie = (b"cookie", f"{VIEWER_COOKIE}={token}".encode())
    known = known_viewer([cookie], at=NOON)
    private = known_viewer([cookie, (b"sec-gpc", b"1")], at=NOON)
    assert known is not None
    assert private is not None
    assert (known.age, private.age) == ("65+", "")
    scope: Message = {"headers": [cookie], "client": ("192.0.2.7", 1)}
    ages = [read_player(scope, at=NOON, use=use).viewer.age for use in Use]
    assert ages == ["", "", "65+"]


@pytest.mark.django_db
def test_an_advertiser_aims_a_line_item_in_the_browser() -> None:
    item, ada = make_line_item(), make_creator()
    browser = Browser()
    member = item.campaign.brand.members.get()
    browser.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/ads/line-items/{item.pk}/edit/"
    assert "<details>" in browser.get(address).content.decode()
    form = {
        "name": item.name,
        "price": "4.25",
        "pricing": "vcpm",
        "sale": "fixed",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": "UTC",
        "languages": ["de", "fr"],
        "devices": "phone",
        "hours": ["8", "12"],
        "ages": ["18-24", "65+"],
        "categories": ["IAB8"],
        "blocked_categories": ["IAB12", "IAB1-6", "unsaid"],
        "keywords": "Tea, green\ntea",
        "creators": f"@{ada.handle}",
        "blocked_creators": "@nobody",
    }
    wrong = browser.post(address, form).content.decode()
    assert "<details open>" in wrong
    assert "nobody" in wrong
    item.refresh_from_db()
    assert not item.languages
    browser.post(address, form | {"blocked_creators": ""})
    item.refresh_from_db()
    assert queries.audience_of(item=item) == Audience(
        languages=("de", "fr"),
        devices=("phone",),
        hours=(8, 12),
        keywords=("green", "tea"),
        creators=(ada.pk,),
        categories=("IAB8",),
        blocked_categories=("IAB1-6", "IAB12", "unsaid"),
        ages=("18-24", "65+"),
    )
    assert str(item.changes.get(field="keywords")) == "keywords: any → green tea"
    assert str(item.changes.get(field="creators")) == f"creators: any → @{ada.handle}"
    long = ", ".join(f"word{number:04}" for number in range(200))
    browser.post(address, form | {"blocked_creators": "", "blocked_keywords": long})
    assert item.changes.get(field="blocked keywords").became == long.replace(",", "")
    browser.post(address, form | {"blocked_creators": ""})
    page = browser.get(f"/ads/line-items/{item.pk}/").content.decode()
    assert str(item.changes.get(field="blocked categories")).endswith("any → Music, News, not said")
    for told in ("German, French", "08:00", "green, tea", f"@{ada.handle}", "News, not said"):
        assert told in page
    again = browser.get(address).content.decode()
    assert "<details open>" in again
    assert f"@{ada.handle}" in again
    [listed] = browser.get("/api/ads/campaigns").json()
    assert listed["line_items"][0]["creators"] == [f"@{ada.handle}"]
