"""The pages of memberships: a creator offers, a fan joins, changes and leaves; a desk looks on."""

import html
from uuid import uuid4

import pytest
from django.test import Client

from takings.core import clock
from takings.memberships.actions.fans import archive_tier, earn_memberships, renew_memberships
from takings.memberships.models import Member, Tier
from takings.payments.models import Payment
from takings.payments.queries import show_terms
from takings.people.models import User
from takings.sandbox.actions import answer_challenge
from takings.sandbox.models import Checkout
from tests.make.members import joined, make_adult, make_host, make_tier, member
from tests.make.pages import Answer, page_links, page_text
from tests.make.passes import Time
from tests.make.payments import CHALLENGED, EXPIRES, PAYS, asked, pay
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db
FORM = {"name": "Crew", "gives": "A look behind\nthe scenes", "welcome": "Hello you!"}


def refused(answer: Answer) -> str:
    """Return what a form says that was not taken."""
    assert answer.status_code == 422
    return html.unescape(answer.content.decode())


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.mark.usefixtures("time")
def test_a_creator_offers_changes_and_archives_a_tier(client: Client) -> None:
    ada = make_host("Ada")
    signed_in(client, ada.user)
    assert "You offer nothing yet" in page_text(client.get("/memberships/studio/"))
    assert "Nobody has joined yet" in page_text(client.get("/memberships/studio/members/"))
    new = "/memberships/studio/tiers/new/"
    assert "€" not in page_text(client.get(new))
    wrong = client.post(new, {**FORM, "price_EUR": "cheap", "price_USD": "4,99"})
    assert "cheap" in refused(wrong)
    assert "A look behind" in refused(wrong), "nothing that was written is lost"
    assert refused(wrong).count("errorlist") == 1
    low = client.post(new, {**FORM, "price_EUR": "0.10"})
    assert "A month costs €0.99 to €99.99, taxes included; you asked for €0.10." in refused(low)
    assert not Tier.objects.exists()
    kept = client.post(new, {**FORM, "price_EUR": "5,95", "price_JPY": "900"}, follow=True)
    assert "Kept." in page_text(kept)
    tier = Tier.objects.get()
    shown = page_text(client.get("/memberships/studio/"))
    assert "70 % of a fee" in shown
    assert "€5.95" in shown
    page = f"/memberships/studio/tiers/{tier.pk}/"
    assert 'value="5.95"' in client.get(page).content.decode()
    assert 'value="900"' in client.get(page).content.decode()
    client.post(page, {**FORM, "name": "Bridge", "price_EUR": "7.14"})
    tier.refresh_from_db()
    assert tier.name == "Bridge"
    told = page_text(client.post(f"{page}archive/", follow=True))
    assert "Archived Bridge, since 25 Jan 2027, 14:00 UTC" in told
    assert "no such tier" in refused(client.post(page, {**FORM, "price_EUR": "7.14"}))
    other = signed_in(client, make_host("Bo").user)
    assert other.get(page).status_code == 404


@pytest.mark.usefixtures("time")
def test_who_may_not_offer_is_told_why_and_keeps_what_was_written(client: Client) -> None:
    creator = make_host("Ada")
    User.objects.filter(pk=creator.user_id).update(born_on=None)
    signed_in(client, creator.user)
    answer = client.post("/memberships/studio/tiers/new/", {**FORM, "price_EUR": "5.95"})
    assert "You cannot offer memberships yet: say on the page of coins" in refused(answer)


def test_a_fan_joins_changes_lets_it_end_and_leaves(client: Client, time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    crew, bridge = make_tier(ada), make_tier(ada, "Bridge", "11.90")
    page = f"/memberships/at/{ada.handle}/"
    assert "Sign in to join" in page_text(client.get(page))
    signed_in(client, vera)
    assert "nobody’s member yet" in page_text(client.get("/memberships/"))
    assert "€11.90 a month" in page_text(client.get(page))
    form = {"id": str(uuid4()), "terms": show_terms(at=time.now), "tier": bridge.pk}
    led = [client.post(f"{page}buy/", form)["location"] for _ in range(2)]
    payment = Payment.objects.get()
    assert led == [f"/payments/{payment.pk}/go/"] * 2
    pay(payment, PAYS)
    assert "Paid" in page_text(client.get(f"/payments/{payment.pk}/back/", follow=True))
    [entry] = page_links(client.get(f"/payments/{payment.pk}/"), "/trace/entry/")
    assert f"→ unearned:membership:{payment.pk}" in page_text(client.get(entry))
    assert "You are in “Bridge” until 25 Feb 2027" in page_text(client.get(page))
    own = f"/memberships/{Member.objects.get().pk}/"
    assert "€11.90 on 25 Feb 2027, 14:00 UTC" in page_text(client.get(own))
    assert "€11.90" in page_text(client.get("/memberships/"))
    told = page_text(client.post(f"{own}change/", {"tier": crew.pk}, follow=True))
    assert "From your next month on you are in “Crew”." in told
    assert "€5.95 on 25 Feb 2027, 14:00 UTC, for “Crew”" in told
    for wrong in ("", "0", make_tier(make_host("Bo")).pk):
        told = page_text(client.post(f"{own}change/", {"tier": wrong}, follow=True))
        assert "There is no such tier" in told
    for step, told in (
        ("cancel", "your card is charged no more"),
        ("resume", "Your membership goes on."),
        ("cancel", "your card is charged no more"),
    ):
        assert told in page_text(client.post(f"{own}{step}/", follow=True))
    assert "all of €11.90 goes back to your card" in page_text(client.get(f"{own}leave/"))
    assert "€11.90 goes back" in page_text(client.post(f"{own}leave/", follow=True))
    assert client.get(f"{own}leave/").status_code == 409
    for step in ("leave", "resume"):
        assert "has ended" in page_text(client.post(f"{own}{step}/", follow=True))
    assert "Join again" in page_text(client.get(own))
    signed_in(client, make_adult("Wim"))
    assert client.get(own).status_code == 404


def test_whose_card_was_declined_finds_how_to_pay_by_another(client: Client, time: Time) -> None:
    ada, vera = make_host("Ada"), signed_in(client, make_adult("Vera"))
    tier, page = make_tier(ada), f"/memberships/at/{ada.handle}/"
    joined(User.objects.get(display_name="Vera"), tier, EXPIRES)
    assert ">Join</button>" not in vera.get(page).content.decode()
    renew_memberships(at=time.go(2, 25))
    time.go(2, 26, hour=9)
    assert "pay by another card" in page_text(vera.get(f"/memberships/{Member.objects.get().pk}/"))
    shown = vera.get(page)
    assert "goes on from where your last month ended" in page_text(shown)
    assert ">Join</button>" in shown.content.decode()


def test_a_fan_follows_a_fee_to_its_last_cent(client: Client, time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada))
    [entry] = page_links(signed_in(client, vera).get(f"/payments/{payment.pk}/"), "/trace/entry/")
    begun = page_text(client.get(entry))
    assert "Your payments" in begun
    assert "€5.00 of it still waits here." in begun
    earn_memberships(at=time.go(3, 2))
    ended = client.get(entry)
    assert "Nothing of it waits any more." in page_text(ended)
    [first, second] = [link for link in page_links(ended, "/trace/entry/") if link != entry]
    assert "Nothing of it waits any more." in page_text(client.get(first))
    assert "Member" in page_text(client.get(second))
    for other in (ada.user, make_operator()):
        seen = page_text(signed_in(client, other).get(first))
        assert ("What became of it" in seen) == (other != ada.user)
    assert signed_in(client, make_user("Una")).get(first).status_code == 404


def test_a_broken_form_pays_nothing_and_says_what_to_do(client: Client, time: Time) -> None:
    ada = make_host("Ada")
    tier = make_tier(ada)
    page = f"/memberships/at/{ada.handle}/"
    signed_in(client, make_user("Una"))
    assert "year you were born" in page_text(client.get(page))
    signed_in(client, make_adult("Vera"))
    terms = show_terms(at=time.now)
    for form, told in (
        ({"id": "x", "terms": terms, "tier": tier.pk}, "The form is broken"),
        ({"id": str(uuid4()), "terms": terms, "tier": "x"}, "There is no such tier"),
    ):
        assert told in page_text(client.post(f"{page}buy/", form, follow=True))
    assert not Payment.objects.exists()
    signed_in(client, ada.user)
    assert "This is your own channel" in page_text(client.get(page))
    archive_tier(tier=tier, at=time.now)
    assert "offers no memberships" in page_text(client.get(page))


def test_a_creator_and_an_operator_see_members_and_money_by_month(
    client: Client, time: Time
) -> None:
    ada = make_host("Ada")
    tier = make_tier(ada)
    vera, wim = make_adult("Vera"), make_adult("Wim")
    joined(vera, tier)
    joined(wim, tier, EXPIRES)
    earn_memberships(at=time.go(2, 25))
    renew_memberships(at=time.now)
    signed_in(client, ada.user)
    shown = page_text(client.get("/memberships/studio/"))
    assert "Members22 of them go on by themselves · Crew: 2" in shown
    assert "January 2027 2 0 €10.00 –" in shown
    assert "February 2027 0 0 €5.00 €7.00" in shown
    shown = page_text(client.get("/memberships/studio/members/"))
    assert "Vera Crew Goes on" in shown
    lines = client.get("/memberships/studio/members.csv").content.decode().splitlines()
    assert lines[0] == "name,since_utc,tier,is_member,paid_until_utc,goes_on,months,paid"
    assert len(lines) == 3
    assert any(line.startswith("Vera,2027-01-25") and line.endswith(",2,10 EUR") for line in lines)
    signed_in(client, make_operator())
    shown = page_text(client.get("/memberships/desk/"))
    assert "Members21 memberships go on by themselves" in shown
    assert "Creators earned€7.00" in shown
    assert "Wim" in shown
    signed_in(client, wim)
    assert client.get("/memberships/desk/").status_code == 404
    own = page_text(client.get(f"/memberships/{member(wim, tier).pk}/"))
    assert "Your card was declined: The card has expired. You stay a member while we try" in own
    for day in (26, 28):
        renew_memberships(at=time.go(2, day))
    renew_memberships(at=time.go(3, 2))
    own = page_text(client.get(f"/memberships/{member(wim, tier).pk}/"))
    assert "Your membership has ended; you owe nothing." in own
    assert clock.now() == time.now


def confirmed(payment: Payment) -> Payment:
    """Let the owner of a card confirm what was paid with it."""
    checkout = Checkout.objects.get(pk=payment.ref)
    answer_challenge(checkout=checkout, is_approved=True, at=clock.now())
    return asked(payment)


def test_a_renewal_that_a_bank_wants_confirmed_is_confirmed_on_a_card_page(
    client: Client, time: Time
) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    tier = make_tier(ada)
    confirmed(joined(vera, tier, CHALLENGED))
    assert renew_memberships(at=time.go(2, 25)) == 1
    one = member(vera, tier)
    signed_in(client, vera)
    shown = page_text(client.get(f"/memberships/{one.pk}/"))
    assert "Your bank wants you to confirm this payment." in shown
    assert "confirm it with your bank now" in shown
    join = f"/memberships/at/{ada.handle}/"
    shown = page_text(client.get(join))
    assert "the card page lets you confirm it" in shown
    payment_id = uuid4()
    form = {"id": str(payment_id), "terms": show_terms(at=clock.now()), "tier": tier.pk}
    assert f'value="{tier.pk}"' in client.get(join).content.decode()
    client.post(f"{join}buy/", form)
    pay(Payment.objects.get(pk=payment_id), CHALLENGED)
    confirmed(Payment.objects.get(pk=payment_id))
    one.refresh_from_db()
    assert one.is_paid(at=clock.now())
    assert "confirm it with" not in page_text(client.get(f"/memberships/{one.pk}/"))
    assert renew_memberships(at=time.go(2, 26)) == 0
