"""The studio's video pages and the API: what they show, change and refuse."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from takings.people.models import User
from takings.videos import actions, queries
from takings.videos.actions import Details
from takings.videos.models import Status, Video
from tests.make.people import NOON, make_creator, make_user
from tests.make.videos import (
    make_draft,
    make_quarantined,
    make_track,
    make_uploading,
    make_video,
)

pytestmark = pytest.mark.django_db
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"
JSON = "application/json"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_api_shows_my_videos_only_newest_first() -> None:
    ada = make_creator("Ada")
    waiting = make_quarantined(ada, content=b"clip")
    ready = make_video(ada)
    make_video(make_creator("Ben"))
    client = signed_in(ada.user)
    answer = client.get("/api/studio/videos").json()
    assert {item["id"] for item in answer["items"]} == {str(waiting.pk), str(ready.pk)}
    assert answer["next"] is None
    assert client.get("/api/studio/videos?page=2").json()["items"] == []
    assert client.get("/api/studio/videos?page=0").status_code == 422


def test_the_api_pages_long_lists() -> None:
    ada = make_creator()
    for _ in range(51):
        make_video(ada)
    client = signed_in(ada.user)
    first = client.get("/api/studio/videos").json()
    second = client.get(f"/api/studio/videos?page={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 1, None)
    assert not {i["id"] for i in first["items"]} & {i["id"] for i in second["items"]}


def test_the_api_follows_a_preparation() -> None:
    ada = make_creator()
    video = make_quarantined(ada, content=b"clip")
    client, address = signed_in(ada.user), f"/api/studio/videos/{video.pk}"
    actions.begin_preparing(video_id=video.pk, at=NOON)
    actions.note_progress(video_id=video.pk, progress_bp=4_200)
    shown = client.get(address).json()
    assert (shown["status"], shown["progress_bp"], shown["media"]) == ("transcoding", 4_200, "")
    assert shown["status_words"] == "Being prepared"
    actions.mark_ready(video_id=video.pk, draft=make_draft(video.pk), at=NOON)
    shown = client.get(address).json()
    assert (shown["status"], shown["duration_ms"]) == ("ready", 8_000)
    assert shown["media"] == f"/media/{video.pk}/master.m3u8"
    assert shown["poster"] == f"/media/{video.pk}/poster.webp"
    assert shown["preview"] == f"/media/{video.pk}/preview.webp"


def test_the_api_says_why_a_file_was_refused_and_tries_again() -> None:
    ada = make_creator()
    video = make_quarantined(ada, content=b"clip")
    actions.begin_preparing(video_id=video.pk, at=NOON)
    actions.mark_refused(video_id=video.pk, why="It is damaged.", at=NOON)
    client, address = signed_in(ada.user), f"/api/studio/videos/{video.pk}"
    assert client.get(address).json()["refused_why"] == "It is damaged."
    assert client.post(f"{address}/preparation").json()["status"] == "quarantined"
    again = client.post(f"{address}/preparation")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_moment")


def test_the_api_changes_only_what_is_named() -> None:
    ada, track = make_creator(), make_track()
    video = make_video(ada, details=Details("Low tide", "by the sea", "private", (track.pk,)))
    client, address = signed_in(ada.user), f"/api/studio/videos/{video.pk}"
    change = {"title": "High tide", "category": "IAB20"}
    shown = client.patch(address, change, content_type=JSON).json()
    assert (shown["title"], shown["description"]) == ("High tide", "by the sea")
    assert (shown["visibility"], shown["track_ids"]) == ("private", [track.pk])
    shown = client.patch(
        address, {"visibility": "public", "track_ids": [], "description": ""}, content_type=JSON
    ).json()
    assert (shown["visibility"], shown["track_ids"], shown["description"]) == ("public", [], "")
    assert shown["published_at"] is not None
    assert shown["category"] == "IAB20"


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"status": "ready"}, {"visibility": "friends"}, {"track_ids": [404]}, "AAA"],
)
def test_the_api_refuses_bad_changes_and_nothing_changes(change: object) -> None:
    ada = make_creator()
    video = make_video(ada)
    answer = signed_in(ada.user).patch(
        f"/api/studio/videos/{video.pk}", json.dumps(change), content_type=JSON
    )
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    video.refresh_from_db()
    assert queries.details_of(video) == Details("Low tide")


def test_videos_of_others_are_not_there_for_the_api() -> None:
    video = make_video(make_creator("Ada"))
    eve = signed_in(make_creator("Eve").user)
    address = f"/api/studio/videos/{video.pk}"
    for answer in (
        eve.get(address),
        eve.patch(address, {"title": "x"}, content_type=JSON),
        eve.delete(address),
        eve.post(f"{address}/preparation"),
        eve.put(f"{address}/captions", VTT, content_type="text/vtt"),
        eve.delete(f"{address}/captions"),
        eve.get(f"/api/studio/videos/{uuid.uuid4()}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_video")
    assert Client().get(address).status_code == 401
    video.refresh_from_db()
    assert video.status == Status.READY


def test_the_api_needs_the_token_of_our_own_pages() -> None:
    ada = make_creator()
    video = make_video(ada)
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ada.user)
    assert careful.delete(f"/api/studio/videos/{video.pk}").status_code == 403
    assert Video.objects.get().status == Status.READY


def test_the_api_keeps_and_removes_captions() -> None:
    ada = make_creator()
    video = make_video(ada)
    client, address = signed_in(ada.user), f"/api/studio/videos/{video.pk}/captions"
    shown = client.put(f"{address}?language=de", VTT, content_type="text/vtt").json()
    assert shown["captions"] == [{"language": "de", "url": f"/media/{video.pk}/captions.vtt"}]
    bad = client.put(address, b"nonsense", content_type="text/vtt")
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_captions")
    assert client.delete(address).status_code == 204
    assert client.get(f"/api/studio/videos/{video.pk}").json()["captions"] == []


def test_the_api_removes_a_video_for_good() -> None:
    ada = make_creator()
    video = make_video(ada)
    client, address = signed_in(ada.user), f"/api/studio/videos/{video.pk}"
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == client.delete(address).status_code == 404


def test_the_music_is_open_to_read() -> None:
    track = make_track()
    assert Client().get("/api/tracks").json() == [
        {"id": track.pk, "title": "Harbour Lights", "artist": "The Cranes"}
    ]


def test_the_studio_is_for_creators() -> None:
    for page in ("/studio/upload/", "/studio/videos/"):
        answer = Client().get(page)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={page}")
        answer = signed_in(make_user()).get(page)
        assert (answer.status_code, answer["Location"]) == (302, "/studio/open/")


def test_the_upload_page_carries_the_limits() -> None:
    page = signed_in(make_creator().user).get("/studio/upload/").content.decode()
    assert 'data-island="upload"' in page
    assert "&quot;maxBytes&quot;: 524288000" in page
    assert "&quot;maxSeconds&quot;: 180" in page


def test_the_list_shows_every_status() -> None:
    ada = make_creator()
    client = signed_in(ada.user)
    assert "No videos yet" in client.get("/studio/videos/").content.decode()
    ready = make_video(ada, details=Details("Ready one"))
    waiting = make_quarantined(ada, content=b"clip")
    refused = make_quarantined(ada, content=b"clip")
    actions.begin_preparing(video_id=refused.pk, at=NOON)
    actions.mark_refused(video_id=refused.pk, why="It is damaged.", at=NOON)
    make_video(make_creator("Ben"), details=Details("Someone else's"))
    page = client.get("/studio/videos/").content.decode()
    assert f"/media/{ready.pk}/poster.webp" in page
    assert f'data-follow="{waiting.pk}"' in page
    assert "It is damaged." in page
    assert "Someone else" not in page


def test_long_lists_have_pages() -> None:
    ada = make_creator()
    for _ in range(31):
        make_video(ada)
    client = signed_in(ada.user)
    assert "Page 1 of 2" in client.get("/studio/videos/").content.decode()
    assert client.get("/studio/videos/?page=2").content.decode().count('class="clip"') == 1
    assert client.get("/studio/videos/?page=x").status_code == 200


def test_the_page_of_a_video_changes_it_without_scripts() -> None:
    ada, track = make_creator(), make_track()
    video = make_video(ada)
    client, address = signed_in(ada.user), f"/studio/videos/{video.pk}/"
    page = client.get(address).content.decode()
    assert 'value="Low tide"' in page
    assert "What happened" in page
    change = {"title": "High tide", "visibility": "unlisted", "track_ids": [track.pk]}
    assert client.post(address, change | {"category": "IAB1-6"})["Location"] == address
    video.refresh_from_db()
    wanted = Details("High tide", "", "unlisted", (track.pk,), category="IAB1-6")
    assert queries.details_of(video) == wanted
    assert "Saved." in client.get(address).content.decode()


def test_the_page_of_a_video_says_what_is_wrong_with_a_change() -> None:
    ada = make_creator()
    video = make_video(ada)
    tracks = [make_track(title).pk for title in ("One", "Two", "Three")]
    client, address = signed_in(ada.user), f"/studio/videos/{video.pk}/"
    missing = client.post(address, {"title": "", "visibility": "public"})
    assert (missing.status_code, "This field is required" in missing.content.decode()) == (
        422,
        True,
    )
    many = client.post(address, {"title": "x", "visibility": "public", "track_ids": tracks})
    assert many.status_code == 422
    assert "A video may use 2 pieces of music" in many.content.decode()
    video.refresh_from_db()
    assert video.title == "Low tide"


def test_the_page_of_a_video_takes_captions_without_scripts() -> None:
    ada = make_creator()
    video = make_video(ada)
    client, address = signed_in(ada.user), f"/studio/videos/{video.pk}/captions/"
    for content, sentence in ((b"nonsense", "a WebVTT file begins"), (b"", "file is empty")):
        file = SimpleUploadedFile("c.vtt", content, "text/vtt")
        answer = client.post(address, {"language": "en", "file": file})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    file = SimpleUploadedFile("c.vtt", VTT, "text/vtt")
    assert client.post(address, {"language": "de", "file": file}).status_code == 302
    video.refresh_from_db()
    assert video.captions_language == "de"
    client.post(f"{address}remove/")
    video.refresh_from_db()
    assert video.captions_language == ""


def test_the_page_of_an_unfinished_video_says_what_to_do() -> None:
    ada = make_creator()
    client = signed_in(ada.user)
    uploading = make_uploading(ada, content=b"clip")
    page = client.get(f"/studio/videos/{uploading.pk}/").content.decode()
    assert "Choose it again" in page
    waiting = make_quarantined(ada, content=b"clip")
    assert "You may leave this page" in client.get(f"/studio/videos/{waiting.pk}/").content.decode()
    actions.begin_preparing(video_id=waiting.pk, at=NOON)
    actions.mark_refused(video_id=waiting.pk, why="It is damaged.", at=NOON)
    assert "It is damaged." in client.get(f"/studio/videos/{waiting.pk}/").content.decode()
    client.post(f"/studio/videos/{waiting.pk}/again/")
    waiting.refresh_from_db()
    assert waiting.status == Status.QUARANTINED


def test_a_video_is_removed_without_scripts() -> None:
    ada = make_creator()
    video = make_video(ada)
    client = signed_in(ada.user)
    assert client.get(f"/studio/videos/{video.pk}/remove/").status_code == 405
    answer = client.post(f"/studio/videos/{video.pk}/remove/")
    assert answer["Location"] == "/studio/videos/"
    assert client.get(f"/studio/videos/{video.pk}/").status_code == 404
    assert (
        signed_in(make_creator("Eve").user)
        .post(f"/studio/videos/{make_video(ada).pk}/remove/")
        .status_code
        == 404
    )
    assert Video.objects.filter(status=Status.READY).count() == 1
