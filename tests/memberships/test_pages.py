"""The pages of passes: what a viewer does there, and what operators and other software read."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from takings.core import clock
from takings.memberships.actions import renew_passes, tell_fees
from takings.memberships.models import Pass
from takings.memberships.queries import pass_of
from takings.payments.models import Payment
from takings.payments.queries import show_terms
from takings.people.models import User
from takings.people.rules import VIEWER_COOKIE, read_viewer
from tests.make.pages import page_links, page_text
from tests.make.passes import Time, bought
from tests.make.payments import EXPIRES, PAYS, pay
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client: Client) -> User:
    """Let Vera be signed in."""
    user = make_user("Vera")
    client.force_login(user)
    return user


def test_a_viewer_buys_lets_it_end_lets_it_go_on_and_gives_it_back(
    client: Client, vera: User, time: Time
) -> None:
    shown = page_text(client.get("/pass/"))
    assert "€5.99 a month" in shown
    assert "Tax€0.96 Creators you watch€2.2635 This platform€2.7665" in shown
    form = {"id": str(uuid4()), "terms": show_terms(at=time.now)}
    led = [client.post("/pass/buy/", form)["location"] for _ in range(2)]
    payment = Payment.objects.get()
    assert led == [f"/payments/{payment.pk}/go/"] * 2
    pay(payment, PAYS)
    assert "Paid" in page_text(client.get(f"/payments/{payment.pk}/back/", follow=True))
    [entry] = page_links(client.get(f"/payments/{payment.pk}/"), "/trace/entry/")
    shown = page_text(client.get(entry))
    assert f"→ unearned:pass:{payment.pk}" in shown
    token = client.cookies[VIEWER_COOKIE].value
    viewer = read_viewer(token=token, key=settings.SECRET_KEY, at=clock.now())
    assert viewer.ad_free_until == pass_of(user=vera).ends_at
    assert "reckoned every quarter of an hour" in page_text(client.get("/pass/"))
    tell_fees(at=time.now)
    assert "If January 2027 ended now" in page_text(client.get("/pass/"))
    assert "Your card is charged€5.99 on 22 Feb 2027, 14:00 UTC" in page_text(client.get("/pass/"))
    for step, told in (
        ("cancel", "your card is charged no more"),
        ("resume", "Your pass goes on."),
        ("withdraw", "The money goes back to your card."),
    ):
        assert told in page_text(client.post(f"/pass/{step}/", follow=True))
        assert client.get("/pass/buy/").status_code == 405
    assert "Your pass ended on 25 Jan 2027" in page_text(client.get("/pass/"))
    assert client.get("/pass/withdraw/").status_code == 409
    assert "has ended" in page_text(client.post("/pass/resume/", follow=True))


def test_a_broken_form_loses_nothing_and_says_what_to_do(
    client: Client, vera: User, time: Time
) -> None:
    terms = show_terms(at=time.now)
    for form, told in (
        ({"id": "1", "terms": terms}, "open the page again"),
        ({"id": str(uuid4()), "terms": "forged"}, "read them again"),
    ):
        assert told in page_text(client.post("/pass/buy/", form, follow=True))
    assert not Pass.objects.filter(user=vera).exists()


def test_who_is_told_of_a_declined_card_pays_by_another_one(
    client: Client, vera: User, time: Time
) -> None:
    bought(vera, EXPIRES)
    assert "Until 8 Feb 2027" not in page_text(client.get("/pass/"))
    assert "until 8 Feb 2027, 14:00 UTC" in page_text(client.get("/pass/withdraw/"))
    renew_passes(at=time.go(2, 22))
    shown = page_text(client.get("/pass/"))
    assert "The card has expired. We try it again on 23 Feb 2027, 14:00 UTC" in shown
    assert "Pay by another card" in shown


def test_operators_see_what_waits_and_nobody_else(client: Client, vera: User, time: Time) -> None:
    assert client.get("/pass/desk/").status_code == 404
    client.force_login(make_operator())
    assert "Nobody has bought a pass yet." in page_text(client.get("/pass/desk/"))
    bought(vera)
    shown = page_text(client.get("/pass/desk/"))
    assert "Running1" in shown
    assert "Waiting€5.03" in shown
    del time


def test_other_software_reads_where_a_pass_stands(client: Client, vera: User, time: Time) -> None:
    nothing = client.get("/api/pass").json()
    assert (nothing["runs"], nothing["price"]) == (False, {"micros": 5_990_000, "currency": "EUR"})
    bought(vera)
    del time
    told = client.get("/api/pass").json()
    assert (told["runs"], told["renews"], told["declined"]) == (True, True, "")
    assert told["ends_at"] == "2027-02-25T14:00:00Z"
    assert told["charged_at"] == "2027-02-22T14:00:00Z"
    client.logout()
    assert client.get("/api/pass").status_code == 401
    assert client.get("/pass/").status_code == 302
