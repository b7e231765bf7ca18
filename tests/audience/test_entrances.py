"""The audience's pages and endpoints, as a browser meets them."""

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.test import Client

from takings.audience import actions
from takings.audience.models import Follow, Like
from takings.audience.rules import language_name
from takings.core import clock
from takings.people.models import User
from takings.people.rules import VIEWER_COOKIE, Viewer, sign_viewer
from takings.videos.models import Video, Visibility
from tests.make.audience import make_post
from tests.make.people import NOON, make_creator, make_user

pytestmark = pytest.mark.django_db
NOON_BEFORE = NOON - dt.timedelta(days=1)


def handle_of(video: Video) -> str:
    assert video.creator is not None
    return video.creator.handle


def signed_in(user: User, *, checks_csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks_csrf)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_feed_over_json_has_what_a_player_needs(client: Client) -> None:
    video = make_post()
    video.captions_language = "de"
    video.save()
    page = client.get("/api/feed").json()
    assert page == {
        "items": [
            {
                "id": str(video.pk),
                "title": "Loop",
                "creator": {"handle": handle_of(video), "name": "Ada"},
                "duration_ms": 8000,
                "width": 720,
                "height": 1280,
                "media": f"/media/{video.pk}/master.m3u8",
                "poster": f"/media/{video.pk}/poster.webp",
                "captions": [
                    {
                        "src": f"/media/{video.pk}/captions.vtt",
                        "language": "de",
                        "label": "Deutsch",
                    }
                ],
                "likes": 0,
                "liked": False,
                "following": False,
                "why": page["items"][0]["why"],
                "live": None,
                "disclosure": "",
            }
        ],
        "next": None,
        "organic_between_ads": 4,
    }


def test_the_feed_is_paged_and_can_be_opened_with_a_post(client: Client) -> None:
    posts = [make_post(title=str(n)) for n in range(10)]
    first = client.get("/api/feed", {"start": str(posts[3].pk)}).json()
    rest = client.get("/api/feed", {"cursor": first["next"]}).json()
    shown = [item["title"] for item in first["items"] + rest["items"]]
    assert shown[0] == "3"
    assert sorted(shown) == sorted(str(n) for n in range(10))
    assert rest["next"] is None


def test_a_broken_cursor_and_a_hidden_start_are_refused(client: Client) -> None:
    answer = client.get("/api/feed", {"cursor": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")
    answer = client.get("/api/feed", {"start": str(uuid.uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_post")
    answer = client.get("/api/feed", {"start": "nonsense"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


def test_likes_and_follows_over_json_are_repeatable() -> None:
    video = make_post()
    client = signed_in(make_user())
    for _ in range(2):
        assert client.post(f"/api/videos/{video.pk}/like").status_code == 204
        assert client.post(f"/api/creators/{handle_of(video)}/follow").status_code == 204
    item = client.get("/api/feed").json()["items"][0]
    assert (item["likes"], item["liked"], item["following"]) == (1, True, True)
    for _ in range(2):
        assert client.delete(f"/api/videos/{video.pk}/like").status_code == 204
        assert client.delete(f"/api/creators/{handle_of(video)}/follow").status_code == 204
    item = client.get("/api/feed").json()["items"][0]
    assert (item["likes"], item["liked"], item["following"]) == (0, False, False)


def test_without_signing_in_nothing_can_be_liked(client: Client) -> None:
    video = make_post()
    answer = client.post(f"/api/videos/{video.pk}/like")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert not Like.objects.exists()


def test_another_site_cannot_like_in_my_name() -> None:
    video = make_post()
    client = signed_in(make_user(), checks_csrf=True)
    answer = client.post(f"/api/videos/{video.pk}/like")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert not Like.objects.exists()
    page = client.get("/")
    token = client.cookies["csrftoken"].value
    assert page.status_code == 200
    answer = client.post(f"/api/videos/{video.pk}/like", headers={"x-csrftoken": token})
    assert answer.status_code == 204


def test_unknown_people_and_posts_are_said_to_be_unknown() -> None:
    client = signed_in(make_user())
    assert client.post(f"/api/videos/{uuid.uuid4()}/like").json()["code"] == "no_such_post"
    assert client.post("/api/creators/nobody/follow").json()["code"] == "no_such_creator"


def test_what_a_browser_watched_is_known_by_its_cookie(client: Client) -> None:
    viewer_id = uuid.uuid4()
    client.cookies[VIEWER_COOKIE] = sign_viewer(
        Viewer(viewer_id, None, "DE", clock.now()), key=settings.SECRET_KEY
    )
    seen, _ = make_post(title="seen"), make_post(title="fresh", at=NOON_BEFORE)
    from_cookie = client.get("/api/feed").json()["items"]
    assert [item["title"] for item in from_cookie] == ["seen", "fresh"]
    actions.mark_seen(sightings=[(viewer_id, seen.pk, NOON_BEFORE)])
    from_cookie = client.get("/api/feed").json()["items"]
    assert [item["title"] for item in from_cookie] == ["fresh", "seen"]


def test_the_feed_page_lists_its_posts_without_javascript(client: Client) -> None:
    video = make_post()
    page = client.get("/").content.decode()
    assert f"/v/{video.pk}" in page
    assert 'data-island="feed"' in page
    assert "New in the last 24 hours." in page or "Published on" in page


def test_one_post_has_a_page_with_its_title(client: Client) -> None:
    video = make_post(title="Low tide")
    assert "<title>Low tide" in client.get(f"/v/{video.pk}").content.decode()


def test_a_visit_that_was_paid_for_is_told_apart(client: Client) -> None:
    video = make_post(make_creator())
    for query, surface in (("", "link"), ("?promoted", "promoted")):
        assert client.get(f"/v/{video.pk}{query}").context["props"]["surface"] == surface


def test_a_channel_shows_posts_and_follows_by_a_plain_form() -> None:
    creator = make_creator()
    creator.bio = "Loops."
    creator.save()
    viewer = make_user()
    client = signed_in(viewer)
    assert "has not published anything yet" in client.get(f"/@{creator.handle}").content.decode()
    video, hidden = make_post(creator), make_post(creator, visibility=Visibility.UNLISTED)
    page = client.get(f"/@{creator.handle}").content.decode()
    assert str(video.pk) in page
    assert str(hidden.pk) not in page
    assert client.post(f"/@{creator.handle}/follow").status_code == 302
    assert Follow.objects.filter(user=viewer, creator=creator, ended_at__isnull=True).exists()
    assert "1 follower" in client.get(f"/@{creator.handle}").content.decode()
    client.post(f"/@{creator.handle}/follow", {"stop": "1"})
    assert not Follow.objects.filter(ended_at__isnull=True).exists()


def test_a_channel_asks_strangers_to_sign_in_and_owners_to_their_studio(client: Client) -> None:
    creator = make_creator()
    assert "Sign in to follow" in client.get(f"/@{creator.handle}").content.decode()
    assert "Open the studio" in signed_in(creator.user).get(f"/@{creator.handle}").content.decode()


@pytest.mark.parametrize(("tag", "name"), [("de", "Deutsch"), ("zz-zz", "zz-zz"), ("", "")])
def test_a_language_has_its_own_name(tag: str, name: str) -> None:
    assert language_name(tag) == name
