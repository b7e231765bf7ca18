"""An ad in the words of VAST: valid by the IAB's schemas, whatever a campaign says."""

import datetime as dt
import json
import uuid
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import xmlschema
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from takings.ads.rules.consent import Signals
from takings.ads.rules.errors import error_meaning, is_alarming, read_error_code
from takings.ads.rules.interstitials import one_asset
from takings.ads.rules.lines import Pricing
from takings.ads.rules.players import (
    OFF,
    OTHER_SITE,
    Asked,
    player_viewer,
    read_query,
    site_hindrance,
)
from takings.ads.rules.serving import NO_CAMPAIGN, Offer
from takings.ads.rules.tokens import NO_VIDEO, Decision, KeyRing, Placement
from takings.ads.rules.vast import (
    EVENT_OF,
    Filling,
    Picture,
    Report,
    Version,
    no_ad,
    one_ad,
    read_version,
)
from takings.core import ids
from tests.make.ads import usd
from tests.make.people import NOON

SCHEMAS = Path(settings.BASE_DIR).parent / "shared" / "conformance" / "vast"
FILES = {
    Version.FOUR: "vast_4.2.xsd",
    Version.THREE: "vast3_draft.xsd",
    Version.TWO: "vast_2.0.1.xsd",
}
SITE = "https://takings.example"
VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")


def make_filling(
    *,
    headline: str = "Warm all winter",
    brand: str = "Northwind & Sons",
    cpm: str = "4.25",
    duration_ms: int = 15_000,
    whole_bytes: int = 0,
) -> Filling:
    """Return one ad as a server that decided for somebody writes it down."""
    price = usd(cpm) // 1_000
    offer = Offer(
        campaign_id=ids.uuid7(at=NOON, entropy=1),
        brand=brand,
        currency="USD",
        headline=headline,
        call_to_action="See the coats",
        landing_url="https://brand.example/coats",
        creative_id=ids.uuid7(at=NOON, entropy=2),
        duration_ms=duration_ms,
    )
    decision = Decision(
        decision_id=ids.uuid7(at=NOON, entropy=3),
        campaign_id=offer.campaign_id,
        lease_id=ids.uuid7(at=NOON, entropy=4),
        creative_id=offer.creative_id,
        after_video_id=NO_VIDEO,
        viewer_id=VIDEO,
        price=price,
        country="DE",
    )
    return Filling(
        decision=decision,
        token=KeyRing(["secret"]).sign(decision),
        offer=offer,
        picture=Picture(720, 1_280, whole_bytes),
        media_url=f"{SITE}/media/{offer.creative_id}/master.m3u8",
        whole_url=f"{SITE}/media/{offer.creative_id}/whole.mp4" if whole_bytes else "",
        site=SITE,
    )


@cache
def schema(version: Version) -> xmlschema.XMLSchema:
    if not SCHEMAS.is_dir():
        pytest.skip("the IAB's schemas lie beside the repository, and do not here")
    return xmlschema.XMLSchema(str(SCHEMAS / FILES[version]))


def parsed(document: bytes) -> ET.Element:
    """Return the root, its elements without namespace."""
    text = document.decode().replace(' xmlns="http://www.iab.com/VAST"', "")
    return ET.fromstring(text)  # noqa: S314 - our own document


FILLINGS = st.builds(
    make_filling,
    headline=st.text(min_size=1, max_size=60),
    brand=st.text(max_size=80),
    cpm=st.integers(1, 1_000_000).map(lambda thousandths: f"{thousandths / 1000:.3f}"),
    duration_ms=st.integers(1, 3_600_000),
    whole_bytes=st.integers(0, 10**9),
)


@pytest.mark.parametrize("version", Version)
@given(filling=FILLINGS)
@hypothesis_settings(max_examples=20)
def test_every_ad_is_valid_whatever_the_campaign_says(version: Version, filling: Filling) -> None:
    schema(version).validate(one_ad(filling, version=version).decode())


@pytest.mark.parametrize("version", Version)
def test_no_ad_is_valid_and_says_why(version: Version) -> None:
    document = no_ad(NO_CAMPAIGN, version=version)
    assert b"<!-- no_campaign: No campaign runs here now. -->" in document
    root = parsed(document)
    assert (root.tag, root.get("version"), len(root)) == ("VAST", version, 0)
    schema(version).validate(document.decode())


@pytest.mark.parametrize("version", Version)
def test_an_ad_is_a_stream_and_once_it_is_written_one_file_with_its_rate(version: Version) -> None:
    filling = make_filling(whole_bytes=3_000_001)
    stream, whole = parsed(one_ad(filling, version=version)).iter("MediaFile")
    size = {"width": "720", "height": "1280"}
    hls = {"delivery": "streaming", "type": "application/x-mpegURL"}
    assert (stream.text, stream.attrib) == (filling.media_url, hls | size)
    mp4 = {"delivery": "progressive", "type": "video/mp4", "bitrate": "1601"}
    assert (whole.text, whole.attrib) == (filling.whole_url, mp4 | size)
    [only] = parsed(one_ad(make_filling(), version=version)).iter("MediaFile")
    assert only.attrib == stream.attrib


@pytest.mark.parametrize("version", Version)
def test_an_ad_of_the_platform_itself_says_that_nobody_paid(version: Version) -> None:
    own = replace(make_filling(brand="Takings", cpm="0"), pricing=Pricing.FREE)
    document = one_ad(own, version=version)
    told = {one.tag: one.text for one in parsed(document).findall("Ad/InLine/*")}
    assert told["Description"] == "This is from Takings itself; nobody paid for it."
    assert "Pricing" not in told
    schema(version).validate(document.decode())


def test_an_ad_says_what_it_costs_whom_it_is_of_and_how_long_it_waits() -> None:
    ad = parsed(one_ad(make_filling(), version=Version.FOUR)).find("Ad/InLine")
    assert ad is not None
    told = {one.tag: one.text for one in ad}
    assert (told["Pricing"], told["Advertiser"]) == ("4.25", "Northwind & Sons")
    assert (told["Description"], told["Expires"]) == ("Northwind & Sons paid for this ad.", "300")
    assert told["AdServingId"] == str(make_filling().decision.decision_id)
    media = ad.find(".//MediaFile")
    assert media is not None
    assert media.attrib == {
        "delivery": "streaming",
        "type": "application/x-mpegURL",
        "width": "720",
        "height": "1280",
    }


@pytest.mark.parametrize(
    ("version", "untold"),
    [(Version.FOUR, set()), (Version.THREE, set()), (Version.TWO, {Report.SKIP})],
)
def test_every_report_has_its_address(version: Version, untold: set[Report]) -> None:
    filling = make_filling()
    document = one_ad(filling, version=version).decode()
    told = {report for report in Report if f">{filling.report_url(report)}<" in document}
    assert told == set(Report) - untold
    assert set(EVENT_OF) == set(Report)
    assert f"<ClickThrough>{SITE}/vast/click/{filling.token}</ClickThrough>" in document
    assert f"<Error>{SITE}/vast/error/{filling.token}?code=[ERRORCODE]</Error>" in document
    assert "brand.example" not in document


def test_only_an_ad_longer_than_five_seconds_is_skippable() -> None:
    for duration_ms, offset in ((5_000, None), (5_001, "00:00:05.000")):
        document = one_ad(make_filling(duration_ms=duration_ms), version=Version.FOUR)
        linear = parsed(document).find(".//Linear")
        assert linear is not None
        assert linear.get("skipoffset") == offset


@pytest.mark.parametrize(
    ("asked", "spoken", "version"),
    [
        ("", "", "4.2"),
        ("4", "2", "4.2"),
        ("4.1", "", "4.2"),
        ("3.0", "13", "3.0"),
        ("2", "", "2.0"),
        ("[VASTVERSIONS]", "[VASTVERSIONS]", "4.2"),
        ("%5BV%5D", "-1", "4.2"),
        ("40", "", "4.2"),
        ("", "2,5", "2.0"),
        ("", "2, 3,5,6", "3.0"),
        ("", "2,3,7,8", "3.0"),
        ("", "2,3,7,11", "4.2"),
        ("", "14,13", "4.2"),
        ("1", "1,4", "4.2"),
    ],
)
def test_the_version_is_the_one_asked_for_or_the_best_that_is_spoken(
    asked: str, spoken: str, version: str
) -> None:
    assert read_version(asked=asked, spoken=spoken) == version


@given(query=st.binary(max_size=200))
def test_no_query_is_refused(query: bytes) -> None:
    assert isinstance(read_query(query), Asked)
    assert read_error_code(b"code=" + query) in range(100, 1_000)


def test_a_query_is_read_as_far_as_it_can_be() -> None:
    assert read_query(f"video={VIDEO}&v=3".encode()) == Asked(VIDEO, Version.THREE, Signals())
    assert read_query(b"video=[CONTENTID]&v=[V]&x=-1") == Asked(None, Version.FOUR, Signals())
    for query, place in ((b"break=[BREAKPOSITION]", "pre"), (b"break=feed", "feed")):
        assert read_query(query, unsaid=Placement.PRE).placement.word == place
    assert read_query(b"&".join([b"video=%s" % str(VIDEO).encode()] * 60)).video_id is None


def test_only_listed_sites_and_our_own_may_have_ads() -> None:
    sites = {"https://blog.example"}
    for origin in ("", SITE, "https://blog.example"):
        assert site_hindrance(origin=origin, own=SITE, sites=sites) is None
        assert site_hindrance(origin=origin, own=SITE, sites=set()) == OFF
    for origin in ("https://blog.example.evil", "http://blog.example", "null"):
        assert site_hindrance(origin=origin, own=SITE, sites=sites) == OTHER_SITE


def test_who_watches_without_a_cookie_is_known_for_a_day() -> None:
    day, next_day = NOON.date(), (NOON + dt.timedelta(days=1)).date()
    known = player_viewer(network=7, agent="A TV", day=day, key="k")
    assert known == player_viewer(network=7, agent="A TV", day=day, key="k")
    others = {
        player_viewer(network=8, agent="A TV", day=day, key="k"),
        player_viewer(network=7, agent="A phone", day=day, key="k"),
        player_viewer(network=7, agent="A TV", day=next_day, key="k"),
        player_viewer(network=7, agent="A TV", day=day, key="another"),
    }
    assert len(others - {known}) == 4


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("405", 405),
        ("901", 901),
        ("499", 499),
        ("405&code=100", 405),
        ("[ERRORCODE]", 900),
        ("%5BERRORCODE%5D", 900),
        ("-1", 900),
        ("", 900),
        ("099", 900),
        ("777", 900),
        ("4050", 900),
    ],
)
def test_an_error_code_is_one_of_vast(given: str, code: int) -> None:
    assert read_error_code(f"a=b&code={given}".encode()) == code
    assert error_meaning(code).endswith(".")


def test_more_than_one_failure_in_five_of_two_hundred_is_an_alarm() -> None:
    assert is_alarming(failed=41, told=200)
    assert not is_alarming(failed=40, told=200)
    assert not is_alarming(failed=199, told=199)


@pytest.mark.parametrize(("duration_ms", "skip_s"), [(5_000, None), (5_001, 0.001), (15_000, 10)])
def test_a_list_says_from_when_on_a_longer_ad_is_skipped(
    duration_ms: int, skip_s: float | None
) -> None:
    found = json.loads(one_asset(make_filling(duration_ms=duration_ms), card={}))
    assert found["ASSETS"][0]["DURATION"] == duration_ms / 1000
    skip = {"OFFSET": 5.0, "DURATION": skip_s, "LABEL-ID": "skip-ad"}
    assert found.get("SKIP-CONTROL") == (skip if skip_s else None)
