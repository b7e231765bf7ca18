"""Both sides at their pages: offered, agreed, paid in, handed in, approved, published, disputed."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from takings.payments.queries import show_terms
from takings.people.models import Membership, Role, User
from takings.sponsorships.models import Deal
from tests.make.deals import TERMS, Pair, agreed, deposit, draft, offered, running, usd
from tests.make.passes import Time
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db

FORM = {
    "title": "One review",
    "show": "Wear it.",
    "videos": "1",
    "revisions": "1",
    "approved": "100",
    "published": "300.50",
    "stayed": "",
    "live_days": "0",
    "draft_days": "7",
    "publish_days": "7",
    "usage": "none",
    "usage_days": "0",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(client: Client, deal: Deal, step: str, **said: str) -> str:
    """Press a button of the room, and read what it says then."""
    answer = client.post(f"/deals/{deal.pk}/{step}/", said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_brand_writes_an_offer_and_both_come_to_the_end(pair: Pair) -> None:
    bea, ada = signed_in(pair.member), signed_in(pair.creator.user)
    handle = pair.creator.handle
    assert "No deal yet" in bea.get("/deals/").content.decode()
    found = bea.get(f"/deals/new/?handle=@{handle}&brand={pair.brand.pk}")
    assert found.headers["location"] == f"/deals/new/{handle}/?brand={pair.brand.pk}"
    address, form = found.headers["location"], FORM | {"id": str(uuid4())}
    assert "you may not be" not in bea.get(address).content.decode()
    wrong = bea.post(address, form | {"live_days": "3"})
    assert (wrong.status_code, Deal.objects.count()) == (422, 0)
    assert "Say for how many days" in wrong.content.decode()
    for _ in range(2):
        bea.post(address, form)
    deal = Deal.objects.get()
    assert "1 waits for you" in ada.get("/deals/studio/").content.decode()
    assert "Make another offer" in ada.get(f"/deals/{deal.pk}/").content.decode()
    counter = f"/deals/{deal.pk}/counter/"
    assert 'value="300.50"' in ada.get(counter).content.decode()
    more = FORM | {"id": str(deal.pk), "published": "400"}
    assert ada.post(counter, more).status_code == 422  # it does not say what was read
    ada.post(counter, more | {"number": "1"})
    assert "All 2 versions" in bea.get(f"/deals/{deal.pk}/").content.decode()
    assert "Agreed." in press(bea, deal, "accept", number="2")
    assert "Do not begin yet" in ada.get(f"/deals/{deal.pk}/").content.decode()
    pay = f"/deals/{deal.pk}/pay/"
    assert "Pay in $500.00" in bea.get(pay).content.decode()
    assert "does not cover" in bea.post(pay, {"prepaid": "1"}, follow=True).content.decode()
    deposit(pair)
    assert "Paid in." in bea.post(pay, {"prepaid": "1"}, follow=True).content.decode()
    video = draft(pair)
    assert "Handed in." in press(ada, deal, "hand-in", number="1", video=str(video.pk))
    assert bea.get(f"/v/{video.pk}").status_code == 200
    assert signed_in(make_user()).get(f"/v/{video.pk}").status_code == 404
    assert "Sent back" in press(bea, deal, "revise", number="1", words="Lighter.")
    press(ada, deal, "hand-in", number="1", video=str(video.pk))
    assert "Approved, and paid for." in press(bea, deal, "approve", number="1")
    page = press(ada, deal, "publish", number="1")
    assert "Published." in page
    assert "All is done" in page
    deal.refresh_from_db()
    assert deal.status == "done"


def test_by_card_the_form_leads_to_the_card_page(pair: Pair, time: Time) -> None:
    deal, bea = agreed(pair), signed_in(pair.member)
    key, terms = str(uuid4()), show_terms(at=time.now)
    for id_ in (key, key, "no id"):
        answer = bea.post(f"/deals/{deal.pk}/pay/", {"id": id_, "terms": terms})
        assert answer.headers["location"].startswith("/payments/")
    assert "Card payments" in bea.get(f"/deals/{deal.pk}/").content.decode()


def test_what_is_refused_says_so_and_loses_nothing(pair: Pair) -> None:
    deal, bea, ada = offered(pair), signed_in(pair.member), signed_in(pair.creator.user)
    assert "The other side answers" in press(bea, deal, "accept", number="1")
    assert "has changed meanwhile" in press(ada, deal, "accept", number="x")
    assert "cannot be done" in press(ada, deal, "hand-in", number="1", video="x")
    assert bea.post(f"/deals/{deal.pk}/fly/").status_code == 404
    assert "Declined." in press(ada, deal, "decline", number="1", words="No.")
    other = offered(pair)
    assert "Taken back." in press(bea, other, "withdraw")
    assert bea.get("/deals/new/?handle=nobody").status_code == 422
    assert "Whom do you want" in bea.get("/deals/new/").content.decode()


def test_a_dispute_is_decided_at_the_desk(pair: Pair) -> None:
    deal, olga = running(pair), signed_in(make_operator())
    bea, ada = signed_in(pair.member), signed_in(pair.creator.user)
    assert "Sent." in press(ada, deal, "say", words="Where is the shoe?")
    assert "An operator looks" in press(bea, deal, "dispute", words="No.", id=str(uuid4()))
    assert "goes on" in press(bea, deal, "settle")
    assert "An operator looks" in press(ada, deal, "dispute", words="Pay me.", id=str(uuid4()))
    assert "Pay me." in olga.get("/deals/desk/").content.decode()
    finance = olga.get("/desk/finance/").content.decode()
    assert "1 dispute about a deal waits for a ruling." in finance
    decide = f"/deals/{deal.pk}/decide/"
    assert "Held: $500.00" in olga.get(f"/deals/{deal.pk}/").content.decode()
    for said in ({"creator": "501", "words": "Half."}, {"creator": "", "words": "Half."}):
        assert olga.post(decide, said).status_code == 422
    olga.post(decide, {"creator": "250", "words": "Half of it."})
    assert (
        "$250.00 of $500.00 for the creator. Half of it."
        in ada.get(f"/deals/{deal.pk}/").content.decode()
    )
    assert bea.post(decide, {"creator": "1", "words": "x"}).status_code == 404


def test_a_creator_leaves_a_deal(pair: Pair) -> None:
    deal = running(pair, replace(TERMS, signed=usd("50")))
    assert "goes back to the brand" in press(
        signed_in(pair.creator.user), deal, "give-up", words="Ill."
    )


def test_lists_of_who_has_neither_or_only_looks(pair: Pair) -> None:
    deal, walt = offered(pair), make_user("Walt")
    assert "Open a studio" in signed_in(walt).get("/deals/").content.decode()
    assert signed_in(walt).get(f"/deals/{deal.pk}/").status_code == 404
    assert signed_in(walt).get(f"/deals/new/{pair.creator.handle}/").status_code == 302
    assert signed_in(pair.creator.user).get("/deals/").headers["location"] == "/deals/studio/"
    Membership.objects.create(brand=pair.brand, user=walt, role=Role.VIEWER)
    page = signed_in(walt).get(f"/deals/{deal.pk}/").content.decode()
    assert "You may look at this deal" in page
    assert signed_in(walt).post(f"/deals/{deal.pk}/say/", {"words": "x"}).status_code == 403
    assert (
        "You see this deal as an operator"
        in signed_in(make_operator()).get(f"/deals/{deal.pk}/").content.decode()
    )
