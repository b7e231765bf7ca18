"""Ad tags of others: their video is taken once, and whatever is wrong with one is said by name."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from procrastinate.contrib.django import app
from typing_extensions import override

from takings.ads import actions, queries
from takings.ads.actions import TagDraft, TagIdTaken, key_ring
from takings.ads.actions.tag_counters import LANES, SILENCES
from takings.ads.models import BilledImpression, Tag, TagCounter, TagTold
from takings.ads.queries.outside import Outside, OutsideIsSilent, OutsideRefuses, OutsideTooLarge
from takings.ads.queries.tags import NoSuchTag, TagLoops, TagTooDeep, TooManyCounters
from takings.ads.rules.outside import BadOutsideAddress, NotPublic, check_address, is_public
from takings.ads.rules.showings import AdFact
from takings.ads.rules.tags import (
    Counter,
    EmptyTag,
    Media,
    NoMedia,
    NotVast,
    OldVast,
    Wrapper,
    read_tag,
)
from takings.core.errors import Refusal
from takings.people.models import Membership, Role
from takings.people.queries import OnlyLooking
from takings.videos.models import Purpose, Status, Video
from takings.videos.queries import source_path
from tests.make.ads import make_advertiser, make_beacon, make_campaign, make_decision, make_lease
from tests.make.outside import INSIDE, MEDIA, TAG, Answers, Handler, Server, outside
from tests.make.people import NOON, make_user

CLIP = b"\x00\x00\x00\x18ftypmp42" + b"coats" * 1_000
FILE = (
    f'<MediaFile type="video/mp4" delivery="progressive" height="720">https://{MEDIA}/a</MediaFile>'
)
LOW = f'<MediaFile type="video/mp4" height="x">https://{MEDIA}/low</MediaFile>'
VPAID = '<MediaFile type="video/mp4" apiFramework="VPAID">https://x.example/</MediaFile>'
HLS = '<MediaFile type="video/mp4" delivery="streaming">https://x.example/</MediaFile>'
SCRIPT = '<MediaFile type="application/javascript">https://x.example/</MediaFile>'


COUNTER = f"<Impression>https://{MEDIA}/seen?at=[TIMESTAMP]&amp;cb=%5BCACHEBUSTING%5D&amp;x=[GDPR]</Impression>"


EVENTS = (
    f'<Linear><TrackingEvents><Tracking event="midpoint">https://{MEDIA}/half</Tracking>'
    '<Tracking event="pause">https://x.example/</Tracking><Tracking event="skip"> </Tracking>'
    f"</TrackingEvents><VideoClicks><ClickTracking>https://{MEDIA}/clicked</ClickTracking>"
    "<ClickTracking/></VideoClicks></Linear>"
)


def in_line(*files: str, title: str = "Coats", counted: str = "") -> bytes:
    text = f"<Ad><InLine><AdTitle> {title} </AdTitle>{counted}{''.join(files)}</InLine></Ad>"
    return f'<VAST version="4.2" xmlns="http://www.iab.com/VAST">{text}</VAST>'.encode()


def wrapper(to: str) -> bytes:
    tag = f"<VASTAdTagURI><![CDATA[ {to} ]]></VASTAdTagURI>"
    inside = f"{tag}<Impression>https://{MEDIA}/silent</Impression>"
    return f'<VAST version="3.0"><Ad><Wrapper>{inside}</Wrapper></Ad></VAST>'.encode()


def found(body: bytes) -> tuple[int, str, bytes]:
    return 200, "", body


def sent_to(address: str) -> tuple[int, str, bytes]:
    return 302, address, b""


ANSWERS: Answers = {
    "/good": found(wrapper(f"https://{TAG}/in-line")),
    "/in-line": found(in_line(LOW, VPAID, FILE, SCRIPT, counted=COUNTER + EVENTS)),
    "/moved": sent_to("/good"),
    "/a": found(CLIP),
    "/seen": found(b""),
    "/half": found(b""),
    "/no-clip": found(in_line(FILE.replace("/a<", "/gone<"))),
    "/gone": (404, "", b""),
    "/loop": found(wrapper(f"https://{TAG}/pool")),
    "/pool": found(wrapper(f"https://{TAG}/loop")),
    **{f"/deep{n}": found(wrapper(f"https://{TAG}/deep{n + 1}")) for n in range(7)},
    "/round": sent_to("/round"),
    "/inwards": sent_to(f"https://{INSIDE}/good"),
    "/inside": found(wrapper(f"https://{INSIDE}/good")),
    "/plain": found(wrapper(f"http://{TAG}/in-line")),
    "/nowhere": found(wrapper("")),
    "/large": found(b" " * (256 * 1024 + 1)),
    "/huge": found(b"<VAST>" * 1_700_000),
    "/counted": found(in_line(FILE, counted=COUNTER * 11)),
    "/tracked": found(in_line(FILE, counted=EVENTS * 31)),
    "/plain-counter": found(in_line(FILE, counted=COUNTER.replace("https", "http"))),
    "/plain-media": found(in_line(FILE.replace("https", "http"))),
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outside, Server]]:
    with outside(tmp_path_factory.mktemp("tls"), ANSWERS) as found:
        yield found


@pytest.fixture
def way(servers: tuple[Outside, Server]) -> Outside:
    return servers[0]


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"", NotVast),
        (b"<html></html>", NotVast),
        (b"<VAST", NotVast),
        (b'<?xml version="1.0" encoding="klingon"?><VAST/>', NotVast),
        (b'<!DOCTYPE VAST SYSTEM "file:///etc/passwd"><VAST version="3.0"/>', NotVast),
        (
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><VAST version="3.0">&b;</VAST>',
            NotVast,
        ),
        (b"<VideoAdServingTemplate/>", OldVast),
        (b'<VAST version="1.0"/>', OldVast),
        (b'<VAST version="3.0"><Error>https://x.example/</Error></VAST>', EmptyTag),
        (b'<VAST version="3.0"><Ad/></VAST>', EmptyTag),
        (in_line(), NoMedia),
        (in_line(VPAID, HLS, SCRIPT), NoMedia),
    ],
)
def test_what_holds_no_video_is_refused_by_name(document: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_tag(document)


def test_the_largest_video_of_the_first_ad_is_meant() -> None:
    assert read_tag(in_line(LOW, FILE)) == Media(f"https://{MEDIA}/a", "tag.mp4", "Coats")
    webm = FILE.replace("mp4", "WebM")
    assert read_tag(in_line(webm, title="")) == Media(
        f"https://{MEDIA}/a", "tag.webm", "Ad from a tag"
    )
    next_one = Wrapper(f"https://{TAG}/x", (Counter(f"https://{MEDIA}/silent"),))
    assert read_tag(wrapper(f"https://{TAG}/x")) == next_one


@pytest.mark.parametrize(
    "given",
    [
        *("", "tag.example", "http://tag.example/", "ftp://tag.example/", "file:///etc/passwd"),
        *("https:///x", "https://a:b@tag.example/", "https://tag.example:8443/", "https://[::1"),
        *("https://tag.example/a b", "https://tag.example/\n", "https://tag.example/ü"),
        f"https://tag.example/{'x' * 2_000}",
    ],
)
def test_what_is_no_plain_https_address_is_refused(given: str) -> None:
    with pytest.raises(BadOutsideAddress):
        check_address(given)
    assert check_address("https://tag.example:443/a?b=[c]").hostname == "tag.example"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((one, True) for one in ("93.184.216.34", "2606:2800:220:1::1")),
        *((one, False) for one in ("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1")),
        *((one, False) for one in ("169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1")),  # noqa: S104 - an address to refuse
        *((one, False) for one in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1")),
        *((one, False) for one in ("2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:1::", "ff02::1")),
    ],
)
def test_only_the_public_internet_is_asked(address: str, *, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/loop", TagLoops),
        ("/deep0", TagTooDeep),
        ("/round", OutsideRefuses),
        ("/gone", OutsideRefuses),
        ("/inwards", NotPublic),
        ("/inside", NotPublic),
        ("/plain", BadOutsideAddress),
        ("/nowhere", BadOutsideAddress),
        ("/plain-media", BadOutsideAddress),
        ("/plain-counter", BadOutsideAddress),
        ("/counted", TooManyCounters),
        ("/tracked", TooManyCounters),
        ("/large", OutsideTooLarge),
        ("/huge", OutsideTooLarge),
    ],
)
def test_a_tag_that_leads_nowhere_good_is_refused(
    way: Outside, path: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        queries.find_media(url=f"https://{TAG}{path}", outside=way)


def test_who_is_silent_or_somebody_else_is_not_waited_for(way: Outside) -> None:
    for url in (f"https://{TAG}/silent", "https://other.example/good"):
        with pytest.raises(OutsideIsSilent):
            way.fetch(url, most_bytes=10, within_s=0.3)

    def unknown(host: str) -> list[tuple[str, int]]:
        raise OSError(host)

    with pytest.raises(OutsideIsSilent):
        Outside(addresses=unknown).fetch(f"https://{TAG}/", most_bytes=10, within_s=0.3)


@pytest.mark.django_db
def test_a_tags_video_becomes_one_of_the_brands_once(tmp_path: Path, way: Outside) -> None:
    brand, bea = make_advertiser()
    draft = TagDraft(uuid.uuid4(), f"https://{TAG}/moved")
    tag = actions.add_tag(brand=brand, draft=draft, user=bea, at=NOON)
    again = actions.add_tag(brand=brand, draft=draft, user=bea, at=NOON)
    assert (tag, Tag.objects.get()) == (again, tag)
    other = TagDraft(draft.id, f"https://{TAG}/good")
    with pytest.raises(TagIdTaken):
        actions.add_tag(brand=brand, draft=other, user=bea, at=NOON)
    with override_settings(MEDIA_HOME=tmp_path):
        taken = actions.take_tag(tag_id=tag.pk, at=NOON, outside=way)
        assert actions.take_tag(tag_id=tag.pk, at=NOON, outside=way) == taken
        Tag.objects.update(video=None)  # killed just before it was written down
        assert actions.take_tag(tag_id=tag.pk, at=NOON, outside=way).video == taken.video
        video = Video.objects.get()
        assert source_path(video.pk).read_bytes() == CLIP
    assert (video.purpose, video.status) == (Purpose.CREATIVE, Status.QUARANTINED)
    assert (video.title, video.uploader) == ("Coats", bea)
    assert list(queries.ad_videos_of(brand=brand)) == [video]


@pytest.mark.django_db
def test_counters_are_asked_once_for_each_impression_that_was_charged(
    tmp_path: Path, servers: tuple[Outside, Server]
) -> None:
    way, server = servers
    brand, bea = make_advertiser()
    draft = TagDraft(uuid.uuid4(), f"https://{TAG}/good")
    tag = actions.add_tag(brand=brand, draft=draft, user=bea, at=NOON)
    with override_settings(MEDIA_HOME=tmp_path):
        actions.take_tag(tag_id=tag.pk, at=NOON, outside=way)
    campaign = make_campaign(brand, member=bea)
    decision = make_decision(make_lease(campaign))
    actions.charge_beacons(segment="s1", beacons=[make_beacon(decision)], at=NOON)
    billed = BilledImpression.objects.get()
    soon = NOON + dt.timedelta(minutes=1)
    assert actions.tell_counters(at=soon, outside=way) == 0  # the campaign's video is another one
    Tag.objects.update(video=billed.video)
    server.asked.clear()
    assert actions.tell_counters(at=soon + dt.timedelta(days=1), outside=way) == 0
    assert actions.tell_counters(at=soon, outside=way) == 2
    assert actions.tell_counters(at=soon, outside=way) == 0
    cache = f"{billed.decision_id.int % 10**8:08}"
    seen = f"at=2026-11-02T12%3A00%3A05%2B00%3A00&cb={cache}&x=-1"
    assert server.asked == [f"{MEDIA}/silent", f"{MEDIA}/seen?{seen}"]
    told = TagTold.objects.filter(counter__tag=tag).order_by("pk")
    assert [one.failed_code for one in told] == ["outside_is_silent", ""]
    half = AdFact("ad_midpoint", key_ring().sign(decision), decision.viewer_id, soon)
    actions.count_showings(facts=[half])
    server.asked.clear()
    assert actions.tell_counters(at=soon, outside=way) == 1
    assert actions.tell_counters(at=soon, outside=way) == 0
    assert server.asked == [f"{MEDIA}/half"], "nobody clicked"


class Counting(Handler):
    """Answers after a hundredth of a second, and knows how many asked at once."""

    lock = threading.Lock()
    now = most = 0

    @override
    def do_GET(self) -> None:
        with self.lock:
            Counting.now += 1
            Counting.most = max(Counting.most, Counting.now)
        time.sleep(0.01)
        with self.lock:
            Counting.now -= 1
        super().do_GET()


@pytest.mark.django_db
def test_many_impressions_are_told_in_a_minute_and_a_silent_server_holds_nobody_up(
    tmp_path: Path,
) -> None:
    count = 130
    brand, bea = make_advertiser()
    campaign = make_campaign(brand, member=bea)
    lease, video = make_lease(campaign), campaign.creatives.get().video
    BilledImpression.objects.bulk_create(
        BilledImpression(
            decision_id=uuid.uuid4(),
            campaign=campaign,
            lease=lease,
            video=video,
            after_video_id=uuid.uuid4(),
            country="DE",
            price_micros=4_250,
            viewed_at=NOON,
            event_id=uuid.uuid4(),
            entry_id=uuid.uuid4(),
            segment="s1",
        )
        for _ in range(count)
    )
    draft = TagDraft(uuid.uuid4(), f"https://{TAG}/good")
    tag = actions.add_tag(brand=brand, draft=draft, user=bea, at=NOON)
    Tag.objects.update(video=video)
    silent, good = (
        TagCounter.objects.create(tag=tag, url=url)
        for url in (f"https://{TAG}/silent", f"https://{MEDIA}/seen")
    )
    with outside(tmp_path, {"/seen": found(b"")}, Counting) as (way, server):
        asked = actions.tell_counters(at=NOON, outside=way)
    assert TagTold.objects.filter(counter=good).count() == count
    left_alone = TagTold.objects.filter(counter=silent)
    assert {one.failed_code for one in left_alone} == {"outside_is_silent"}
    assert len(left_alone) == asked - count <= LANES * SILENCES
    assert len(server.asked) == asked
    assert 1 < Counting.most <= 2 * LANES, "two servers are this one"


@pytest.mark.django_db
def test_what_cannot_be_taken_says_why_and_stays_so_until_one_tries_again(
    tmp_path: Path, way: Outside
) -> None:
    brand, bea = make_advertiser()
    draft = TagDraft(uuid.uuid4(), f"https://{TAG}/no-clip")
    tag = actions.add_tag(brand=brand, draft=draft, user=bea, at=NOON)
    for _ in range(2):
        told = actions.take_tag(tag_id=tag.pk, at=NOON, outside=way).refused_why
        assert told == "“media.example” answered 404 instead of the file."
    assert Video.objects.count() == 0
    Tag.objects.update(url=f"https://{TAG}/good")  # its owner mended it
    with override_settings(MEDIA_HOME=tmp_path):
        for _ in range(2):
            assert actions.retry_tag(tag_id=tag.pk, user=bea).refused_why == ""
            assert actions.take_tag(tag_id=tag.pk, at=NOON, outside=way).video is not None
    assert TagCounter.objects.count() == 4
    with pytest.raises(NoSuchTag):
        actions.retry_tag(tag_id=uuid.uuid4(), user=bea)


@pytest.mark.django_db
def test_who_may_not_and_what_is_no_address_leaves_nothing_behind() -> None:
    brand, bea = make_advertiser()
    eve = make_user("Eve")
    Membership.objects.create(brand=brand, user=eve, role=Role.VIEWER)
    for user, path, refusal in (
        (bea, "http:", BadOutsideAddress),
        (eve, "https:", OnlyLooking),
    ):
        draft = TagDraft(uuid.uuid4(), f"{path}//{TAG}/good")
        with pytest.raises(refusal):
            actions.add_tag(brand=brand, draft=draft, user=user, at=NOON)
    assert Tag.objects.count() == 0


@pytest.mark.django_db
def test_the_page_takes_a_tag_and_shows_what_became_of_it() -> None:
    brand, bea = make_advertiser()
    client = Client()
    client.force_login(bea, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/ads/tags/?brand={brand.pk}"
    assert "No tag was handed in yet." in client.get(address).content.decode()
    form = {"id": str(uuid.uuid4()), "url": "https://127.0.0.1/vast"}
    refused = client.post(address, form | {"url": "ftp://127.0.0.1/"}).content.decode()
    assert "is no plain https address" in refused
    assert "Being asked" in client.post(address, form, follow=True).content.decode()
    take = app.tasks["ads.take_tag"].func
    take(tag_id=form["id"])
    app.tasks["ads.tell_counters"].func()
    page = client.get(address).content.decode()
    assert "Not taken" in page
    assert "“127.0.0.1” is not on the public Internet." in page
    again = client.post(f"/ads/tags/{form['id']}/again/", follow=True).content.decode()
    assert "Being asked" in again
    Tag.objects.update(media_url="https://media.example/a", title="Coats")
    assert "Being fetched" in client.get(address).content.decode()
    assert client.post(address, {"id": "x", "url": ""}).status_code == 200
    stranger = Client()
    stranger.force_login(make_user("Zoe"), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert stranger.get("/ads/tags/").headers["location"] == "/ads/brands/new/"
