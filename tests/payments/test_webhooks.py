"""Messages of providers: signed, stored, answered, worked; each once, in whatever order."""

import datetime as dt
import json
from itertools import permutations
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.payments import actions, queries
from takings.payments.jobs import work_event as work_job
from takings.payments.models import Case, Payment, PaymentFact, WebhookEvent
from takings.payments.rules import BadSignature, UnknownProvider, UnreadableEvent
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Checkout, Happening
from takings.sandbox.queries import message_of
from takings.sandbox.rules import HEADER, sign
from tests.make.ads import make_advertiser
from tests.make.payments import (
    DISPUTED_WON,
    HALF_BACK,
    happenings,
    make_top_up,
    pay,
    send,
    usd,
    work_all,
)
from tests.make.people import make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/payments/webhooks/sandbox/"


def signed(body: bytes) -> str:
    return sign(body, secret=settings.SANDBOX_SECRET, at=clock.now())


def post(client: Client, body: bytes, signature: str, *, to: str = ADDRESS) -> tuple[int, str]:
    headers = {HEADER: signature}
    answer = client.post(to, body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json().get("code", "")


def test_a_message_is_stored_answered_and_then_worked(client: Client) -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment)
    for one in happenings(payment):
        body = message_of(one)
        assert post(client, body, signed(body)) == (200, "")
    payment.refresh_from_db()
    assert payment.status == "started"  # stored, not worked
    for event in WebhookEvent.objects.all():
        work_job(event_id=event.pk)
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert str(WebhookEvent.objects.earliest("pk")).startswith("sandbox ev_")


def test_a_bad_signature_is_refused_by_name_and_nothing_is_stored(client: Client) -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment)
    body = message_of(happenings(payment)[-1])
    forged = sign(body, secret="guessed", at=clock.now())
    old = sign(body, secret=settings.SANDBOX_SECRET, at=clock.now() - dt.timedelta(minutes=6))
    for signature in (forged, old, "", "t=1,v1=0"):
        assert post(client, body, signature) == (403, "bad_signature")
    assert post(client, body + b" ", signed(body)) == (403, "bad_signature")
    with pytest.raises(BadSignature):
        actions.receive_webhook(provider="sandbox", body=body, headers={}, at=clock.now())
    assert not WebhookEvent.objects.exists()
    assert ledger.balance(name="provider:sandbox", currency="USD") == usd("0")


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"id":1}', b"\xff"])
def test_what_cannot_be_read_is_refused_though_signed(client: Client, body: bytes) -> None:
    assert post(client, body, signed(body)) == (422, "unreadable_event")
    with pytest.raises(UnreadableEvent):
        actions.receive_webhook(
            provider="sandbox", body=body, headers={HEADER: signed(body)}, at=clock.now()
        )
    assert not WebhookEvent.objects.exists()


def test_an_unknown_provider_a_long_body_and_a_get_are_refused(client: Client) -> None:
    assert post(client, b"{}", "", to="/payments/webhooks/nobody/") == (404, "unknown_provider")
    assert post(client, b"0" * 300_000, "") == (413, "too_long")
    assert client.get(ADDRESS).status_code == 405
    with pytest.raises(UnknownProvider):
        actions.receive_webhook(provider="nobody", body=b"{}", headers={}, at=clock.now())


def test_a_message_about_an_unknown_payment_becomes_one_case() -> None:
    told = {
        "kind": "succeeded",
        "about": "ch_x",
        "currency": "USD",
        "amount_micros": 10_000,
        "fee_micros": 0,
        "occurred_at": "2026-11-20T12:00:00Z",
    }
    for number in range(2):
        message = {"id": f"ev_{number}", "ref": "cs_x", "key": str(uuid4()), "told": [told]}
        body = json.dumps(message).encode()
        actions.receive_webhook(
            provider="sandbox", body=body, headers={HEADER: signed(body)}, at=clock.now()
        )
    work_all()
    case = Case.objects.get()
    assert (case.kind, case.key) == ("unknown_object", "cs_x")
    assert not PaymentFact.objects.exists()


def test_bug_9_every_message_twice_and_in_every_order_leaves_the_same_books() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment, HALF_BACK)
    ended = set()
    for order in permutations(happenings(payment)):
        with transaction.atomic():
            for one in order:
                assert (send(one), send(one)) == (1, 0)
                work_all()
                work_all()
            payment.refresh_from_db()
            prepaid = ads.prepaid(brand_id=brand.pk, currency="USD")
            held = ledger.balance(name="provider:sandbox", currency="USD")
            assert check_books() == []
            ended.add((payment.status, prepaid.micros, held.micros))
            transaction.set_rollback(True)
    assert ended == {("partly_refunded", 50_000_000, 46_800_000)}


def test_a_dispute_that_is_won_before_it_is_told_moves_nothing_at_first() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment, DISPUTED_WON)
    dispute = Happening.objects.get(kind="disputed")
    sandbox.answer_dispute(dispute_id=dispute.about, evidence="Seen", at=clock.now())
    by_kind = {one.kind: one for one in happenings(payment)}
    send(by_kind["dispute_won"])
    work_all()
    payment.refresh_from_db()
    assert (payment.status, payment.ask_at is not None) == ("unknown", True)
    assert ledger.balance(name="provider:sandbox", currency="USD") == usd("0")
    for kind in ("disputed", "succeeded"):
        send(by_kind[kind])
        work_all()
    payment.refresh_from_db()
    assert (payment.status, payment.ask_at) == ("dispute_won", None)
    assert ledger.balance(name="provider:sandbox", currency="USD") == usd("96.80")
    assert ledger.balance(name="platform:fees", currency="USD") == usd("3.20")


def test_a_message_that_comes_before_the_answer_finds_its_payment_by_our_key() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    Payment.objects.update(ref="", checkout_url="", status="created")  # the answer is on its way
    checkout = Checkout.objects.get()
    sandbox.pay(checkout=checkout, number="4242424242424242", at=clock.now())
    for one in Happening.objects.all():
        send(one)
    work_all()
    payment.refresh_from_db()
    assert (payment.status, payment.ref) == ("succeeded", checkout.pk)


def test_an_amount_that_was_not_asked_stays_out_of_the_books_under_a_case() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    charge = pay(payment)
    Happening.objects.filter(about=charge.pk).update(amount_micros=99_000_000)
    for one in happenings(payment):
        send(one)
    work_all()
    payment.refresh_from_db()
    assert Case.objects.get().kind == "amount_differs"
    assert payment.status == "authorised"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("0")
    Happening.objects.filter(kind="succeeded").update(amount_micros=98_000_000)
    actions.ask_provider(payment_id=payment.pk, at=clock.now())
    assert Case.objects.get(kind="fact_changed").key == f"succeeded:{charge.pk}"


def test_strangers_see_no_payment_of_others() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    other = make_user()
    brand.members.add(other)
    assert queries.access_payment(user=other, payment_id=payment.pk) == payment
    with pytest.raises(queries.NoSuchPayment):
        queries.access_payment(user=make_user(), payment_id=payment.pk)
    with pytest.raises(queries.NoSuchPayment):
        queries.access_payment(user=other, payment_id=uuid4())
