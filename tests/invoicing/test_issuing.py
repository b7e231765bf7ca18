"""Invoices: the next number and no other, also when many issue at once or something fails."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pypdfium2
import pytest
from django.db import DatabaseError, connection, connections, transaction

from takings.documents import print_pdf
from takings.invoicing.actions import (
    CreditTooLarge,
    NotCreditable,
    NotInPayableUnits,
    credit,
    issue,
    restore,
)
from takings.invoicing.models import Invoice
from takings.invoicing.queries import (
    UnknownInvoice,
    credited,
    invoice_of,
    invoices_of,
    receipts_for,
)
from takings.invoicing.rules import printed, read_invoiced, title_of
from takings.ledger.queries import check_books
from tests.make.invoicing import euros, german_seller, make_customer, make_invoice_draft
from tests.make.people import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seller() -> Iterator[None]:
    with german_seller():
        yield


def issued(*amounts: str, country: str = "DE") -> Invoice:
    draft = make_invoice_draft(*(amounts or ("119",)), customer=make_customer(country))
    return issue(draft=draft, at=NOON)


def issued_and_failed() -> None:
    """Issue an invoice in a transaction that fails after it, whatever the reason."""
    with transaction.atomic():
        issued()
        raise ZeroDivisionError


def codes() -> list[str]:
    return list(Invoice.objects.order_by("series", "number").values_list("code", flat=True))


def test_numbers_follow_one_another_and_each_series_counts_apart() -> None:
    first = issued("119", "0.04")
    issued()
    issue(draft=make_invoice_draft("5", kind="receipt"), at=NOON)
    credit(invoice=first, amount=euros("119"), reason="Bots", id=uuid4(), at=NOON)
    issue(draft=make_invoice_draft("5"), at=NOON.replace(year=2027))
    assert codes() == [
        "T-2026-000001",
        "T-2026-000002",
        "T-2027-000001",
        "T-C2026-000001",
        "T-R2026-000001",
    ]
    assert (first.net_micros, first.tax_micros) == (100_030_000, 19_010_000)
    assert first.gross == euros("119.04")
    assert check_books() == []


def test_one_fact_has_one_invoice() -> None:
    draft = make_invoice_draft("119", reference="ads:7:2026-11")
    first = issue(draft=draft, at=NOON)
    assert issue(draft=draft, at=NOON.replace(day=3)) == first
    issued()
    assert codes() == ["T-2026-000001", "T-2026-000002"]


def test_what_fails_takes_no_number() -> None:
    with pytest.raises(NotInPayableUnits):
        issued("0.001")
    with pytest.raises(ZeroDivisionError):
        issued_and_failed()
    issued()
    assert codes() == ["T-2026-000001"]


def test_postgresql_refuses_every_number_but_the_next() -> None:
    first = issued()
    for number in (1, 3, 0):
        other = Invoice.objects.get(pk=first.pk)
        other.pk, other.number, other.code, other.reference = uuid4(), number, "x", "y"
        with pytest.raises(DatabaseError, match="does not follow 1"), transaction.atomic():
            other.save(force_insert=True)
    for statement in (
        "UPDATE invoicing_invoice SET gross_micros = 1",
        "DELETE FROM invoicing_invoice",
        "TRUNCATE invoicing_invoice CASCADE",
    ):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with (
            pytest.raises(DatabaseError, match="never change"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert codes() == ["T-2026-000001"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_some_of_whom_fail_leave_no_gap() -> None:
    def work(number: int) -> bool:
        try:
            if number % 3 == 0:
                issued_and_failed()
            issued()
        except ZeroDivisionError:
            return False
        finally:
            connections.close_all()
        return True

    with german_seller(), ThreadPoolExecutor(6) as pool:
        done = sum(pool.map(work, range(30)))
    assert done == 20
    assert codes() == [f"T-2026-{number:06d}" for number in range(1, 21)]
    assert check_books() == []


@pytest.mark.django_db(transaction=True)
def test_one_fact_asked_for_by_many_at_once_has_one_invoice() -> None:
    draft = make_invoice_draft("119")

    def work(_: int) -> str:
        try:
            return issue(draft=draft, at=NOON).code
        finally:
            connections.close_all()

    with german_seller(), ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(12))) == {"T-2026-000001"}


def test_an_invoice_is_taken_back_in_parts_and_never_by_more() -> None:
    invoice = issued("119")
    ids = [uuid4(), uuid4()]
    first = credit(invoice=invoice, amount=euros("50"), reason="Bots", id=ids[0], at=NOON)
    again = credit(invoice=invoice, amount=euros("50"), reason="Bots", id=ids[0], at=NOON)
    assert again == first
    assert credited(invoice=invoice) == euros("50")
    for amount in ("69.01", "0", "-1"):
        with pytest.raises(CreditTooLarge):
            credit(invoice=invoice, amount=euros(amount), reason="Bots", id=uuid4(), at=NOON)
    second = credit(invoice=invoice, amount=euros("69"), reason="Bots", id=ids[1], at=NOON)
    assert first.tax_micros + second.tax_micros == -invoice.tax_micros
    assert first.net_micros + second.net_micros == -invoice.net_micros
    assert read_invoiced(second.content).corrects == invoice.code
    with pytest.raises(NotCreditable):
        credit(invoice=first, amount=euros("1"), reason="Bots", id=uuid4(), at=NOON)
    with pytest.raises(NotInPayableUnits):
        credit(invoice=invoice, amount=euros("0.001"), reason="Bots", id=uuid4(), at=NOON)
    assert codes() == ["T-2026-000001", "T-C2026-000001", "T-C2026-000002"]
    assert check_books() == []


def test_what_was_taken_back_may_stand_again_and_never_more_of_it() -> None:
    invoice = issued("119")
    note = credit(invoice=invoice, amount=euros("50"), reason="Refunded", id=uuid4(), at=NOON)
    for amount in ("50.01", "0"):
        with pytest.raises(CreditTooLarge):
            restore(invoice=invoice, amount=euros(amount), reason="Back", id=uuid4(), at=NOON)
    with pytest.raises(NotCreditable):
        restore(invoice=note, amount=euros("1"), reason="Back", id=uuid4(), at=NOON)
    key = uuid4()
    again = restore(invoice=invoice, amount=euros("50"), reason="Back", id=key, at=NOON)
    assert again == restore(invoice=invoice, amount=euros("50"), reason="Back", id=key, at=NOON)
    assert (again.net_micros, again.tax_micros) == (-note.net_micros, -note.tax_micros)
    assert title_of(read_invoiced(again.content)) == "Credit note taken back"
    assert credited(invoice=invoice) == euros("0")
    assert codes() == ["T-2026-000001", "T-C2026-000001", "T-C2026-000002"]
    assert check_books() == []


def test_a_receipt_is_taken_back_like_an_invoice() -> None:
    receipt = issue(draft=make_invoice_draft("119", kind="receipt"), at=NOON)
    note = credit(invoice=receipt, amount=euros("119"), reason="Refunded", id=uuid4(), at=NOON)
    assert (note.corrects, note.tax_micros) == (receipt, -receipt.tax_micros)
    assert receipts_for(references=[receipt.reference]) == {receipt.reference: [receipt, note]}


@pytest.mark.django_db(transaction=True)
def test_two_credits_at_once_do_not_take_back_more_than_there_is() -> None:
    with german_seller():
        invoice = issued("119")

        def work(_: int) -> bool:
            try:
                credit(invoice=invoice, amount=euros("60"), reason="Bots", id=uuid4(), at=NOON)
            except CreditTooLarge:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(work, range(4))) == 1


def test_the_pdf_says_who_what_how_much_and_which_tax() -> None:
    texts: dict[str, str] = {}
    for country in ("DE", "FR"):
        found = issued("119", "11.90", country=country)
        document = printed(read_invoiced(found.content), digest=found.digest)
        pdf = print_pdf(document=document)
        assert print_pdf(document=document) == pdf
        with pypdfium2.PdfDocument(pdf) as opened:
            texts[country] = " ".join(page.get_textpage().get_text_bounded() for page in opened)
        assert found.code in texts[country]
    for words in ("海辺 Ltd", "Takings GmbH", "Tax ID DE123456789", "1,000 views", "€130.90"):
        assert words in texts["DE"], words
    assert "VAT DE, 19 % of €110.00" in texts["DE"]
    assert "€20.90" in texts["DE"]
    assert "Reverse charge" in texts["FR"]
    assert "billing address: FR" in texts["FR"]
    invoice = issued("119")
    note = credit(
        invoice=invoice, amount=euros("119"), reason="Bots found later", id=uuid4(), at=NOON
    )
    said = printed(read_invoiced(note.content), digest=note.digest)
    with pypdfium2.PdfDocument(print_pdf(document=said)) as opened:
        words = opened[0].get_textpage().get_text_bounded()
    assert "Credit note T-C2026-000001" in words
    assert f"Corrects {invoice.code}: Bots found later" in words
    assert "-€119.00" in words


def test_a_customer_reaches_their_own_invoices_only() -> None:
    found = issued()
    assert invoices_of(customer="brand:7") == [found]
    assert str(found) == "T-2026-000001"
    assert invoice_of(customer="brand:7", id=found.pk) == found
    with pytest.raises(UnknownInvoice):
        invoice_of(customer="brand:8", id=found.pk)


FORGERIES: list[tuple[str, str]] = [
    ("number = 7", "1 numbers from 7 to 7"),
    ("content = content || ' '", "its content does not match its digest"),
    ("digest = 'x'", "its content does not match its digest"),
    ("net_micros = net_micros + 1, gross_micros = gross_micros + 1", "its lines do not come to"),
]


@pytest.mark.parametrize(("change", "sentence"), FORGERIES)
def test_what_was_forged_is_found(change: str, sentence: str) -> None:
    issued()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE invoicing_invoice DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE invoicing_invoice SET {change}")  # noqa: S608 - our words
    found = [one.sentence for one in check_books()]
    assert len(found) == 1
    assert sentence in found[0]
