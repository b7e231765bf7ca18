"""What payers and operators see, page by page, and a whole purchase in a real browser."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.payments.models import Payment, WebhookEvent
from takings.people.models import Brand, StaffAct, User
from takings.sandbox import actions as sandbox
from takings.sandbox import jobs as sandbox_jobs
from takings.sandbox.models import Charge, Checkout, Happening
from tests.make.ads import make_advertiser
from tests.make.browser import Look
from tests.make.pages import page_text
from tests.make.payments import (
    CHALLENGED,
    DECLINED,
    DISPUTED_WON,
    PAYS,
    asked,
    cards_taken,
    make_top_up,
    paid,
    pay,
    usd,
    work_all,
)
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db
FIRST = "4000 0000 0000 7031"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def prepaid(brand: Brand) -> str:
    return str(ads.prepaid(brand_id=brand.pk, currency="USD").micros / 10**6)


def test_a_brand_asks_for_the_card_page_and_the_form_sent_twice_is_one_payment() -> None:
    brand, member = make_advertiser()
    client = signed_in(member)
    page = client.get("/ads/pay/").content.decode()
    (given,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', page)
    (terms,) = re.findall(r'name="terms" value="([^"]+)"', page)
    assert "By paying you accept the" in page
    for _ in range(2):
        answer = client.post("/ads/pay/", {"id": given, "amount": "25", "terms": terms})
        assert answer.headers["location"] == f"/payments/{given}/go/"
    payment = Payment.objects.get()
    assert payment.amount == usd("25")
    go = client.get(f"/payments/{given}/go/")
    assert go.headers["location"] == payment.checkout_url
    other = client.post("/ads/pay/", {"id": given, "amount": "26", "terms": terms})
    assert "open the form again" in page_text(other)
    for amount in ("0.5", "50001", "1.001"):
        wrong = client.post("/ads/pay/", {"id": str(uuid4()), "amount": amount, "terms": terms})
        assert wrong.status_code == 200
    assert Payment.objects.count() == 1
    assert f"Prepaid ads for {brand}" in page_text(client.get("/ads/payments/"))
    with cards_taken(routes="US/USD=sandbox"):
        nobody = client.post("/ads/pay/", {"id": str(uuid4()), "amount": "26", "terms": terms})
        assert "Card payments in USD from DE are not taken here." in page_text(nobody)
        assert "Add money" not in page_text(client.get("/ads/"))
    assert "Add money" in page_text(client.get("/ads/"))


def test_who_has_no_brand_is_asked_to_open_one() -> None:
    client = signed_in(make_user())
    for page in ("pay", "payments"):
        assert client.get(f"/ads/{page}/").headers["location"] == "/ads/brands/new/"


def test_each_state_of_a_payment_has_its_page() -> None:
    brand, member = make_advertiser()
    client = signed_in(member)
    payment = make_top_up(brand, member)
    address = f"/payments/{payment.pk}/"
    assert "Nothing is paid yet." in page_text(client.get(address))
    pay(payment, DECLINED)
    assert client.get(f"{address}back/").headers["location"] == address
    shown = page_text(client.get(address))
    assert "The bank declined the card and gave no reason. Nothing was paid." in shown
    assert "Try another card" in shown
    pay(payment)
    client.get(f"{address}back/")
    assert "Receipt" in page_text(client.get(address))
    assert client.get(f"{address}go/").headers["location"] == address
    Payment.objects.update(status="unknown")
    assert "We keep asking" in page_text(client.get(address))
    Payment.objects.update(status="started", checkout_url="https://cards.example/pay")
    away = client.get(f"{address}go/").content.decode()
    assert '<meta http-equiv="refresh" content="0;url=https://cards.example/pay">' in away
    Payment.objects.update(status="cancelled")
    assert "given up" in page_text(client.get(address))
    assert signed_in(make_user()).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_an_operator_refunds_with_a_reason() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    client = signed_in(make_operator())
    assert f"Prepaid ads for {brand}" in page_text(client.get("/payments/desk/"))
    assert "No payment here yet." in page_text(client.get("/payments/desk/?status=refunded"))
    assert f"Prepaid ads for {brand}" in page_text(client.get("/payments/desk/?status=nonsense"))
    address = f"/payments/desk/{payment.pk}/refund/"
    page = client.get(address).content.decode()
    assert 'value="100.00"' in page
    (given,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', page)
    data = {"id": given, "amount": "30.00", "reason": "unhappy"}
    too_much = client.post(address, {**data, "amount": "100.01"})
    assert "Of this payment $100.00 can still be refunded." in page_text(too_much)
    assert client.post(address, {**data, "reason": ""}).status_code == 200
    assert not StaffAct.objects.exists()
    for _ in range(2):
        assert client.post(address, data).headers["location"] == f"/payments/{payment.pk}/"
    assert StaffAct.objects.get().reason == "unhappy"
    assert "Partly refunded" in page_text(client.get(f"/payments/{payment.pk}/"))
    assert prepaid(brand) == "70.0"
    history = page_text(signed_in(member).get("/ads/"))
    assert "Refunded: Prepaid ads" in history


def test_an_operator_answers_a_dispute_with_what_is_known() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member, card=DISPUTED_WON)
    client = signed_in(make_operator())
    address = f"/payments/desk/{payment.pk}/dispute/"
    shown = page_text(client.get(address))
    assert f"Ordered {payment.started_at:%Y-%m-%d %H:%M} UTC by Bea, {member.email}" in shown
    assert f"Credited to advertiser:{brand.pk}:prepaid: $100.00" in shown
    assert "This field is required" in page_text(client.post(address, {"note": ""}))
    assert client.post(address, {"note": "All was shown."}).status_code == 302
    assert "Paid, dispute won" in page_text(client.get(f"/payments/{payment.pk}/"))
    assert "All was shown." in page_text(client.get(address))
    again = client.post(address, {"note": "Again"})
    assert "No dispute of this payment waits for an answer." in page_text(again)
    other = paid(brand, member)
    assert client.get(f"/payments/desk/{other.pk}/dispute/").status_code == 404


def test_the_sandbox_page_takes_its_own_cards_only_and_is_paid_once() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    client, address = Client(), f"/sandbox/pay/{payment.ref}/"
    card = {"expires": "12 / 34", "code": "123"}
    real = client.post(address, {**card, "number": "5555 5555 5555 4444"})
    assert "its own test cards only" in page_text(real)
    assert not Charge.objects.exists()
    declined = client.post(address, {**card, "number": DECLINED})
    assert "The bank declined the card" in page_text(declined)
    assert client.get(f"{address}confirm/").headers["location"] == address
    asks = client.post(address, {**card, "number": CHALLENGED})
    assert asks.headers["location"] == f"{address}confirm/"
    assert "Is this you?" in page_text(client.get(f"{address}confirm/"))
    refused = client.post(f"{address}confirm/", {"answer": "refuse"})
    assert refused.headers["location"] == address
    assert "not confirmed with the bank" in page_text(client.get(address))
    done = client.post(address, {**card, "number": PAYS})
    assert done.headers["location"] == f"{settings.PUBLIC_URL}/payments/{payment.pk}/back/"
    assert client.get(address).headers["location"] == done.headers["location"]
    twice = client.post(address, {**card, "number": PAYS})
    assert "This is paid already" in page_text(twice)
    assert client.post(f"{address}cancel/").status_code == 302
    assert not Checkout.objects.get().is_cancelled
    assert client.get("/sandbox/pay/cs_nothing/").status_code == 404
    with cards_taken(routes="stripe"):
        settings.SANDBOX_ON = False
        assert client.get(address).status_code == 404
    assert asked(payment).status == "succeeded"


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_bought_confirmed_declined_refunded_and_disputed_in_a_browser(look: Look) -> None:
    brand, member = make_advertiser()
    operator = make_operator()
    with cards_taken(url=look.url):
        page = look.open("/ads/", user=member)
        buy(page, "100", DECLINED)
        expect(page.get_by_role("alert")).to_contain_text("declined")
        enter(page, CHALLENGED)
        page.get_by_role("button", name="Yes, I pay").click()
        expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
        assert prepaid(brand) == "100.0"
        phone = look.open("/ads/", user=member, phone=True, theme="dark")
        buy(phone, "50", DISPUTED_WON)
        expect(phone.get_by_text("The bank of the card took this payment back")).to_be_visible()
        assert prepaid(brand) == "100.0"
        desk = look.open("/payments/desk/", user=operator)
        desk.get_by_role("row", name="$50.00").get_by_role("link", name="Prepaid").click()
        desk.get_by_role("link", name="Answer the dispute").click()
        desk.get_by_label("In your own words").fill("All of it was shown.")
        desk.get_by_role("button", name="Send the evidence").click()
        expect(desk.get_by_text("Paid, dispute won")).to_be_visible()
        desk.goto("/payments/desk/")
        desk.get_by_role("row", name="$100.00").get_by_role("link", name="Prepaid").click()
        desk.get_by_role("link", name="Refund").click()
        desk.get_by_label("Amount").fill("40")
        desk.get_by_label("Reason").fill("half the month")
        desk.get_by_role("button", name="Give it back").click()
        expect(desk.get_by_text("Partly refunded")).to_be_visible()
        assert prepaid(brand) == "110.0"
        page.goto("/ads/payments/")
        expect(page.get_by_role("row")).to_have_count(3)
    assert check_books() == []


def buy(page: Page, amount: str, card: str) -> None:
    """Pay in from the console with this card."""
    page.get_by_role("link", name="Add money").first.click()
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="To the card page").click()
    enter(page, card)


def enter(page: Page, card: str) -> None:
    """Enter a test card on the sandbox's page."""
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile("^Pay")).click()


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_messages_travel_over_real_http(look: Look) -> None:
    brand, member = make_advertiser()
    with cards_taken(url=look.url):
        payment = make_top_up(brand, member)
        pay(payment)
        for one in Happening.objects.all():
            sandbox_jobs.deliver_message(happening_id=one.pk)
            sandbox_jobs.deliver_message(happening_id=one.pk)
        assert WebhookEvent.objects.count() == 2
        first = make_top_up(brand, member)
        pay(first, FIRST)  # the sandbox itself sends before it answers
        assert WebhookEvent.objects.count() == 4
    work_all()
    assert prepaid(brand) == "200.0"
    assert ledger.balance(name="provider:sandbox", currency="USD") == usd("193.60")
    with cards_taken(url=f"{look.url}/nowhere"), pytest.raises(sandbox.MessageNotTaken):
        sandbox_jobs.deliver_message(happening_id=Happening.objects.earliest("pk").pk)
    with cards_taken(url="http://127.0.0.1:9"), pytest.raises(sandbox.MessageNotTaken):
        sandbox_jobs.deliver_message(happening_id=Happening.objects.earliest("pk").pk)
    charge = pay(make_top_up(brand, member))
    sandbox_jobs.finish_late(charge_id=charge.pk)
    assert clock.now() >= charge.begun_at
