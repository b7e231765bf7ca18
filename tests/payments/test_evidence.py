"""What answers a dispute: who ordered, on which terms, what was shown for it, and the papers."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.test import Client

from takings.ads import queries as ads
from takings.ads.models import Click
from takings.core import clock
from takings.money import format_money
from takings.payments import actions, queries
from takings.payments.models import Evidence, Payment
from takings.payments.queries import accepted_terms, show_terms
from takings.payments.rules import VERSION, TermsChanged
from takings.policies.queries import policy_at
from takings.sandbox.models import Dispute
from tests.make.ads import Wanted, make_advertiser, make_campaign
from tests.make.insights import show_ads
from tests.make.pages import page_text
from tests.make.payments import DISPUTED_WON, asked, paid, pay
from tests.make.people import NOON, make_operator, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_the_terms_that_were_shown_are_kept_with_the_payment() -> None:
    _, member = make_advertiser()
    client = Client()
    client.force_login(member)
    page = client.get("/ads/pay/").content.decode()
    assert VERSION in page
    (given,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', page)
    (terms,) = re.findall(r'name="terms" value="([^"]+)"', page)
    for forged in ("", terms[:-1], "x"):
        told = client.post("/ads/pay/", {"id": given, "amount": "25", "terms": forged})
        assert "The terms of payment were shown too long ago" in page_text(told)
    assert not Payment.objects.exists()
    client.post("/ads/pay/", {"id": given, "amount": "25", "terms": terms})
    payment = Payment.objects.get()
    accepted = queries.sold_of(payment).accepted
    assert accepted is not None
    assert (accepted.terms, accepted.policy) == (VERSION, policy_at(at=clock.now()).version)
    assert payment.started_at - dt.timedelta(minutes=5) < accepted.shown_at <= payment.started_at
    assert f"Terms accepted{VERSION}, shown" in page_text(client.get(f"/payments/{payment.pk}/"))
    assert VERSION in page_text(Client().get("/payments/terms/"))


def test_terms_that_were_shown_long_ago_are_shown_again() -> None:
    token = show_terms(at=NOON)
    assert accepted_terms(token, at=NOON + DAY).shown_at == NOON
    with pytest.raises(TermsChanged):
        accepted_terms(token, at=NOON + DAY + dt.timedelta(seconds=1))


def test_the_evidence_tells_the_order_the_terms_the_watching_and_the_papers() -> None:
    brand, member = make_advertiser()
    operator = make_operator()
    payment = paid(brand, member, card=DISPUTED_WON)
    Payment.objects.update(started_at=NOON - DAY)
    campaign = make_campaign(brand, member=member, wanted=Wanted())
    show_ads(campaign, {"DE": 3})
    show_ads(campaign, {"DE": 2}, at=NOON + DAY)
    Click.objects.create(
        decision_id=uuid4(), campaign=campaign, country="DE", clicked_at=NOON + DAY
    )
    payment.refresh_from_db()
    newest, oldest = ads.shown_by_day(brand=brand, currency="USD", since=NOON - DAY)
    assert [(one.views, one.clicks) for one in (oldest, newest)] == [(3, 0), (2, 1)]
    client = Client()
    client.force_login(operator)
    file = client.get(f"/payments/desk/{payment.pk}/evidence.txt")
    text = file.content.decode()
    [receipt] = queries.receipts_of(payment)
    cost, first = format_money(oldest.amount), f"{oldest.first_at:%H:%M:%S}"
    for words in (
        f"Ordered 2026-11-01 12:00 UTC by Bea, {member.email}, country DE",
        f"Receipt {receipt.code}: $100.00",
        f"Watched {oldest.day}: “{campaign.name}”, 3 paid views or clicks for {cost}, from {first}",
        f"Watched {newest.day}: “{campaign.name}”, 2 paid views or clicks",
        "1 clicks",
        f"Addressed to {brand}, DE",
    ):
        assert words in text, words
    assert "evidence-" in file["Content-Disposition"]
    assert "Signed in last" not in text
    _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
    actions.answer_dispute(operator=operator, dispute=dispute, note="Shown.", at=clock.now())
    assert Evidence.objects.get().text == f"{text}Shown."
    assert Dispute.objects.get().evidence == f"{text}Shown."


def test_evidence_names_terms_and_sign_ins_and_is_for_operators_only() -> None:
    _, member = make_advertiser()
    client = Client()
    client.force_login(member)
    page = client.get("/ads/pay/").content.decode()
    (terms,) = re.findall(r'name="terms" value="([^"]+)"', page)
    client.post("/ads/pay/", {"id": str(uuid4()), "amount": "25", "terms": terms})
    payment = Payment.objects.get()
    pay(payment)
    lines = "\n".join(queries.evidence_lines(asked(payment)))
    assert "Signed in last" in lines
    assert f"Accepted by paying: terms {VERSION}, shown 20" in lines
    assert f"Policies in force then: {policy_at(at=clock.now()).version}" in lines
    address = f"/payments/desk/{payment.pk}/evidence.txt"
    assert client.get(address).status_code in {403, 404}
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(address).status_code in {403, 404}
