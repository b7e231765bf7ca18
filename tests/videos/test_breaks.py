"""Places for ads in a video: by its length, its creator's leave, and the same for everybody."""

import datetime as dt
import uuid

import m3u8
import pytest

from takings.policies.queries import break_rule_at, versions
from takings.policies.rules import NoPolicyCovers
from takings.videos import actions, queries
from takings.videos.actions import Details
from takings.videos.models import Video
from takings.videos.rules.breaks import Break, breaks_of, with_breaks
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video
from tests.videos.asgi import send

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
ALLOWED = Details("Kiln opening", has_mid_rolls=True)
PLAYLIST = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.000000,
0.m4s
#EXTINF:1.000000,
1.m4s
#EXT-X-ENDLIST
"""


@pytest.mark.parametrize(
    ("duration_ms", "places"),
    [
        (59_999, ()),
        (60_000, (Break("pre", 0),)),
        (89_999, (Break("pre", 0),)),
        (90_001, (Break("pre", 0), Break("mid", 44_000))),
        (120_000, (Break("pre", 0), Break("mid", 60_000), Break("post", 120_000))),
    ],
)
def test_longer_videos_have_more_places(duration_ms: int, places: tuple[Break, ...]) -> None:
    rule = break_rule_at(at=NOON)
    assert breaks_of(duration_ms, rule=rule, has_mid_rolls=True) == places
    uninterrupted = tuple(place for place in places if place.name != "mid")
    assert breaks_of(duration_ms, rule=rule, has_mid_rolls=False) == uninterrupted


def test_nothing_is_known_of_breaks_before_the_first_policy() -> None:
    with pytest.raises(NoPolicyCovers):
        break_rule_at(at=NOON.replace(year=2024))
    assert versions(pack="breaks") == ()


def test_a_playlist_names_its_places_and_its_segments_where_they_are() -> None:
    places = (Break("pre", 0), Break("mid", 60_000), Break("post", 120_040))
    text = with_breaks(PLAYLIST, places, video_id=VIDEO, rendition="720p")
    read = m3u8.loads(text, uri="https://takings.example/media/1/breaks/720p/index.m3u8")
    assert [one.absolute_uri for one in read.segments] == [
        "https://takings.example/media/1/720p/0.m4s",
        "https://takings.example/media/1/720p/1.m4s",
    ]
    assert read.segment_map[0].absolute_uri == "https://takings.example/media/1/720p/init.mp4"
    first = read.segments[0]
    assert first.program_date_time == dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    found = [
        (one.id, one.start_date, dict(one.x_client_attrs)["x_asset_list"])
        for one in first.dateranges
    ]
    assert found == [
        (
            name,
            f"2020-01-01T00:{at}Z",
            f'"/ads/list?video={VIDEO}&break={name}&_HLS_interstitial_id={name}"',
        )
        for name, at in (("pre", "00:00.000"), ("mid", "01:00.000"), ("post", "02:00.040"))
    ]
    assert text.count('CLASS="com.apple.hls.interstitial"') == text.count("X-RESUME-OFFSET=0") == 3
    assert [
        line.split('CUE="')[1].split('"')[0] for line in text.splitlines() if "CUE" in line
    ] == [
        "PRE,ONCE",
        "ONCE",
        "POST,ONCE",
    ]


@pytest.mark.django_db
def test_only_posts_of_who_shares_in_ad_money_have_places() -> None:
    ada, alone = make_creator("Ada"), make_creator("Eve", shares=False)
    long = make_video(ada, details=ALLOWED, duration_ms=180_000)
    others = make_video(alone, details=ALLOWED, duration_ms=180_000)
    assert [one.name for one in queries.breaks_in(video_id=long.pk, at=NOON)] == [
        "pre",
        "mid",
        "post",
    ]
    assert queries.breaks_in(video_id=others.pk, at=NOON) == ()
    assert queries.breaks_in(video_id=uuid.uuid4(), at=NOON) == ()


@pytest.mark.django_db
def test_a_creator_allows_and_forbids_an_interruption() -> None:
    video = make_video(make_creator(), duration_ms=100_000)
    places = [one.name for one in queries.breaks_in(video_id=video.pk, at=NOON)]
    assert places == ["pre"]
    for wish, expected in ((True, ["pre", "mid"]), (False, ["pre"])):
        actions.change_details(
            video_id=video.pk, details=Details("Kiln opening", has_mid_rolls=wish), at=NOON
        )
        assert [one.name for one in queries.breaks_in(video_id=video.pk, at=NOON)] == expected


def with_playlists(video: Video) -> Video:
    served = queries.served_folder(video.pk)
    (served / "master.m3u8").write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p/index.m3u8\n")
    for rendition in ("720p", "480p"):
        (served / rendition).mkdir()
        (served / rendition / "index.m3u8").write_text(PLAYLIST)
    return video


@pytest.mark.usefixtures("edge_in_test")
def test_every_rendition_has_the_same_places_and_may_be_kept_by_caches() -> None:
    video = with_playlists(make_video(make_creator(), details=ALLOWED, duration_ms=100_000))
    base = f"/media/{video.pk}/breaks"
    master = send("GET", f"{base}/master.m3u8")
    assert (master.status, master.body.splitlines()[-1]) == (200, b"720p/index.m3u8")
    large, small = (send("GET", f"{base}/{size}/index.m3u8") for size in ("720p", "480p"))
    assert large.body.replace(b"720p", b"480p") == small.body
    assert large.body.count(b"#EXT-X-DATERANGE") == 2
    assert (large.status, large.headers["cache-control"]) == (200, "public, max-age=60")
    assert large.headers["content-length"] == str(len(large.body))
    assert b"EXT-X-DATERANGE" not in send("GET", f"/media/{video.pk}/720p/index.m3u8").body
    head = send("HEAD", f"{base}/720p/index.m3u8")
    assert (head.body, head.headers) == (b"", large.headers)
    known = {"If-None-Match": large.headers["etag"]}
    assert send("GET", f"{base}/720p/index.m3u8", headers=known).status == 304
    actions.change_details(video_id=video.pk, details=Details("Kiln opening"), at=NOON)
    changed = send("GET", f"{base}/720p/index.m3u8", headers=known)
    assert (changed.status, changed.body.count(b"#EXT-X-DATERANGE")) == (200, 1)


@pytest.mark.usefixtures("edge_in_test")
def test_there_is_no_other_file_beside_the_places() -> None:
    video = with_playlists(make_video(make_creator(), duration_ms=100_000))
    for name in (
        "breaks/720p/0.m4s",
        "breaks/../source",
        "breaks/breaks/master.m3u8",
        "breaks/",
        "breaks/144p/index.m3u8",
    ):
        assert send("GET", f"/media/{video.pk}/{name}").status == 404
    private = Details("Mine", visibility="private")
    hidden = with_playlists(make_video(make_creator("Eve"), details=private, duration_ms=100_000))
    assert send("GET", f"/media/{hidden.pk}/breaks/720p/index.m3u8").status == 404
