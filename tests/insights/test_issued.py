"""Statements as they are given out: the same on every form, and told from what was changed."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from takings.core import clock
from takings.insights import actions, jobs
from takings.insights.models import IssuedFile, IssuedStatement
from takings.insights.rules.issued import numbers_in, read_issued
from takings.insights.views import verify
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement.actions import release_earnings
from takings.settlement.models import ShareLine
from takings.settlement.queries import period
from tests.make.insights import AFTER, DAY, Month, make_close, make_month
from tests.make.pages import page_text
from tests.make.people import make_creator

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")
PLACE = "/studio/statements/2026-11/USD/statement"


@pytest.fixture
def month() -> Month:
    made = make_month()
    make_close()
    return made


def issued_to(month: Month) -> IssuedStatement:
    return IssuedStatement.objects.get(statement__creator=month.ada)


def fetch(browser: Client, form: str) -> bytes:
    answer = browser.get(f"{PLACE}.{form}")
    assert answer.status_code == 200
    return answer.content


def verdict(content: bytes, *, name: str = "statement.pdf") -> str:
    """Return the bold word that a stranger is told of a file."""
    sent = SimpleUploadedFile(name, content)
    return told(Client().post("/verify/", {"file": sent}).content)


def typed(number: str, sha256: str) -> str:
    return told(Client().get("/verify/", {"number": number, "sha256": sha256}).content)


def told(page: bytes) -> str:
    found = re.findall(r'role="status">.*?<strong>(.+?)\.</strong>', page.decode(), re.DOTALL)
    return found[0] if found else ""


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return " ".join(page.get_textpage().get_text_bounded() for page in opened)


def test_page_pdf_csv_and_json_say_the_same_money_and_the_books_agree(
    sign_in: SignIn, month: Month
) -> None:
    micros = ledger.balance(name=f"creator:{month.ada.pk}:pending", currency="USD").micros
    total = format_money(Money(micros, "USD"), exact=True)
    browser = sign_in(month.ada.user)
    said = read_issued(fetch(browser, "json").decode())
    assert said.micros == micros > 0
    assert (said.earned, said.shared) == (micros, ())
    for parts in (said.streams, said.countries, said.videos, said.days):
        assert sum(part.micros for part in parts) == micros
    for parts in (said.countries, said.videos, said.days):
        assert sum(part.views for part in parts) == said.views == 20
    rows = list(csv.DictReader(io.StringIO(fetch(browser, "csv").decode())))
    assert sum(int(row["amount"].replace(".", "")) for row in rows) == micros
    assert len(rows) == said.line_count == ShareLine.objects.filter(creator=month.ada).count()
    assert {row["title"] for row in rows} == {"Dunes", "Loom"}
    paper, page = (
        words(fetch(browser, "pdf")),
        page_text(browser.get("/studio/statements/2026-11/")),
    )
    for text in (paper, page):
        assert total in text
        assert said.number in text
        assert issued_to(month).digest in text.replace("\r\n", "")


def test_the_waterfall_goes_from_gross_to_paid_and_every_row_adds_up(month: Month) -> None:
    said = read_issued(issued_to(month).content)
    bars = {bar.name: bar for bar in said.waterfall}
    assert [*bars] == [
        "Ad money behind your views",
        "Music",
        "Platform",
        "You",
        "Tax withheld",
        "Held until 8 December 2026",
        "Payable",
        "Paid out",
    ]
    gross, music, platform, you, tax, held, payable, paid = (b.micros for b in said.waterfall)
    assert gross - music - platform == you == said.micros
    assert you - tax == held + payable + paid
    assert {one.name: one.showings for one in said.not_counted} == {
        "Too short": 2,
        "Repeated": 2,
        "Your own": 1,
        "Robot": 1,
    }
    assert [(one.name, one.micros) for one in said.account] == [
        ("Pending, inside a hold window", you),
        ("Held by a decision", 0),
        ("Payable", 0),
    ]


def test_a_statement_is_issued_once_and_what_changes_later_does_not_change_it(
    sign_in: SignIn, month: Month
) -> None:
    browser = sign_in(month.ada.user)
    before = {form: fetch(browser, form) for form in ("pdf", "csv", "json")}
    month.ada.name, month.dunes.title = "Adele", "Sand"
    month.ada.save()
    month.dunes.save()
    release_earnings(at=AFTER + 8 * DAY)
    assert actions.issue_statements(period=period(name="2026-11"), at=AFTER + 8 * DAY) == 0
    assert {form: fetch(browser, form) for form in ("pdf", "csv", "json")} == before
    assert IssuedFile.objects.count() == 3
    page = page_text(browser.get("/studio/statements/2026-11/"))
    assert "Payable since 9 December 2026" in page
    assert "$0.00" not in page.partition("Payable")[0][-40:]


def test_a_close_that_was_stopped_before_it_issued_is_made_good_by_the_clock(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = make_month()
    assert actions.issue_statements(period=period(name="2026-11"), at=AFTER) == 0  # still open
    settlement.close_period(name="2026-11", at=AFTER)
    browser = sign_in(month.ada.user)
    assert "The files of this statement are being made" in page_text(
        browser.get("/studio/statements/2026-11/")
    )
    assert browser.get(f"{PLACE}.pdf").status_code == 404
    monkeypatch.setattr(clock, "now", lambda: AFTER + DAY)
    jobs.issue_statements(timestamp=0)
    jobs.issue_statements(timestamp=0)
    assert IssuedStatement.objects.count() == 2
    assert len(read_issued(issued_to(month).content).not_counted) == 4


def test_only_the_creator_gets_their_statement(sign_in: SignIn, month: Month) -> None:
    other = make_creator("Dora")
    assert sign_in(other.user).get(f"{PLACE}.pdf").status_code == 404
    assert "/accounts/login/" in Client().get(f"{PLACE}.pdf")["Location"]
    browser = sign_in(month.ada.user)
    assert browser.get(f"{PLACE}.exe").status_code == 404
    assert browser.get("/studio/statements/2026-11/EUR/statement.pdf").status_code == 404
    assert not IssuedFile.objects.exists()


@pytest.mark.parametrize("form", ["pdf", "csv", "json"])
def test_every_form_is_valid_as_given_and_tampered_with_when_a_byte_is_changed(
    sign_in: SignIn, month: Month, form: str
) -> None:
    content = fetch(sign_in(month.ada.user), form)
    assert verdict(content) == "Valid"
    assert verdict(content + b"\n") == "Tampered with"
    changed = bytearray(content)
    changed[-3] ^= 1
    assert verdict(bytes(changed)) == "Tampered with"


def test_a_raised_amount_in_the_csv_is_found_and_so_is_a_row_left_out(
    sign_in: SignIn, month: Month
) -> None:
    content = fetch(sign_in(month.ada.user), "csv").decode()
    rows = content.splitlines(keepends=True)
    assert verdict(content.replace(",0.", ",9.").encode()) == "Tampered with"
    assert verdict("".join(rows[:-1]).encode()) == "Tampered with"


def test_a_genuine_number_on_another_file_does_not_make_it_ours(month: Month) -> None:
    number = issued_to(month).number
    assert verdict(f"I earned a million, says {number}".encode()) == "Tampered with"
    assert verdict(b"I earned a million, says S-7KQ4-M9ZT-3WXH") == "Not known"
    assert verdict(b"%PDF-1.7 of somebody else") == "Not known"


def test_number_and_digest_as_typed_off_paper(month: Month) -> None:
    found = issued_to(month)
    spaced = " ".join(found.digest[at : at + 8].upper() for at in range(0, 64, 8))
    assert typed(found.number, found.digest) == "Valid"
    assert typed(f" {found.number.lower()} ", spaced) == "Valid"
    assert typed(found.number.replace("0", "O").replace("1", "l"), found.digest) == "Valid"
    other = IssuedStatement.objects.exclude(pk=found.pk).get()
    assert typed(found.number, other.digest) == "Tampered with"
    assert typed("S-0000-0000-0000", found.digest) == "Not known"


def test_the_answer_tells_nothing_about_the_statement(sign_in: SignIn, month: Month) -> None:
    pdf = fetch(sign_in(month.ada.user), "pdf")
    page = page_text(Client().post("/verify/", {"file": SimpleUploadedFile("s.pdf", pdf)}))
    for secret in (month.ada.name + " ", month.ada.handle, "November", "$", "USD"):
        assert secret not in page, secret


def test_what_is_left_empty_is_asked_for_and_no_verdict_is_given() -> None:
    assert "This field is required" in page_text(Client().get("/verify/?number="))
    assert told(Client().post("/verify/", {}).content) == ""
    answer = Client().post("/verify/", {"file": SimpleUploadedFile("s.pdf", b"")})
    assert "The submitted file is empty" in page_text(answer)


def test_too_large_a_file_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "LARGEST_BYTES", 10)
    answer = Client().post("/verify/", {"file": SimpleUploadedFile("s.pdf", b"12345678901")})
    assert answer.status_code == 422
    assert "file_too_large" in answer.content.decode()


def test_what_was_issued_never_changes(sign_in: SignIn, month: Month) -> None:
    fetch(sign_in(month.ada.user), "json")
    for table in ("insights_issuedstatement", "insights_issuedfile"):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608 - our names
            with (
                pytest.raises(DatabaseError, match="never change"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    assert str(issued_to(month)).startswith("S-")
    assert str(IssuedFile.objects.get()).endswith(".json")


def test_the_digest_is_that_of_the_content_and_a_change_of_it_would_be_found(
    month: Month,
) -> None:
    found = issued_to(month)
    assert hashlib.sha256(found.content.encode()).hexdigest() == found.digest
    assert read_issued(found.content).canonical() == found.content.encode()
    assert json.loads(found.content)["lines_sha256"] == found.statement.digest
    assert ledger.check_books() == []


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        (False, "its content does not match the digest that was printed"),
        (True, "it says 9"),
    ],
)
def test_a_forged_row_is_found_even_with_a_digest_of_its_own(
    month: Month, sentence: str, *, raised: bool
) -> None:
    found = issued_to(month)
    content = found.content.replace('"micros":', '"micros":9')
    digest = hashlib.sha256(content.encode()).hexdigest() if raised else found.digest
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE insights_issuedstatement DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE insights_issuedstatement SET content = %s, digest = %s WHERE number = %s",
            [content, digest, found.number],
        )
    (finding,) = ledger.check_books()
    assert finding.row == f"issued:{found.number}"
    assert sentence in finding.sentence


def test_only_the_first_numbers_of_a_file_are_looked_for() -> None:
    text = " ".join(f"S-0000-0000-{number:04d}" for number in range(40))
    assert len(numbers_in(text.encode())) == 8
