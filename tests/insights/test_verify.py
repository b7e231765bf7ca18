"""Checking documents: how often one may ask, and invoices, whose numbers can be guessed."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from takings.core import clock
from takings.insights.actions import may_ask
from takings.insights.models import Asking
from takings.insights.views import verify
from takings.invoicing.actions import give_out, issue
from takings.invoicing.models import Invoice, InvoiceFile
from tests.make.insights import AFTER
from tests.make.invoicing import german_seller, make_invoice_draft
from tests.make.pages import page_text
from tests.make.people import NOON

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "second", "one_asker"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
    ],
)
def test_whoever_tries_numbers_has_to_be_slow(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str, *, one_asker: bool
) -> None:
    monkeypatch.setattr(verify, "MOST_A_MINUTE", 2)
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    asked = {"number": "S-0000-0000-0000", "sha256": "00"}
    for _ in range(2):
        assert Client(REMOTE_ADDR=first).get("/verify/", asked).status_code == 200
    answer = Client(REMOTE_ADDR=second).get("/verify/", asked)
    assert answer.status_code == (429 if one_asker else 200)
    assert Client(REMOTE_ADDR=first).get("/verify/").status_code == 200  # to look is free


def test_all_servers_count_together_and_the_next_minute_begins_anew() -> None:
    asked = [may_ask(asker="192.0.2.7", most=2, at=NOON) for _ in range(3)]
    assert asked == [True, True, False]
    assert may_ask(asker="192.0.2.8", most=2, at=NOON)
    assert may_ask(asker="192.0.2.7", most=2, at=NOON + MINUTE)
    found = Asking.objects.get(minute=NOON, count=2)
    assert "192.0.2.7" not in found.asker
    assert str(found) == "2026-11-02 12:00: 2"


def test_who_asked_is_forgotten_after_an_hour() -> None:
    may_ask(asker="192.0.2.7", most=2, at=NOON)
    may_ask(asker="192.0.2.8", most=2, at=NOON + 60 * MINUTE)
    assert Asking.objects.count() == 2
    may_ask(asker="192.0.2.8", most=2, at=NOON + 61 * MINUTE)
    assert [row.minute for row in Asking.objects.order_by("minute")] == [
        NOON + 60 * MINUTE,
        NOON + 61 * MINUTE,
    ]


@pytest.fixture
def invoice() -> Invoice:
    with german_seller():
        return issue(draft=make_invoice_draft("119"), at=NOON)


def typed(number: str, sha256: str) -> str:
    return verdict(page_text(Client().get("/verify/", {"number": number, "sha256": sha256})))


def sent(content: bytes) -> str:
    file = SimpleUploadedFile("invoice.pdf", content)
    return verdict(page_text(Client().post("/verify/", {"file": file})))


def verdict(page: str) -> str:
    return next(word for word in ("Valid", "Tampered with", "Not known") if f"{word}." in page)


def test_an_invoice_needs_its_digest_because_its_number_can_be_guessed(invoice: Invoice) -> None:
    assert typed(f" {invoice.code.lower()} ", invoice.digest.upper()) == "Valid"
    for digest in ("0" * 64, uuid4().hex):
        assert typed(invoice.code, digest) == typed("T-2026-999999", digest) == "Not known"


def test_the_file_of_an_invoice_is_valid_as_given_and_tampered_with_when_changed(
    invoice: Invoice,
) -> None:
    content = give_out(invoice=invoice, at=NOON)
    assert give_out(invoice=invoice, at=AFTER) == content
    assert sent(content) == "Valid"
    assert sent(content + b"\n") == "Tampered with"
    assert sent(f"I owe nothing of {invoice.code}".encode()) == "Not known"
    file = InvoiceFile.objects.get()
    assert (file.made_at, str(file)) == (NOON, f"{invoice.pk}.pdf")
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        InvoiceFile.objects.update(sha256="")
