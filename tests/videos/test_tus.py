"""The tus protocol: creating, sending, cutting, continuing, ending; and who may not."""

import asyncio
import base64
import threading
import uuid

import pytest

from takings.people.models import User
from takings.videos import actions, queries
from takings.videos.actions import Receiver
from takings.videos.edge import tus as tus_edge
from takings.videos.models import Purpose, Status, Video
from takings.videos.rules.refusals import MAX_BYTES
from tests.make.people import NOON, make_brand, make_creator, make_user
from tests.make.videos import make_track, make_uploading
from tests.videos.asgi import Answer, cookie_of, request, send

pytestmark = pytest.mark.usefixtures("edge_in_test")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def metadata(**pairs: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


def create(user: User, size: int | str = 10, **pairs: str) -> Answer:
    wanted = metadata(**{"filename": "clip.mp4", **pairs})
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": wanted}
    return send("POST", "/uploads/", headers={**headers, "Cookie": cookie_of(user)})


def patch(user: User, video_id: object, offset: int | str, *pieces: bytes | None) -> Answer:
    headers = {**PIECE, "Upload-Offset": str(offset), "Cookie": cookie_of(user)}
    return send("PATCH", f"/uploads/{video_id}", headers=headers, chunks=list(pieces))


def offset_of(user: User, video_id: object) -> str:
    headers = {**TUS, "Cookie": cookie_of(user)}
    answer = send("HEAD", f"/uploads/{video_id}", headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["upload-offset"]


def test_the_server_tells_what_it_can() -> None:
    answer = send("OPTIONS", "/uploads/")
    assert answer.status == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-max-size"] == str(MAX_BYTES)
    assert answer.headers["tus-extension"] == "creation,expiration,termination"
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_whole_upload() -> None:
    ada, track = make_creator().user, make_track()
    video_id = uuid.uuid4()
    created = create(
        ada,
        id=str(video_id),
        filename="Low Tide.mov",
        title="Low tide ☾",
        description="by the sea",
        visibility="private",
        tracks=str(track.pk),
    )
    assert (created.status, created.headers["location"]) == (201, f"/uploads/{video_id}")
    assert created.headers["upload-expires"].endswith("GMT")
    video = Video.objects.get()
    assert (video.pk, video.title, video.visibility) == (video_id, "Low tide ☾", "private")
    assert list(video.tracks.all()) == [track]
    assert offset_of(ada, video_id) == "0"
    first = patch(ada, video_id, 0, b"012", b"34")
    assert (first.status, first.headers["upload-offset"]) == (204, "5")
    assert first.headers["upload-expires"].endswith("GMT")
    assert offset_of(ada, video_id) == "5"
    last = patch(ada, video_id, 5, b"56789")
    assert (last.status, last.headers["upload-offset"]) == (204, "10")
    assert "upload-expires" not in last.headers
    video.refresh_from_db()
    assert video.status == Status.QUARANTINED
    assert queries.source_path(video_id).read_bytes() == b"0123456789"
    assert offset_of(ada, video_id) == "10"
    assert patch(ada, video_id, 10).status == 204  # asking once more changes nothing
    assert video.steps.count() == 2


def test_a_title_left_out_is_the_files_name() -> None:
    assert create(make_creator().user, filename="Low Tide.mov").status == 201
    assert Video.objects.get().title == "Low Tide"


def test_creating_again_with_the_same_id_finds_the_same_upload() -> None:
    ada, video_id = make_creator().user, str(uuid.uuid4())
    places = {create(ada, id=video_id).headers["location"] for _ in range(2)}
    assert len(places) == Video.objects.count() == 1


def test_a_brand_uploads_a_creative() -> None:
    bea = make_user("Bea")
    assert create(bea, purpose="creative").content["code"] == "no_brand_yet"
    make_brand(member=bea)
    assert create(bea, purpose="creative").status == 201
    assert Video.objects.get().purpose == Purpose.CREATIVE


def test_a_cut_connection_keeps_what_arrived_and_the_rest_follows() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    assert patch(ada.user, video.pk, 0, b"0123", b"45", None).status == 0  # nobody to answer
    assert offset_of(ada.user, video.pk) == "6"
    assert patch(ada.user, video.pk, 6, b"6789").status == 204
    video.refresh_from_db()
    assert video.status == Status.QUARANTINED
    assert queries.source_path(video.pk).read_bytes() == b"0123456789"


def test_a_connection_that_falls_silent_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus_edge, "IDLE_SECONDS", 0.05)
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    headers = {**PIECE, "Upload-Offset": "0", "Cookie": cookie_of(ada.user)}

    async def silence() -> None:
        await asyncio.Event().wait()

    answer = send("PATCH", f"/uploads/{video.pk}", headers=headers, chunks=[b"0123", silence])
    assert (answer.status, answer.content["code"]) == (408, "too_slow")
    assert patch(ada.user, video.pk, 4, b"456789").status == 204


def test_the_last_byte_survives_a_crash_before_the_finish() -> None:
    """The process died between fsync and the commit: asking for the offset finishes the upload."""
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    actions.receive_bytes(video_id=video.pk, size_bytes=10, offset=0, piece=b"0123456789")
    assert offset_of(ada.user, video.pk) == "10"
    video.refresh_from_db()
    assert video.status == Status.QUARANTINED


def test_a_piece_at_the_wrong_place_is_refused() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    patch(ada.user, video.pk, 0, b"01234")
    for offset in (0, 4, 6):
        answer = patch(ada.user, video.pk, offset, b"x")
        assert (answer.status, answer.content["code"]) == (409, "wrong_offset")
    assert queries.source_path(video.pk).read_bytes() == b"01234"


def test_no_byte_beyond_the_announced_length_is_taken() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    announced = {**PIECE, "Upload-Offset": "0", "Content-Length": "11"}
    headers = {**announced, "Cookie": cookie_of(ada.user)}
    answer = send("PATCH", f"/uploads/{video.pk}", headers=headers, chunks=[b"0" * 11])
    assert (answer.status, answer.content["code"]) == (413, "beyond_length")
    assert patch(ada.user, video.pk, 0, b"0" * 11).status == 413  # and without announcing it
    assert offset_of(ada.user, video.pk) == "0"
    assert patch(ada.user, video.pk, 0, b"0123456789").status == 204


def test_two_connections_cannot_write_at_once() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    with Receiver(video_id=video.pk, size_bytes=10, offset=0):
        answer = patch(ada.user, video.pk, 0, b"01234")
        assert (answer.status, answer.content["code"]) == (423, "busy_upload")
    headers = {**PIECE, "Upload-Offset": "0", "Cookie": cookie_of(ada.user)}
    path = f"/uploads/{video.pk}"

    async def race() -> list[int]:
        first_is_in = asyncio.Event()

        async def hold() -> None:
            first_is_in.set()
            await asyncio.sleep(0)
            await second_is_out.wait()

        second_is_out = asyncio.Event()
        first = asyncio.create_task(request("PATCH", path, headers=headers, chunks=[b"0", hold]))
        await first_is_in.wait()
        second = await request("PATCH", path, headers=headers, chunks=[b"x"])
        second_is_out.set()
        return [(await first).status, second.status]

    assert asyncio.run(race()) == [204, 423]
    assert offset_of(ada.user, video.pk) == "1"


def test_uploads_of_others_are_not_there() -> None:
    ada, eve = make_creator("Ada"), make_creator("Eve")
    video = make_uploading(ada, content=b"0123456789")
    headers = {**PIECE, "Upload-Offset": "0", "Cookie": cookie_of(eve.user)}
    for method in ("HEAD", "PATCH", "DELETE"):
        for name in (video.pk, uuid.uuid4(), "not-an-id"):
            assert send(method, f"/uploads/{name}", headers=headers).status == 404
    video.refresh_from_db()
    assert video.status == Status.UPLOADING
    assert queries.received_bytes(video.pk) == 0


def test_uploading_needs_a_session() -> None:
    headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": metadata(filename="clip.mp4")}
    for cookie in ("", "sessionid=forged", "sessionid=\x00;;=,"):
        answer = send("POST", "/uploads/", headers={**headers, "Cookie": cookie})
        assert (answer.status, answer.content["code"]) == (401, "not_signed_in")
    assert not Video.objects.exists()


@pytest.mark.parametrize(
    "origin",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Host": "127.0.0.1:8000"},
        {"Origin": "null", "Host": "127.0.0.1:8000"},
    ],
)
def test_pages_of_other_sites_cannot_upload_in_my_name(origin: dict[str, str]) -> None:
    ada = make_creator()
    wanted = {"Upload-Length": "10", "Upload-Metadata": metadata(filename="clip.mp4")}
    headers = {**TUS, **wanted, **origin, "Cookie": cookie_of(ada.user)}
    answer = send("POST", "/uploads/", headers=headers)
    assert (answer.status, answer.content["code"]) == (403, "other_site")
    assert not Video.objects.exists()


@pytest.mark.parametrize(
    "origin",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:8000", "Host": "elsewhere"},  # the configured public address
        {"Origin": "http://localhost:9000", "Host": "localhost:9000"},
    ],
)
def test_our_own_pages_can_upload(origin: dict[str, str]) -> None:
    wanted = {"Upload-Length": "10", "Upload-Metadata": metadata(filename="clip.mp4")}
    headers = {**TUS, **wanted, **origin, "Cookie": cookie_of(make_creator().user)}
    assert send("POST", "/uploads/", headers=headers).status == 201


@pytest.mark.parametrize(
    ("pairs", "size", "expected"),
    [
        ({}, "abc", (422, "bad_number")),
        ({}, MAX_BYTES + 1, (413, "too_large")),
        ({}, 0, (422, "empty_file")),
        ({"filename": "x.exe"}, 10, (422, "not_a_video_name")),
        ({"purpose": "spam"}, 10, (422, "bad_purpose")),
        ({"id": "7"}, 10, (422, "bad_id")),
        ({"tracks": "one"}, 10, (422, "bad_number")),
        ({"visibility": "friends"}, 10, (422, "bad_visibility")),
    ],
)
def test_what_cannot_be_uploaded_is_refused_with_a_sentence(
    pairs: dict[str, str], size: int | str, expected: tuple[int, str]
) -> None:
    answer = create(make_creator().user, size, **pairs)
    assert (answer.status, answer.content["code"]) == expected
    assert answer.content["sentence"]
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert not Video.objects.exists()


def test_a_fourth_unfinished_upload_is_one_too_many() -> None:
    ada = make_creator().user
    statuses = [create(ada).status for _ in range(4)]
    assert statuses == [201, 201, 201, 429]


def test_other_protocols_are_turned_away() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    cookie = {"Cookie": cookie_of(ada.user)}
    path = f"/uploads/{video.pk}"
    assert send("PATCH", path, headers={**cookie, "Tus-Resumable": "0.2.2"}).status == 412
    assert send("POST", "/uploads/", headers=cookie).status == 412
    assert send("PATCH", path, headers={**cookie, **TUS}).status == 415
    assert send("PATCH", path, headers={**cookie, **PIECE}).content["code"] == "bad_number"
    for method, place in (
        ("GET", path),
        ("PATCH", "/uploads/"),
        ("POST", path),
        ("HEAD", "/uploads"),
    ):
        assert send(method, place, headers={**cookie, **PIECE}).status == 405


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_ended_and_its_bytes_go() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    patch(ada.user, video.pk, 0, b"01234")
    headers = {**TUS, "Cookie": cookie_of(ada.user)}
    assert send("DELETE", f"/uploads/{video.pk}", headers=headers).status == 204
    assert send("HEAD", f"/uploads/{video.pk}", headers=headers).status == 404
    assert not queries.video_folder(video.pk).exists()
    video.refresh_from_db()
    assert video.status == Status.REMOVED


def test_a_finished_upload_is_not_ended_by_accident() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789")
    patch(ada.user, video.pk, 0, b"0123456789")
    headers = {**TUS, "Cookie": cookie_of(ada.user)}
    assert send("DELETE", f"/uploads/{video.pk}", headers=headers).status == 404
    video.refresh_from_db()
    assert video.status == Status.QUARANTINED


def test_large_bodies_go_to_disk_in_blocks() -> None:
    ada = make_creator()
    content = bytes(range(256)) * 4096 * 3  # 3 MiB
    video = make_uploading(ada, content=content)
    pieces = [content[at : at + 65_536] for at in range(0, len(content), 65_536)]
    assert patch(ada.user, video.pk, 0, *pieces).status == 204
    assert queries.source_path(video.pk).read_bytes() == content
    names = {thread.name for thread in threading.enumerate()}
    assert len([name for name in names if name.startswith("videos-")]) <= 8


def test_a_video_uploaded_long_ago_still_has_its_offset() -> None:
    ada = make_creator()
    video = make_uploading(ada, content=b"0123456789", at=NOON)
    patch(ada.user, video.pk, 0, b"0123456789")
    assert offset_of(ada.user, video.pk) == "10"
