"""The pages of requests: offering, asking, paying, each side's room, the studio, the desk."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from takings.payments.queries import show_terms
from takings.people.models import User
from takings.requests import actions
from takings.requests.models import Request, Service
from takings.requests.rules import State
from takings.videos.actions import Details
from takings.videos.models import Visibility
from takings.videos.queries import NoSuchVideo, access_media
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.payments import asked, pay
from tests.make.people import make_operator, make_user
from tests.make.requests import GREETING, QUOTED, Pair, fresh, make_pair, make_service
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db
OFFER = {
    "title": "A song",
    "what": "Sung for you",
    "deliver_days": "7",
    "revisions": "1",
    "most_open": "2",
    "price_EUR": "40.50",
}


def go(client: Client, user: User, page: str, **form: str) -> str:
    """Let somebody send a form, and return what they read then."""
    client.force_login(user)
    answer = client.post(page, form, follow=True)
    return page_text(answer, status=answer.status_code)


def test_a_creator_offers_changes_pauses_and_archives(
    client: Client, pair: Pair, time: Time
) -> None:
    page = "/requests/studio/services/new/"
    client.force_login(pair.maker)
    assert "People pay in the currency of their country" in page_text(client.get(page))
    wrong = client.post(page, {**OFFER, "price_EUR": "much", "price_USD": "3"})
    assert wrong.status_code == 422
    assert "Write an amount in EUR" in page_text(wrong, status=422)
    assert 'value="much"' in wrong.content.decode()
    cheap = client.post(page, {**OFFER, "price_USD": "3"})
    assert "A price in USD is from $5.00 to $2,000.00." in page_text(cheap, status=422)
    key = str(uuid4())
    for _ in range(2):
        assert "Offered." in go(client, pair.maker, page, id=key, **OFFER)
    song = Service.objects.get(title="A song")
    shown = page_text(client.get("/requests/studio/services/"))
    assert "€40.50" in shown
    own = f"/requests/studio/services/{song.pk}/"
    assert 'value="40.50"' in client.get(own).content.decode()
    assert "Changed." in go(client, pair.maker, own, **{**OFFER, "title": "A long song"})
    assert "Paused" in go(client, pair.maker, f"{own}pause/")
    assert "Open" in go(client, pair.maker, f"{own}resume/")
    assert "Archived" in go(client, pair.maker, f"{own}archive/")
    assert "Paused" in go(client, pair.maker, f"{own}restore/")
    actions.archive_service(service=song, at=time.now)
    for _ in range(19):
        make_service(pair.creator, at=time.now)
    assert "You offer 20 services already" in go(client, pair.maker, f"{own}restore/")
    assert "You offer 20 services already" in go(client, pair.maker, page, **OFFER)
    client.force_login(make_pair(name="Ben").maker)
    assert client.get(own).status_code == 404


def test_a_fan_finds_asks_pays_and_takes_it(client: Client, pair: Pair, time: Time) -> None:
    handle = pair.creator.handle
    assert "Made for you: 1 offer" in page_text(client.get(f"/@{handle}"))
    assert "Sign in to ask" in page_text(client.get(f"/requests/of/{handle}/"))
    ask = f"/requests/for/{pair.service.pk}/"
    assert client.get(ask).status_code == 302
    client.force_login(pair.fan)
    assert "You have asked for nothing yet" in page_text(client.get("/requests/"))
    assert "€25.00, tax inside" in page_text(client.get(f"/requests/of/{handle}/"))
    assert "within 7 days of the yes" in page_text(client.get(ask))
    form = {"id": str(uuid4()), "price": "25000000 EUR", "brief": "see x.com"}
    refused = client.post(ask, form)
    assert refused.status_code == 422
    assert "Links cannot be sent here" in page_text(refused, status=422)
    assert "see x.com" in refused.content.decode()  # what was written stays
    stale = client.post(ask, {**form, "brief": "For Mia", "price": "1"})
    assert "costs €25.00 now" in page_text(stale, status=422)
    form["brief"] = "For my sister Mia"
    client.post(ask, form)
    shown = page_text(client.post(ask, form, follow=True))
    assert "€25.00 for “A greeting”" in shown
    one = Request.objects.get()
    room = f"/requests/{one.pk}/"
    assert "Pay it, and the creator is asked" in page_text(client.get(room))
    gone = client.post(f"{room}pay/", {"terms": show_terms(at=time.now)})
    assert gone.headers["Location"] == f"/payments/{one.pk}/go/"
    payment = pair.start(one)
    pay(payment)
    asked(payment)
    assert client.get(f"{room}pay/").headers["Location"] == room
    assert "where it stands" in page_text(client.get(f"/payments/{one.pk}/"))
    assert "Your money waits." in page_text(client.get(room))
    assert "A greeting" in page_text(client.get("/requests/"))
    assert "Accepted." in go(client, pair.maker, f"{room}accepted/")
    assert "cannot be done now: “Being made”" in go(client, pair.fan, f"{room}cancelled/")
    key = str(uuid4())
    assert "an empty delivery is none" in go(client, pair.maker, f"{room}deliver/", id=key)
    assert "Delivered." in go(client, pair.maker, f"{room}deliver/", id=key, text="Dear Mia")
    assert "As on x.com" in go(client, pair.fan, f"{room}revised/", text="As on x.com")
    assert "Asked for once more." in go(client, pair.fan, f"{room}revised/", text="Louder")
    again = str(uuid4())
    go(client, pair.maker, f"{room}deliver/", id=again, text="DEAR MIA", link="https://a.example/b")
    shown = go(client, pair.fan, f"{room}taken/")
    assert "It is done." in shown
    assert "https://a.example/b" in shown
    assert "16.808" in page_text(_as(client, pair.maker).get(room))
    shown = page_text(client.get("/requests/studio/?show=done"))
    assert "€16.80" in shown
    assert "1 done" in shown
    assert time.now == fresh(one).earned_at


def _as(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def test_a_price_is_named_on_the_page_and_both_sides_write(client: Client, time: Time) -> None:
    pair = make_pair(QUOTED)
    form = {"id": str(uuid4()), "brief": "About the sea"}
    shown = go(client, pair.fan, f"/requests/for/{pair.service.pk}/", **form)
    assert "names a price, or says no" in shown
    room = f"/requests/{Request.objects.get().pk}/"
    assert client.get(f"{room}pay/").headers["Location"] == room
    assert "The payment" not in page_text(client.get(room))
    assert "There is nothing to pay here now" in go(
        client, pair.fan, f"{room}pay/", terms=show_terms(at=time.now)
    )
    said = {"price": "cheap", "deliver_days": "9", "valid_days": "5"}
    assert "Write an amount in EUR" in go(client, pair.maker, f"{room}quote/", **said)
    said["price"] = "2"
    assert "A price in EUR is from €5.00" in go(client, pair.maker, f"{room}quote/", **said)
    said["price"] = "80"
    assert "The price is named." in go(client, pair.maker, f"{room}quote/", **said)
    assert "Hello Ada" in go(client, pair.fan, f"{room}write/", text="Hello Ada")
    assert "Links cannot be sent here" in go(client, pair.fan, f"{room}write/", text="x.com")
    assert "This field is required" in go(client, pair.fan, f"{room}write/", text=" ")
    assert "Cancelled." in go(client, pair.fan, f"{room}cancelled/")
    other = pair.ask()
    assert "Declined." in go(client, pair.maker, f"/requests/{other.pk}/declined/", text="Sorry")
    assert "Sorry" in page_text(client.get(f"/requests/{other.pk}/"))
    assert time.now == other.asked_at


def test_an_operator_sees_all_and_decides(client: Client, pair: Pair, time: Time) -> None:
    one = pair.delivered()
    room = f"/requests/{one.pk}/"
    client.force_login(make_user())
    assert client.get(room).status_code == 404
    assert client.get("/requests/desk/").status_code == 404
    given = pair.accepted()
    assert "Given up." in go(client, pair.maker, f"/requests/{given.pk}/given_up/")
    assert "An operator looks at it." in go(client, pair.fan, f"{room}case_opened/", text="Wrong")
    operator = make_operator()
    assert "Vera: “Wrong”" in page_text(_as(client, operator).get("/requests/desk/"))
    shown = page_text(client.get(room))
    assert all(part in shown for part in ("Dear Mia!", "For my sister Mia", "25.00 is all back"))
    assert "request waits for a decision" in page_text(client.get("/desk/finance/"))
    assert "Write an amount" in go(client, operator, f"{room}decide/", back="all", reason="So")
    wrong = go(client, operator, f"{room}decide/", back="26", reason="So")
    assert "Give back from nothing to €25.00" in wrong
    assert "Decided." in go(client, operator, f"{room}decide/", back="10", reason="Half of it")
    assert "Half of it" in page_text(_as(client, pair.fan).get(room))
    assert fresh(one).state == State.RETURNING
    assert client.post(f"{room}decide/", {"back": "1", "reason": "I"}).status_code == 404
    assert time.now == one.delivered_at


def test_a_delivered_video_is_seen_by_who_asked_for_it_alone(
    client: Client, pair: Pair, time: Time
) -> None:
    video = make_video(
        pair.creator, details=Details("For Mia", visibility=Visibility.PRIVATE), at=time.now
    )
    one = pair.accepted()
    with pytest.raises(NoSuchVideo):
        access_media(user_id=pair.fan.pk, video_id=video.pk)
    room, form = f"/requests/{one.pk}/", {"id": str(uuid4()), "video": str(video.pk)}
    assert "For Mia" in page_text(_as(client, pair.maker).get(room))
    assert "Delivered." in go(client, pair.maker, f"{room}deliver/", **form)
    assert not access_media(user_id=pair.fan.pk, video_id=video.pk).is_open_to_all
    for stranger in (None, make_user().pk):
        with pytest.raises(NoSuchVideo):
            access_media(user_id=stranger, video_id=video.pk)
    video.status = "removed"
    video.save()
    with pytest.raises(NoSuchVideo):
        access_media(user_id=pair.fan.pk, video_id=video.pk)


def test_what_nobody_can_ask_for_says_why(client: Client, pair: Pair, time: Time) -> None:
    page = f"/requests/of/{pair.creator.handle}/"
    actions.pause_service(service=pair.service, at=time.now)
    assert "takes no requests now" in page_text(_as(client, pair.fan).get(page))
    ask = client.get(f"/requests/for/{pair.service.pk}/")
    assert "takes no requests now" in page_text(ask)
    actions.archive_service(service=pair.service, at=time.now)
    assert "makes nothing on request now" in page_text(client.get(page))
    assert "You offer nothing yet" in page_text(_as(client, pair.maker).get(page))
    assert "You offer nothing yet" in page_text(client.get("/requests/studio/"))
    bare = make_service(pair.creator, replace(GREETING, revisions=0), at=time.now)
    assert "None" in page_text(client.get(page))
    assert "Fans find what you offer" in page_text(client.get("/requests/studio/?show=none"))
    assert bare.revisions == 0
