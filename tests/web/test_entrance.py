"""Joining, signing in and out, opening a studio; the viewer's cookie; refusals as pages."""

import datetime as dt
import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from takings.core import clock
from takings.core.errors import TooMuch
from takings.people.actions import show_no_ads
from takings.people.models import Creator, User
from takings.people.rules import VIEWER_COOKIE, Viewer, read_viewer
from takings.web.middleware import RefusalPages
from tests.make.people import make_brand, make_creator, make_operator, make_user

pytestmark = pytest.mark.django_db

LOGINS = [
    {
        "role": "Creator",
        "name": "Mara",
        "email": "mara@takings.example",
        "password": "follow-the-cent",
        "landing": "/studio/",
    }
]


def join(client: Client, **changes: str) -> HttpResponse:
    told = {
        "email": "ada@example.org",
        "password1": "correct horse battery",
        "display_name": "Ada",
        "country": "DE",
        "birth_year": "1990",
        "time_zone": "Europe/Berlin",
    }
    response = client.post(reverse("account_signup"), told | changes)
    assert isinstance(response, HttpResponse)
    return response


def viewer_of(client: Client) -> Viewer:
    token = client.cookies[VIEWER_COOKIE].value
    return read_viewer(token=token, key=settings.SECRET_KEY, at=clock.now())


def test_someone_joins_and_is_signed_in(client: Client) -> None:
    with override_settings(ACCOUNT_EMAIL_VERIFICATION="none"):
        join(client)
    ada = User.objects.get()
    assert (ada.email, ada.display_name, ada.country) == ("ada@example.org", "Ada", "DE")
    assert (ada.time_zone, ada.born_on) == ("Europe/Berlin", dt.date(1990, 12, 31))
    assert ada.check_password("correct horse battery")


def test_outside_of_demo_mode_the_address_must_be_confirmed(client: Client) -> None:
    join(client)
    assert "confirm" in str(mail.outbox[0].body).lower()
    assert "_auth_user_id" not in client.session


def link_in(letter: str) -> str:
    [link] = re.findall(r"http://\S+", letter)
    return str(link)


def test_a_link_confirms_an_address_once(client: Client) -> None:
    join(client, email="lin@example.org")
    link = link_in(str(mail.outbox[0].body))
    assert "Yes, it is mine" in client.get(link).content.decode()
    client.post(link)
    assert EmailAddress.objects.get().verified
    assert "This link is used up" in client.get(link).content.decode()


def test_a_lost_password_is_chosen_anew_once_and_its_owner_hears_of_it(client: Client) -> None:
    user = make_user("Ada")
    asked = client.post(reverse("account_reset_password"), {"email": user.email}, follow=True)
    assert "Look into your mail" in asked.content.decode()
    link = link_in(str(mail.outbox[0].body))
    form = client.get(link, follow=True)
    assert "Choose a new password" in form.content.decode()
    new = {"password1": "a new one for Ada", "password2": "a new one for Ada"}
    done = client.post(form.redirect_chain[-1][0], new, follow=True)
    assert "Your password is changed" in done.content.decode()
    user.refresh_from_db()
    assert user.check_password("a new one for Ada")
    assert mail.outbox[1].subject == "Your password was changed"
    assert "This link is used up" in Client().get(link, follow=True).content.decode()


def test_somebody_says_who_they_are(client: Client) -> None:
    user = make_user("Ada")
    client.force_login(user)
    told = {"display_name": "Ada L.", "time_zone": "Asia/Tokyo"}
    page = client.post(reverse("account"), told, follow=True).content.decode()
    assert "Saved." in page
    assert "Ada L." in page
    wrong = client.post(reverse("account"), told | {"time_zone": "Mars/Base"})
    assert "Select a valid choice" in wrong.content.decode()
    user.refresh_from_db()
    assert (user.display_name, user.time_zone) == ("Ada L.", "Asia/Tokyo")


def test_an_address_changes_when_its_link_is_opened(client: Client) -> None:
    user = make_user("Ada")
    client.force_login(user)
    asked = {"action_add": "", "email": "countess@example.org"}
    page = client.post(reverse("account_email"), asked, follow=True).content.decode()
    assert "Open the link that we sent to <strong>countess@example.org</strong>" in page
    old = user.email
    user.refresh_from_db()
    assert user.email == old
    client.post(link_in(str(mail.outbox[-1].body)))
    user.refresh_from_db()
    assert user.email == "countess@example.org"


def test_an_address_joins_once(client: Client) -> None:
    make_user("Ada")
    join(client, email=User.objects.get().email.upper())
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        (str(clock.now().year - 12), "You must be at least 13 years old"),
        ("94", "four digits"),
        (str(clock.now().year + 1), "four digits"),
    ],
)
def test_a_year_of_birth_that_cannot_be_is_refused(
    client: Client, year: str, sentence: str
) -> None:
    response = join(client, birth_year=year)
    assert sentence in response.content.decode()
    assert not User.objects.exists()


def test_someone_signs_in_with_any_case_and_out_again(client: Client) -> None:
    user = make_user("Ada")
    with override_settings(ACCOUNT_EMAIL_VERIFICATION="none"):
        client.post(
            reverse("account_login"),
            {"login": user.email.upper(), "password": "a long password"},
        )
    assert client.session["_auth_user_id"] == str(user.pk)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_replaced_by_mail(client: Client) -> None:
    user = make_user("Ada")
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link.group(), follow=True)
    client.post(
        form.request["PATH_INFO"],
        {"password1": "another fine password", "password2": "another fine password"},
    )
    user.refresh_from_db()
    assert user.check_password("another fine password")


def test_demo_logins_are_offered_in_demo_mode_only(client: Client) -> None:
    with override_settings(DEMO=True, DEMO_LOGINS=LOGINS):
        assert "mara@takings.example" in client.get(reverse("account_login")).content.decode()
    with override_settings(DEMO=False, DEMO_LOGINS=LOGINS):
        assert "mara@takings.example" not in client.get(reverse("account_login")).content.decode()


def test_a_visitor_gets_one_viewer_id_and_keeps_it(client: Client) -> None:
    client.get("/design/")
    first = viewer_of(client)
    assert (first.user_id, first.country) == (None, settings.DEFAULT_COUNTRY)
    client.get("/design/")
    assert viewer_of(client) == first


def test_whoever_signs_in_watches_as_their_account_and_stops_when_signing_out(
    client: Client,
) -> None:
    user = make_user("Ada", country="JP")
    client.get("/design/")
    before = viewer_of(client).viewer_id
    client.force_login(user)
    client.get("/design/")
    viewer = viewer_of(client)
    assert (viewer.viewer_id, viewer.user_id, viewer.country) == (user.viewer_id, user.pk, "JP")
    client.logout()
    client.get("/design/")
    assert viewer_of(client).user_id is None
    assert viewer_of(client).viewer_id not in {before, user.viewer_id}


def test_the_viewer_cookie_tells_of_no_ads_from_the_next_page_on_and_ends_by_itself(
    client: Client,
) -> None:
    user, now = make_user("Ada"), clock.now()
    client.force_login(user)
    for until, shown in (
        (None, False),
        (now + dt.timedelta(days=1), True),
        (now + dt.timedelta(days=2), True),
        (now, False),  # given back early
    ):
        show_no_ads(user=user, until=until)
        client.get("/design/")
        token = client.cookies[VIEWER_COOKIE].value
        assert viewer_of(client).sees_no_ads(at=now) is shown
        client.get("/design/")
        assert client.cookies[VIEWER_COOKIE].value == token  # and not a new one each time


def test_a_forged_viewer_cookie_is_replaced(client: Client) -> None:
    client.cookies[VIEWER_COOKIE] = f"1.{uuid.uuid4().hex}.1.US.1.{'0' * 32}"
    client.get("/design/")
    assert viewer_of(client).user_id is None


def test_the_viewer_cookie_is_no_business_of_scripts(client: Client) -> None:
    client.get("/design/")
    cookie = client.cookies[VIEWER_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 400 * 86_400


def test_a_studio_is_opened_with_its_terms(client: Client) -> None:
    user = make_user("Ada")
    client.force_login(user)
    assert "45 %" in client.get("/studio/open/").content.decode()
    opened = client.post(
        "/studio/open/", {"handle": "@Ada-Folds", "name": "Ada folds", "shares": "on"}
    )
    creator = Creator.objects.get()
    assert (creator.handle, creator.name, creator.user) == ("ada-folds", "Ada folds", user)
    assert creator.shares_from is not None
    assert opened["Location"] == "/studio/upload/"
    assert client.get("/studio/open/")["Location"] == "/studio/"


def test_the_pool_terms_can_wait(client: Client) -> None:
    client.force_login(make_user("Ada"))
    client.post("/studio/open/", {"handle": "ada", "name": "Ada"})
    assert Creator.objects.get().shares_from is None


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [("a b", "cannot be a handle"), ("taken", "@taken is taken"), ("", "required")],
)
def test_a_handle_that_cannot_be_is_refused(client: Client, handle: str, sentence: str) -> None:
    taken = make_creator("Zoe")
    Creator.objects.filter(pk=taken.pk).update(handle="taken")
    client.force_login(make_user("Ada"))
    response = client.post("/studio/open/", {"handle": handle, "name": "Ada"})
    assert sentence in response.content.decode()
    assert Creator.objects.count() == 1


def test_whoever_is_not_signed_in_is_asked_to(client: Client) -> None:
    assert client.get("/studio/open/")["Location"] == "/accounts/login/?next=/studio/open/"


def test_a_refusal_is_a_page_with_its_status_and_sentence(client: Client) -> None:
    response = client.get("/@nobody-here")
    assert response.status_code == 404
    assert "There is no creator called @nobody-here." in response.content.decode()
    assert "no_such_creator" in response.content.decode()


class RoomFull(TooMuch):
    """A refusal of another kind."""

    code = "room_full"
    sentence = "There is room for {count}."


def test_each_kind_of_refusal_has_its_status(rf: RequestFactory) -> None:
    pages = RefusalPages(lambda _: HttpResponse())
    response = pages.process_exception(rf.get("/"), RoomFull(count=3))
    assert response is not None
    assert response.status_code == 429
    assert pages.process_exception(rf.get("/"), ValueError("a fault is not a refusal")) is None


def test_what_is_not_there_says_so(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_fault_shows_no_trace(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> dict[str, object]:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("takings.web.views.samples", broken)
    client.raise_request_exception = False
    response = client.get("/design/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert "secret detail" not in response.content.decode()


def test_a_form_without_its_token_changes_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    response = join(client)
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()
    assert not User.objects.exists()


def test_everyone_is_shown_the_way_to_their_own_places(client: Client) -> None:
    def ways(user: User | None) -> set[str]:
        if user is not None:
            client.force_login(user)
        html = client.get("/design/").content.decode()
        return set(re.findall(r'href="(/[a-z@/-]*[0-9]*)"', html.split("<main")[0]))

    assert {"/", "/studio/open/", "/accounts/login/", "/accounts/signup/"} <= ways(None)
    creator = make_creator("Ada")
    assert {f"/@{creator.handle}", "/studio/", "/studio/upload/"} <= ways(creator.user)
    member = make_user("Bea")
    make_brand(member=member)
    assert "/ads/campaigns/" in ways(member)
    assert "/desk/" not in ways(member)
    assert {"/desk/", "/ads/campaigns/"} <= ways(make_operator())


def test_the_chosen_theme_is_in_the_first_paint(client: Client) -> None:
    client.cookies["takings_theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/design/").content.decode()
    client.cookies["takings_theme"] = '"><script>'
    assert "data-theme" not in client.get("/design/").content.decode().split("<body")[0]
