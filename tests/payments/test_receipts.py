"""Receipts: one for each payment that succeeds, and a credit note for what goes back for good."""

from collections.abc import Iterator

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from takings.core import clock
from takings.documents import print_pdf
from takings.invoicing.actions import give_billing_details
from takings.invoicing.models import Invoice, InvoiceFile
from takings.invoicing.rules import Party, printed, read_invoiced
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.payments import actions, queries
from takings.payments.models import Payment
from takings.payments.queries import NoSuchPayment
from tests.make.ads import make_advertiser
from tests.make.invoicing import german_seller
from tests.make.pages import page_text
from tests.make.payments import (
    DECLINED,
    DISPUTED_LOST,
    DISPUTED_WON,
    asked,
    make_top_up,
    paid,
    pay,
    refund_of,
    usd,
)
from tests.make.people import make_operator, make_user
from tests.payments.test_bugs import fact, make_tip, tell
from tests.payments.tips import Tips, tips

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seller() -> Iterator[None]:
    with german_seller():
        yield


@pytest.fixture
def heard() -> Iterator[Tips]:
    """Let tips be given."""
    with tips() as purpose:
        yield purpose


def papers(payment: Payment) -> list[tuple[str, str, str]]:
    """Return code, gross and tax of each, in dollars."""
    return [
        (one.code, f"{one.gross.micros / 10**6:g}", f"{one.tax.micros / 10**6:g}")
        for one in queries.receipts_of(payment)
    ]


def test_a_paid_sale_has_a_receipt_with_the_tax_that_was_booked(heard: Tips) -> None:
    payment = tell(make_tip(), fact("succeeded", "100", fee="3.20"))
    [receipt] = queries.receipts_of(payment)
    assert (receipt.code, receipt.gross, receipt.tax) == (
        f"T-R{receipt.issued_at:%Y}-000001",
        usd("100"),
        usd("15.97"),
    )
    assert ledger.balance(name="tax:DE:vat", currency="USD") == receipt.tax
    said = read_invoiced(receipt.content)
    assert said.evidence == ("account: DE",)
    assert [(one.jurisdiction, one.tax_bp) for one in said.taxes] == [("DE", 1_900)]
    tell(payment, fact("succeeded", "100", fee="3.20"))
    assert Invoice.objects.count() == 1
    assert heard.heard == [("paid", usd("100"))]


def test_money_paid_in_advance_has_a_receipt_without_tax() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment, DECLINED)
    asked(payment)
    assert queries.receipts_of(payment) == []
    pay(payment)
    asked(payment)
    [receipt] = queries.receipts_of(payment)
    said = read_invoiced(receipt.content)
    assert (said.tax, said.net, said.customer.name) == (0, 100_000_000, brand.name)
    assert said.notes == ("Paid in advance; it is invoiced, with its tax, when it is used.",)
    assert receipt.customer == f"brand:{brand.pk}"


def test_refunds_have_credit_notes_whose_tax_is_what_the_books_gave_back(heard: Tips) -> None:
    payment = tell(make_tip(), fact("succeeded", "100"))
    for about, amount, tax in (("a", "33.33", "10.65"), ("b", "66.67", "0")):
        tell(payment, fact("refunded", amount, about=about))
        assert ledger.balance(name="tax:DE:vat", currency="USD") == usd(tax)
    assert [(gross, tax) for _, gross, tax in papers(payment)] == [
        ("100", "15.97"),
        ("-33.33", "-5.32"),
        ("-66.67", "-10.65"),
    ]
    note = queries.receipts_of(payment)[1]
    text = pdf_text(note)
    assert f"Credit note {note.code}" in text
    assert f"Corrects {papers(payment)[0][0]}: Refunded" in text
    assert check_books() == []
    assert heard.name == "membership"


def test_a_refund_that_did_not_arrive_lets_the_sale_stand_again(heard: Tips) -> None:
    payment = tell(make_tip(), fact("succeeded", "100"), fact("refunded", "40", about="r"))
    tell(payment, fact("refund_failed", "40", about="r"))
    assert [(gross, tax) for _, gross, tax in papers(payment)] == [
        ("100", "15.97"),
        ("-40", "-6.38"),
        ("40", "6.38"),
    ]
    assert "Credit note taken back" in pdf_text(queries.receipts_of(payment)[2])
    tell(payment, fact("refunded", "100", about="again"))
    assert papers(payment)[3][1:] == ("-100", "-15.97")
    assert ledger.balance(name="tax:DE:vat", currency="USD") == usd("0")
    assert heard.heard[-1] == ("taken_back", usd("100"))


@pytest.mark.parametrize(("card", "count"), [(DISPUTED_WON, 1), (DISPUTED_LOST, 2)])
def test_a_dispute_has_a_credit_note_when_it_is_lost(card: str, count: int) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member, card=card)
    assert len(papers(payment)) == 1
    operator = make_operator()
    _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
    actions.answer_dispute(operator=operator, dispute=dispute, note="Delivered.", at=clock.now())
    found = papers(payment)
    assert len(found) == count
    assert sum(float(gross) for _, gross, _ in found) == (100 if count == 1 else 0)


def test_a_refund_and_a_lost_dispute_of_the_same_money_are_credited_once(heard: Tips) -> None:
    payment = tell(
        make_tip(),
        fact("succeeded", "100"),
        fact("refunded", "100", about="r"),
        fact("disputed", "100", about="d"),
        fact("dispute_lost", "100", about="d"),
    )
    assert [gross for _, gross, _ in papers(payment)] == ["100", "-100"]
    assert len(heard.heard) == 2


def test_what_is_rolled_back_takes_no_number(heard: Tips) -> None:
    first, second = make_tip(), make_tip()
    with transaction.atomic():
        tell(first, fact("succeeded", "100"))
        transaction.set_rollback(True)
    tell(second, fact("succeeded", "100"))
    assert papers(first) == []
    assert papers(second)[0][0].endswith("-000001")
    assert len(heard.heard) == 2  # the first hearing is of the tests, and no row


def test_the_receipt_is_addressed_as_the_payer_asked_before_they_paid(heard: Tips) -> None:
    user = make_user("Fay")
    party = Party("Fay Ltd", "1 Rue\nParis", "FR", "FR1")
    give_billing_details(customer=f"user:{user.pk}", party=party, user=user, at=clock.now())
    payment = tell(make_tip(user=user), fact("succeeded", "100"))
    said = read_invoiced(queries.receipts_of(payment)[0].content)
    assert (said.customer, said.tax) == (party, 16_670_000)  # 20 % in France, of 83.33
    assert said.evidence == ("billing address: FR", "account: DE")
    assert ledger.balance(name="tax:FR:vat", currency="USD") == usd("16.67")
    assert heard.heard == [("paid", usd("100"))]


def test_a_payment_from_before_receipts_gets_one_with_its_first_correction(heard: Tips) -> None:
    payment = make_tip()
    Payment.objects.update(sold_as="", tax_micros=0)
    tell(payment, fact("succeeded", "100"), fact("refunded", "40"))
    assert [(gross, tax) for _, gross, tax in papers(payment)] == [("100", "0"), ("-40", "0")]
    assert len(heard.heard) == 2


def pdf_text(paper: Invoice) -> str:
    document = printed(read_invoiced(paper.content), digest=paper.digest)
    with pypdfium2.PdfDocument(print_pdf(document=document)) as opened:
        return str(opened[0].get_textpage().get_text_bounded())


def test_the_payer_and_operators_find_receipts_and_nobody_else() -> None:
    brand, member = make_advertiser()
    operator = make_operator()
    payment = paid(brand, member)
    refund = refund_of(payment, "40")
    actions.refund_payment(operator=operator, refund=refund, at=clock.now())
    receipt, note = queries.receipts_of(payment)
    address = f"/payments/{payment.pk}/receipts/"
    for user in (member, operator):
        client = Client()
        client.force_login(user)
        for paper, total in ((receipt, "$100.00"), (note, "-$40.00")):
            assert paper.code in page_text(client.get(f"/payments/{payment.pk}/"))
            shown = page_text(client.get(f"{address}{paper.pk}/"))
            assert paper.code in shown
            assert total in shown
            file = client.get(f"{address}{paper.pk}.pdf")
            assert file.content.startswith(b"%PDF")
            assert paper.code in file["Content-Disposition"]
            sent = SimpleUploadedFile("receipt.pdf", file.content)
            assert "Valid." in page_text(Client().post("/verify/", {"file": sent}))
    assert set(InvoiceFile.objects.values_list("invoice_id", flat=True)) == {receipt.pk, note.pk}
    mine = Client()
    mine.force_login(member)
    assert receipt.code in page_text(mine.get("/payments/"))
    assert receipt.code in page_text(mine.get("/ads/payments/"))
    other = paid(brand, member)
    assert mine.get(f"/payments/{other.pk}/receipts/{receipt.pk}/").status_code == 404
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(f"{address}{receipt.pk}/").status_code == 404
    assert stranger.get(f"{address}{receipt.pk}.pdf").status_code == 404
    assert "paid nothing" in page_text(stranger.get("/payments/"))
    with pytest.raises(NoSuchPayment):
        queries.access_receipt(user=make_user(), payment_id=payment.pk, paper_id=receipt.pk)
