"""The pages of gifts: sending without script, undoing, a creator's say, and the desk."""

from uuid import uuid4

import pytest
from django.test import Client

from takings.core import clock
from takings.gifts.models import Gift, GiftKind
from takings.people.models import StaffAct, User
from takings.videos.models import Video
from tests.make.coins import bought, make_fan
from tests.make.gifts import coins, give, make_gift_kind
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.settlement import Act

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client: Client, time: Time) -> User:  # noqa: ARG001 - the story begins
    """Let Vera be signed in, with 1,080 coins."""
    user = make_fan()
    bought(user)
    client.force_login(user)
    return user


def test_a_gift_is_sent_and_undone_without_script(client: Client, vera: User, ada: Act) -> None:
    assert "You have sent no gift yet" in page_text(client.get("/gifts/"))
    page = f"/gifts/for/{ada.video_id}/"
    assert "No gift is sold in your country now." in page_text(client.get(page))
    make_gift_kind(180)
    shown = page_text(client.get(page))
    assert "You have 1,080 coins: 1,000 coins bought, 80 coins given." in shown
    assert "Rose, 180 coins" in shown
    form = {"id": str(uuid4()), "kind": "rose-180", "message": "see x.com"}
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "Links cannot be sent here" in refused.content.decode()
    assert 'value="see x.com"' in refused.content.decode()  # what was written stays
    form["message"] = "Well done"
    sent = [page_text(client.post(page, form, follow=True)) for _ in range(2)]
    assert all("“Well done”" in one for one in sent)
    gift = Gift.objects.get()
    undone = page_text(client.post(f"/gifts/{gift.pk}/undo/", follow=True))
    assert "Your coins are back" in undone
    assert "Taken back" in undone
    del vera


@pytest.mark.usefixtures("vera")
def test_why_nothing_can_be_given_is_said(client: Client, ada: Act, time: Time) -> None:
    vera = User.objects.get(display_name="Vera")
    rose, page = make_gift_kind(10), f"/gifts/for/{ada.video_id}/"
    gift = give(vera, ada, rose)
    ada.creator.shares_from = None
    ada.creator.save()
    assert f"@{ada.creator.handle} cannot receive gifts yet." in page_text(client.get(page))
    time.go(1, 26)
    late = client.post(f"/gifts/{gift.pk}/undo/", follow=True)
    assert "can be undone for 10 seconds" in page_text(late)
    client.force_login(ada.creator.user)
    assert "This is your own video" in page_text(client.get(page))
    assert client.post(f"/gifts/{gift.pk}/undo/").status_code == 404
    broken = client.post(page, {"id": "1", "kind": rose.slug})
    assert "open the page again" in broken.content.decode()
    Video.objects.update(visibility="private")
    assert client.get(page).status_code == 404
    client.logout()
    assert client.get(page).status_code == 302


def test_a_creator_reads_what_they_got_and_says_what_they_take(
    client: Client, vera: User, ada: Act
) -> None:
    client.force_login(ada.creator.user)
    assert "Nobody has sent you a gift yet" in page_text(client.get("/gifts/received/"))
    gift = give(vera, ada, make_gift_kind(180))
    assert "€0.500000" in page_text(client.get("/gifts/received/"))
    assert "Unblock" in page_text(client.post(f"/gifts/received/{gift.pk}/block/", follow=True))
    freed = client.post(f"/gifts/received/{gift.pk}/block/", {"stop": "1"}, follow=True)
    assert "They may send you gifts again." in page_text(freed)
    for form, told in (({"close": "1"}, "Nobody can send you a gift now."), ({}, "Viewers may")):
        assert told in page_text(client.post("/gifts/received/welcome/", form, follow=True))


KIND = {"slug": "tree", "name": "Tree", "art": "star", "motion": "pop", "coins": "50"}


def test_operators_keep_the_catalogue(client: Client, time: Time) -> None:
    client.force_login(make_fan("Nosy"))
    assert client.get("/gifts/desk/").status_code == 404
    client.force_login(make_operator())
    assert "The catalogue is empty" in page_text(client.get("/gifts/desk/"))
    assert client.get("/gifts/desk/new/").status_code == 200
    for wrong, why in (
        ({"countries": "DE, XX"}, "“XX” is no country"),
        ({"season_from": "2027-02-02", "season_until": "2027-02-01"}, "ends after it begins"),
        ({"slug": "Tree!"}, "small letters"),
        ({"name": " \u3000"}, "This field is required"),
        ({"coins": "60000"}, "from 1 to 50,000"),
        ({"min_age": "99"}, "at most 21"),
        ({"art": "skull"}, "Select a valid choice"),
    ):
        refused = client.post("/gifts/desk/new/", {**KIND, **wrong})
        assert (refused.status_code, why in refused.content.decode()) == (422, True), why
    season = {"countries": "de fr", "season_from": "2027-01-20", "season_until": "2027-02-01"}
    made = page_text(client.post("/gifts/desk/new/", {**KIND, **season}, follow=True))
    assert "DE, FR, from 20 Jan 2027, until 1 Feb 2027" in made
    assert "already" in client.post("/gifts/desk/new/", KIND).content.decode()
    page = "/gifts/desk/kinds/tree/"
    changed = client.post(page, {**KIND, "coins": "60", "min_age": "21"}, follow=True)
    assert "What was sent keeps what it cost." in page_text(changed)
    assert GiftKind.objects.get().price == coins(60)
    assert "1 to 50,000" in client.post(page, {**KIND, "coins": "99999"}).content.decode()
    for act, badge in (({}, True), ({}, True), ({"restore": "1"}, False)):
        page_text(client.post(f"{page}retire/", act, follow=True))
        assert ("Retired" in page_text(client.get("/gifts/desk/"))) == badge
    told = list(StaffAct.objects.order_by("pk").values_list("act", flat=True))
    assert told == [f"gift_kind_{act}" for act in ("made", "changed", "retired", "restored")]
    assert client.get("/gifts/desk/kinds/bush/").status_code == 404
    del time


def test_operators_take_gifts_back_and_release_them(client: Client, ada: Act, time: Time) -> None:
    new = make_fan("Nils", at=clock.now())
    bought(new, "vault")
    time.go(1, 28, 15)
    held = give(new, ada, make_gift_kind(5_100))
    client.force_login(make_operator())
    desk = page_text(client.get("/gifts/desk/"))
    assert "A large gift of an account younger than 7 days is looked at." in desk
    page = f"/gifts/desk/{held.pk}/"
    assert client.post(f"{page}release/", {"reason": ""}).status_code == 422
    released = client.post(f"{page}release/", {"reason": "Asked them."}, follow=True)
    assert "it is the creator’s now" in page_text(released)
    again = client.post(f"{page}release/", {"reason": "Asked them."}, follow=True)
    assert "not held any more" in page_text(again)
    assert client.post(f"{page}take-back/", {"cause": "undo", "reason": "x"}).status_code == 422
    one = {"cause": "refund", "reason": "It was a slip."}
    assert "in the sender’s wallet again" in page_text(
        client.post(f"{page}take-back/", one, follow=True)
    )
    twice = page_text(client.post(f"{page}take-back/", one, follow=True))
    assert "taken back already" in twice
    assert client.get(f"/gifts/desk/{uuid4()}/").status_code == 404


def test_other_software_reads_the_tray_and_undoes(client: Client, vera: User, ada: Act) -> None:
    rose = make_gift_kind(180)
    told = client.get(f"/api/gifts/tray/{ada.video_id}").json()
    assert (told["paid"], told["bonus"], told["closed"]) == (1_000, 80, "")
    [kind] = told["kinds"]
    assert (kind["slug"], kind["coins"], kind["image"]) == (
        *("rose-180", 180, "/static/gifts/rose.svg"),
    )
    assert told["token"].startswith(f"{vera.pk}.")
    gift = give(vera, ada, rose)
    undone = client.post(f"/api/gifts/{gift.pk}/undo")
    assert undone.json() == {"taken_at": "2027-01-25T14:00:00Z"}
    assert client.post(f"/api/gifts/{uuid4()}/undo").status_code == 404
    client.logout()
    assert client.get(f"/api/gifts/tray/{ada.video_id}").status_code == 401
