"""Splits in the studio: proposed, agreed, seen on both statements, and by nobody else."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client

from takings.core import clock
from takings.insights.models import IssuedStatement
from takings.insights.rules.issued import Issued, read_issued
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.people.models import Creator, User
from takings.settlement.models import Split, SplitLine
from tests.make.insights import Month, make_close, make_month
from tests.make.pages import page_text
from tests.make.people import make_creator

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")
BEFORE = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch) -> Month:
    """Let the clock stand on the first of November, before anything was watched."""
    monkeypatch.setattr(clock, "now", lambda: BEFORE)
    return make_month()


def proposal(month: Month, *parties: tuple[Creator, str]) -> dict[str, str]:
    asked = {"id": str(uuid4()), "video": str(month.dunes.pk)}
    for place, (party, percent) in enumerate(parties, start=1):
        asked |= {f"handle_{place}": f"@{party.handle}", f"percent_{place}": percent}
    return asked


def said_to(creator: Creator) -> Issued:
    return read_issued(IssuedStatement.objects.get(statement__creator=creator).content)


def pending(creator: Creator) -> int:
    return ledger.balance(name=f"creator:{creator.pk}:pending", currency="USD").micros


def test_two_creators_share_a_video_and_both_statements_tell_it(
    sign_in: SignIn, month: Month
) -> None:
    ada, dora = sign_in(month.ada.user), make_creator("Dora")
    helper = sign_in(dora.user)
    asked = proposal(month, (dora, "33.33"))
    for _ in range(2):  # a click too many
        page = page_text(ada.post("/studio/splits/new/", asked, follow=True))
        assert "Proposed. It holds once everybody agreed." in page
    split = Split.objects.get()
    assert "66.67 %" in page_text(helper.get("/studio/splits/"))
    accept = f"/studio/splits/{split.pk}/accept/"
    assert "From the day after all have agreed" in page_text(helper.get(accept))
    assert "You agreed." in page_text(helper.post(accept, follow=True))
    assert "Holds from 2 November 2026" in page_text(ada.get("/studio/splits/"))
    make_close()
    given = said_to(month.ada)
    got = said_to(dora)
    assert given.micros + got.micros == given.earned
    assert (got.earned, got.views, got.line_count) == (0, 0, 0)
    assert (given.micros, got.micros) == (pending(month.ada), pending(dora))
    assert got.micros > 0
    (shared,) = given.shared
    assert (shared.title, shared.other, shared.micros) == ("Dunes", dora.handle, -got.micros)
    bars = {bar.name: bar.micros for bar in given.waterfall}
    assert bars["You"] - bars["Collaborators"] + bars["From collaborations"] == bars["Yours"]
    assert bars["Yours"] == given.micros
    for browser, micros in ((ada, given.micros), (helper, got.micros)):
        shown = format_money(Money(micros, "USD"), exact=True)
        page = page_text(browser.get("/studio/statements/2026-11/"))
        assert shown in page
        assert "Shared with other creators" in page
        place = "/studio/statements/2026-11/USD/statement"
        rows = csv.DictReader(io.StringIO(browser.get(f"{place}.csv").content.decode()))
        assert sum(round(float(row["amount"]) * 1_000_000) for row in rows) == micros
        with pypdfium2.PdfDocument(browser.get(f"{place}.pdf").content) as pdf:
            words = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
        assert f"{shown} is yours" in words.replace("\r\n", " ")
    trace = page_text(ada.get(f"/trace/statement/2026-11/{month.ada.pk}/USD/"))
    assert "By agreement of all parties" in trace
    entry = SplitLine.objects.values_list("entry_id", flat=True)[0]
    for browser in (ada, helper):
        assert browser.get(f"/trace/entry/{entry}/").status_code == 200
    assert sign_in(month.cleo.user).get(f"/trace/entry/{entry}/").status_code == 404
    assert helper.get(f"/trace/statement/2026-11/{dora.pk}/USD/").status_code == 200
    assert ledger.check_books() == []


def test_one_declines_one_withdraws_one_ends(sign_in: SignIn, month: Month) -> None:
    ada, dora = sign_in(month.ada.user), make_creator("Dora")
    helper = sign_in(dora.user)
    for browser in (helper, ada):
        ada.post("/studio/splits/new/", proposal(month, (dora, "50")))
        split = Split.objects.get(status="proposed")
        assert "Nothing is shared." in page_text(
            browser.post(f"/studio/splits/{split.pk}/decline/", follow=True)
        )
    assert "Withdraw" not in page_text(ada.get("/studio/splits/"))
    ada.post("/studio/splits/new/", proposal(month, (dora, "50")))
    split = Split.objects.get(status="proposed")
    assert "Withdraw" in page_text(ada.get("/studio/splits/"))
    helper.post(f"/studio/splits/{split.pk}/accept/")
    page = page_text(ada.post(f"/studio/splits/{split.pk}/end/", follow=True))
    assert "It ends at midnight UTC." in page
    assert f"@{month.ada.handle} ended it" in page
    assert ada.post(f"/studio/splits/{split.pk}/end/").status_code == 409
    assert ada.get(f"/studio/splits/{split.pk}/burn/").status_code == 404


def test_a_proposal_that_cannot_be_is_refused_in_words(sign_in: SignIn, month: Month) -> None:
    ada, dora = sign_in(month.ada.user), make_creator("Dora")
    for asked, words in (
        (proposal(month, (dora, "60"), (month.ben, "41")), "come to more than 100 %"),
        (proposal(month, (month.ada, "5")), "do not name yourself"),
        (proposal(month, (dora, "5"), (dora, "5")), "Name each creator once"),
        (proposal(month, (dora, "5")) | {"handle_1": "nobody"}, "no creator called @nobody"),
        (proposal(month, (dora, "5")) | {"video": str(month.bread.pk)}, "not one of the available"),
        (proposal(month, (dora, "0")), "greater than or equal to 0.01"),
        (proposal(month), "This field is required"),
    ):
        assert words in page_text(ada.post("/studio/splits/new/", asked)), words
    assert not Split.objects.exists()


def test_nobody_else_sees_a_split_or_answers_it(sign_in: SignIn, month: Month) -> None:
    ada, dora = sign_in(month.ada.user), make_creator("Dora")
    ada.post("/studio/splits/new/", proposal(month, (dora, "50")))
    split = Split.objects.get()
    stranger = sign_in(month.ben.user)
    assert "No splits" in page_text(stranger.get("/studio/splits/"))
    for answer in ("accept", "decline", "end"):
        assert stranger.post(f"/studio/splits/{split.pk}/{answer}/").status_code == 404
    split.refresh_from_db()
    assert split.status == "proposed"
    assert "/accounts/login/" in Client().get("/studio/splits/")["Location"]
