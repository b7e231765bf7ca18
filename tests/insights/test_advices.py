"""Payment advices: where a statement ends, the payout goes on, to the last cent and back."""

import csv
import hashlib
import io
from collections.abc import Callable

import pypdfium2
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client, override_settings

from takings.core import clock
from takings.insights import actions, jobs
from takings.insights.models import IssuedAdvice, IssuedFile, Tells
from takings.insights.queries.since import since
from takings.insights.rules.advice import read_advice
from takings.ledger.actions.rates import record_rates
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payouts.models import Payout
from takings.people.models import User
from takings.settlement.actions import close_period
from takings.settlement.models import Release, Statement
from tests.make.ledger import make_posted, move, usd
from tests.make.pages import page_text
from tests.make.payouts import (
    IBAN,
    PAY_DAY,
    SEPA,
    make_batch,
    make_earned,
    make_paid,
    make_payable,
    make_payee,
    make_returned,
)
from tests.make.people import make_creator, make_operator
from tests.make.settlement import DECEMBER, Act, counted, counting, make_act, make_pool

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")


def make_adas_payout() -> tuple[Act, Payout]:
    """Pay Ada what docs/how-to/payouts.md follows: $1,350 of November and $0.012345 of before."""
    ada = make_payee()
    make_payable(ada.creator, "0.012345")
    make_earned(ada)
    make_paid()
    return ada, Payout.objects.get()


def place(payout: Payout) -> str:
    return f"/studio/payouts/{payout.pk}/advice/"


def statement() -> Statement:
    return Statement.objects.get()


def test_an_advice_says_what_the_guide_follows_to_the_micro_unit() -> None:
    _, payout = make_adas_payout()
    assert actions.issue_advices(at=PAY_DAY) == 1
    said = read_advice(IssuedAdvice.objects.get().content)
    assert [(bar.name, bar.micros, bar.tone) for bar in said.waterfall] == [
        ("Statement of November 2026", 1_350_000_000, ""),
        ("Carried over", 11_234, ""),
        ("Leaves your balance", 1_350_011_234, "total"),
        ("Tax withheld for US", 135_001_234, "taken"),
        ("Paid", 1_215_010_000, "total"),
    ]
    assert said.taxes[0].note.endswith("30 % of $450.004115")
    assert (said.remainder, said.back, said.payout) == (1_111, None, str(payout.pk))
    assert (said.to, said.changed) == ("Payment by hand as agreed", ())
    assert check_books() == []


def test_the_statement_leads_to_paid_and_back_in_one_place(sign_in: SignIn) -> None:
    ada, payout = make_adas_payout()
    release = Release.objects.get()
    found = since(statement=statement(), release=release)
    assert (found.paid, found.waiting) == (usd("1350"), usd("0"))
    assert [(one.part, one.worth, one.back_at) for one in found.payments] == [
        (usd("1350"), usd("1350"), None)
    ]
    browser = sign_in(ada.creator.user)
    page = page_text(browser.get("/studio/statements/2026-11/"))
    for words in ("Payable since 8 December 2026", "$1,350.011234", "$135.001234", "$1,215.01"):
        assert words in page
    make_returned(payout)
    actions.issue_advices(at=PAY_DAY)
    found = since(statement=statement(), release=release)
    assert (found.paid, found.waiting) == (usd("0"), usd("1350"))
    assert found.payments[0].back_at == PAY_DAY
    page = page_text(browser.get("/studio/statements/2026-11/"))
    assert "It came back 21 December 2026, 12:00 UTC: The account is closed." in page
    assert check_books() == []


def test_a_statement_in_its_hold_window_says_until_when(sign_in: SignIn) -> None:
    ada = make_act()
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    found = since(statement=statement(), release=None)
    assert (found.released_at, found.payments, found.waiting) == (None, (), usd("45"))
    page = page_text(sign_in(ada.creator.user).get("/studio/statements/2026-11/"))
    assert "In its hold window until 8 December 2026, 00:00 UTC" in page


def test_a_payout_that_came_back_has_a_second_advice_and_keeps_the_first(sign_in: SignIn) -> None:
    ada, payout = make_adas_payout()
    actions.issue_advices(at=PAY_DAY)
    first = IssuedAdvice.objects.get()
    make_returned(payout)
    assert (actions.issue_advices(at=PAY_DAY), actions.issue_advices(at=PAY_DAY)) == (1, 0)
    sent, back = [read_advice(one.content) for one in IssuedAdvice.objects.order_by("-tells")]
    assert sent.canonical() == first.content.encode()
    assert back.back is not None
    assert back.back.reason.startswith("The account is closed.")
    assert [(bar.name, bar.micros) for bar in back.waterfall][-3:] == [
        ("Sent", 1_215_010_000),
        ("Came back", 1_215_010_000),
        ("Back in your balance", 1_350_011_234),
    ]
    page = page_text(sign_in(ada.creator.user).get(place(payout)))
    assert sent.number in page
    assert back.number in page
    assert check_books() == []


@pytest.mark.parametrize("is_back", [False, True])
def test_all_forms_say_the_same_and_can_be_checked_by_anybody(
    sign_in: SignIn, *, is_back: bool
) -> None:
    ada, payout = make_adas_payout()
    if is_back:
        make_returned(payout)
    browser = sign_in(ada.creator.user)
    browser.get(place(payout))
    tells = Tells.RETURNED if is_back else Tells.SENT
    issued = IssuedAdvice.objects.get(tells=tells)
    files = {form: fetch(browser, payout, f"{issued.number}.{form}") for form in FORMS}
    assert {form: fetch(browser, payout, f"{issued.number}.{form}") for form in FORMS} == files
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    total = sum(int(row["amount"].replace(".", "")) for row in rows)
    assert total == (0 if is_back else payout.net_micros)
    assert hashlib.sha256(files["json"]).hexdigest() == issued.digest
    with pypdfium2.PdfDocument(files["pdf"]) as opened:
        paper = " ".join(page.get_textpage().get_text_bounded() for page in opened)
    for words in (issued.number, "$1,215.01", "$135.001234", "$0.001111"):
        assert words in paper
    assert ("The account is closed." in paper) is is_back
    for content in files.values():
        assert verdict(content) == "Valid."
        assert verdict(content + b"\n") == "Tampered with."
    asked = {"number": issued.number.lower(), "sha256": issued.digest}
    assert "Valid." in page_text(Client().get("/verify/", asked))
    assert IssuedFile.objects.filter(advice=issued, issued=None).count() == 3
    assert str(IssuedFile.objects.filter(form="pdf").get()) == f"{issued.pk}.pdf"
    assert str(issued).startswith("P-")


FORMS = ("pdf", "csv", "json")


def fetch(browser: Client, payout: Payout, name: str) -> bytes:
    answer = browser.get(f"{place(payout)}{name}")
    assert answer.status_code == 200
    return answer.content


def verdict(content: bytes) -> str:
    page = page_text(Client().post("/verify/", {"file": SimpleUploadedFile("a.pdf", content)}))
    return next(word for word in ("Valid.", "Tampered with.", "Not known.") if word in page)


@override_settings(PAYER={**settings.PAYER, "name": "T", "iban": IBAN, "bic": "COBADEFFXXX"})
def test_what_was_changed_into_another_currency_first_is_told(sign_in: SignIn) -> None:
    ada = make_payee(details=SEPA)
    make_earned(ada)
    make_posted(move("bank", "opening:EUR", Money.parse("5000", "EUR")), at=DECEMBER)
    record_rates(
        content=b"base,quote,valid_on,rate\nUSD,EUR,2026-12-18,0.9215\n", source="t", at=PAY_DAY
    )
    make_paid()
    payout = Payout.objects.get()
    page = page_text(sign_in(ada.creator.user).get(place(payout)))
    assert "$1,350.00 became €1,244.025 at the rate rate:USD-EUR:2026-12-18" in page
    assert fetch(
        sign_in(ada.creator.user), payout, f"{IssuedAdvice.objects.get().number}.pdf"
    ).startswith(b"%PDF")
    found = since(statement=statement(), release=None)
    assert (found.paid, found.payments[0].worth.currency) == (usd("1350"), "EUR")
    page = page_text(sign_in(ada.creator.user).get("/studio/statements/2026-11/"))
    assert "became €1,244.025" in page


def test_only_the_creator_and_operators_get_it_and_only_once_it_was_sent(sign_in: SignIn) -> None:
    ada = make_payee()
    make_payable(ada.creator, "500")
    make_batch()
    payout = Payout.objects.get()
    browser = sign_in(ada.creator.user)
    assert browser.get(place(payout)).status_code == 404
    assert not IssuedAdvice.objects.exists()
    Payout.objects.update(state="sent", sent_at=PAY_DAY)
    assert sign_in(make_creator("Ben").user).get(place(payout)).status_code == 404
    assert browser.get(place(payout)).status_code == 200
    number = IssuedAdvice.objects.get().number
    for name in (f"{number}.exe", "P-0000-0000-0000.pdf"):
        assert browser.get(f"{place(payout)}{name}").status_code == 404
    assert sign_in(make_operator()).get(place(payout)).status_code == 200
    assert not IssuedFile.objects.exists()


def test_the_clock_issues_what_was_sent_and_issued_rows_never_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_adas_payout()
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    jobs.issue_advices(timestamp=0)
    jobs.issue_advices(timestamp=0)
    advice = IssuedAdvice.objects.get()
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        IssuedAdvice.objects.update(digest="")
    with pytest.raises(IntegrityError, match="a_file_is_of_one_document"), transaction.atomic():
        IssuedFile.objects.create(form="pdf", sha256="0", made_at=PAY_DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE insights_issuedadvice DISABLE TRIGGER USER")
    content = advice.content.replace('"net":', '"net":9')
    IssuedAdvice.objects.update(content=content)
    assert [one.row for one in check_books()] == [f"advice:{advice.number}"]
    IssuedAdvice.objects.update(digest=hashlib.sha256(content.encode()).hexdigest())
    [finding] = check_books()
    assert finding.sentence.startswith("it says 91215010000 micro-units, its payout 1215010000")
