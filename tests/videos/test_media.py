"""Media over HTTP: the gate, ranges, tags, types, caching; and every way around it that fails."""

import pytest
from django.test import override_settings

from takings.ads.queries.embedding import embedded
from takings.core import clock
from takings.videos import actions, queries
from takings.videos.actions import Details
from takings.videos.models import Video
from tests.make.members import joined, make_adult, make_host, make_tier
from tests.make.payments import cards_taken
from tests.make.people import NOON, make_creator, make_operator, make_user
from tests.make.videos import make_video
from tests.videos.asgi import cookie_of, send

pytestmark = pytest.mark.usefixtures("edge_in_test")
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
SEGMENT = bytes(range(256)) * 10


@pytest.fixture
def video() -> Video:
    return with_segment(make_video(make_creator()))


def with_segment(video: Video) -> Video:
    folder = queries.served_folder(video.pk) / "720p"
    folder.mkdir()
    (folder / "0.m4s").write_bytes(SEGMENT)
    return video


def path_of(video: Video, name: str = "720p/0.m4s") -> str:
    return f"/media/{video.pk}/{name}"


@pytest.mark.parametrize("pathsend", [False, True])
def test_a_segment_is_sent_whole(video: Video, *, pathsend: bool) -> None:
    answer = send("GET", path_of(video), pathsend=pathsend)
    assert (answer.status, answer.body) == (200, SEGMENT)
    assert bool(answer.sent_path) == pathsend
    assert answer.headers["content-type"] == "video/iso.segment"
    assert answer.headers["content-length"] == str(len(SEGMENT))
    assert answer.headers["cache-control"] == "public, max-age=3600, immutable"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "vary" not in answer.headers
    head = send("HEAD", path_of(video), pathsend=pathsend)
    assert (head.status, head.body, head.headers) == (200, b"", answer.headers)


def test_other_sites_may_read_what_is_open_to_all_where_some_are_listed(video: Video) -> None:
    private = with_segment(
        make_video(make_creator(), details=Details("Mine", visibility="private"))
    )
    allows, shares = "access-control-allow-origin", "cross-origin-resource-policy"
    with override_settings(EMBED_SITES={"https://blog.example"}):
        answer = send("GET", path_of(video))
        assert (answer.headers[allows], answer.headers[shares]) == ("*", "cross-origin")
        headers = {"Cookie": cookie_of(private.uploader)}
        assert allows not in send("GET", path_of(private), headers=headers).headers
    assert {allows, shares}.isdisjoint(send("GET", path_of(video)).headers)


def test_peer_bug_22_no_byte_of_a_video_for_members_is_anybody_elses() -> None:
    ada = make_host("Ada")
    with cards_taken():
        crew, bridge = make_tier(ada), make_tier(ada, "Bridge", "11.90")
        low, high, stranger = (make_adult(name) for name in ("Vera", "Wim", "Una"))
        joined(low, crew)
        joined(high, bridge)
    video = with_segment(make_video(ada))
    actions.set_captions(video_id=video.pk, content=VTT, language="en")
    actions.keep_for_members(video_id=video.pk, rank=2, opens_at=None, at=clock.now())
    for name in ("720p/0.m4s", "master.m3u8", "captions.vtt", "poster.webp"):
        for user, may in ((None, False), (stranger, False), (low, False), (high, True)):
            headers = {"Cookie": cookie_of(user)} if user else {}
            answer = send("GET", path_of(video, name), headers=headers)
            assert answer.status == (200 if may else 404)
            assert may or answer.content["code"] == "no_such_video"
    with override_settings(EMBED_SITES={"https://blog.example"}):
        answer = send("GET", path_of(video), headers={"Cookie": cookie_of(high)})
        assert answer.headers["cache-control"].startswith("private")
        assert "access-control-allow-origin" not in answer.headers
    assert embedded(video_id=video.pk, at=clock.now()) is None


@pytest.mark.parametrize(
    ("asked", "span"),
    [("bytes=0-99", (0, 99)), ("bytes=2500-", (2500, 2559)), ("bytes=-10", (2550, 2559))],
)
def test_a_range_is_sent(video: Video, asked: str, span: tuple[int, int]) -> None:
    first, last = span
    answer = send("GET", path_of(video), headers={"Range": asked}, pathsend=True)
    assert (answer.status, answer.body) == (206, SEGMENT[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/2560"
    assert answer.headers["content-length"] == str(last + 1 - first)


def test_a_range_outside_the_file_is_refused_with_its_size(video: Video) -> None:
    answer = send("GET", path_of(video), headers={"Range": "bytes=2560-"})
    assert (answer.status, answer.content["code"]) == (416, "bad_range")
    assert answer.headers["content-range"] == "bytes */2560"


def test_a_range_of_an_older_version_gets_the_whole_file(video: Video) -> None:
    tag = send("GET", path_of(video)).headers["etag"]
    for condition, status in ((tag, 206), ('"older"', 200)):
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        assert send("GET", path_of(video), headers=headers).status == status


def test_what_the_browser_has_is_not_sent_again(video: Video) -> None:
    tag = send("GET", path_of(video)).headers["etag"]
    answer = send("GET", path_of(video), headers={"If-None-Match": f'"other", {tag}'})
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == tag
    assert send("GET", path_of(video), headers={"If-None-Match": '"other"'}).status == 200


def test_large_files_leave_in_blocks(video: Video) -> None:
    content = SEGMENT * 500  # 1.28 MB, more than two blocks
    (queries.served_folder(video.pk) / "720p" / "1.m4s").write_bytes(content)
    assert send("GET", path_of(video, "720p/1.m4s")).body == content


def test_an_empty_file_is_an_empty_answer(video: Video) -> None:
    (queries.served_folder(video.pk) / "720p" / "1.m4s").touch()
    answer = send("GET", path_of(video, "720p/1.m4s"))
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "0")


def test_private_media_are_for_their_owner_and_operators() -> None:
    ada = make_creator()
    video = with_segment(make_video(ada, details=Details("x", visibility="private")))
    for cookie in ("", "sessionid=forged", cookie_of(make_user("Sam"))):
        answer = send("GET", path_of(video), headers={"Cookie": cookie})
        assert (answer.status, answer.content["code"]) == (404, "no_such_video")
    for cookie in (cookie_of(ada.user), cookie_of(make_operator())):
        answer = send("GET", path_of(video), headers={"Cookie": cookie})
        assert (answer.status, answer.body) == (200, SEGMENT)
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["vary"] == "cookie"


def test_a_person_who_may_not_sign_in_any_more_sees_what_strangers_see() -> None:
    ada = make_creator()
    video = with_segment(make_video(ada, details=Details("x", visibility="private")))
    cookie = cookie_of(ada.user)
    ada.user.is_active = False
    ada.user.save()
    assert send("GET", path_of(video), headers={"Cookie": cookie}).status == 404


def test_media_of_a_removed_video_are_gone(video: Video) -> None:
    assert send("GET", path_of(video)).status == 200
    actions.remove(video_id=video.pk, by=video.uploader, why="", at=NOON)
    owner = {"Cookie": cookie_of(video.uploader)}
    assert send("GET", path_of(video), headers=owner).status == 404


def test_captions_lie_beside_the_video(video: Video) -> None:
    assert send("GET", path_of(video, "captions.vtt")).status == 404
    text = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"
    actions.set_captions(video_id=video.pk, content=text, language="en")
    answer = send("GET", path_of(video, "captions.vtt"))
    assert (answer.status, answer.body) == (200, text)
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    [
        "source", "made.json", "lock", "../source", "720p/../../source", "served/720p/0.m4s",
        "/etc/hosts", "720p/../../../../../../etc/hosts", "720p\\0.m4s", "720p/0.m4s/", "",
        "720p/0.m4s\x00.webp", ".", "..", "720p", "9999p/0.m4s",
    ],
)  # fmt: skip
def test_nothing_else_of_the_folder_can_be_read(video: Video, name: str) -> None:
    answer = send("GET", path_of(video, name), headers={"Cookie": cookie_of(video.uploader)})
    assert answer.status == 404
    assert set(answer.content) == {"code", "sentence"}


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/x/master.m3u8",
        "/media/../source",
        "/media//etc/hosts",
        "/media/0f0e0d0c-0b0a-4908-8706-050403020100/master.m3u8",
        "/media/{upper}/master.m3u8",
        "/media/{braces}/master.m3u8",
    ],
)
def test_addresses_that_name_no_video_are_not_found(video: Video, path: str) -> None:
    asked = path.replace("{upper}", str(video.pk).upper()).replace("{braces}", f"{{{video.pk}}}")
    assert send("GET", asked).status == 404


def test_media_are_only_read(video: Video) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert send(method, path_of(video)).status == 405
