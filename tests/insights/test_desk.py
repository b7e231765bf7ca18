"""The operator's desk: the books are proved, accounts found, a period closed by an order."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.insights import actions, jobs
from takings.insights.models import BooksRun, Showings, Tally
from takings.people.models import StaffAct, User
from takings.settlement import actions as settlement
from takings.settlement.models import Period, ShareLine, Status
from takings.settlement.queries import open_period
from tests.make.insights import AFTER, DAY, make_estimate, make_month
from tests.make.ledger import make_prepaid
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_operator

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")
CLOSE = "/desk/periods/2026-11/close/"


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock show the first of December."""
    monkeypatch.setattr(clock, "now", lambda: AFTER)


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock show the fifth of November."""
    monkeypatch.setattr(clock, "now", lambda: NOON + 3 * DAY)


def orders() -> list[dict[str, object]]:
    """Return what workers were ordered to close."""
    waiting = ProcrastinateJob.objects.filter(task_name="insights.close_period", status="todo")
    return list(waiting.values_list("args", flat=True))


def test_an_operator_proves_the_books_and_it_is_written_down(sign_in: SignIn) -> None:
    make_prepaid("100")
    operator = make_operator()
    page = sign_in(operator).post(reverse("insights:check_books"), follow=True)
    assert "Every invariant holds." in page_text(page)
    run = BooksRun.objects.get()
    assert (run.operator, run.findings.count()) == (operator, 0)
    assert StaffAct.objects.get(act="books_checked").target == f"books_run:{run.pk}"


def test_a_row_that_breaks_an_invariant_is_shown_and_kept(sign_in: SignIn) -> None:
    make_prepaid("100")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_standing DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_standing SET debits_micros = debits_micros + 7")
    page = sign_in(make_operator()).post(reverse("insights:check_books"), follow=True)
    found = BooksRun.objects.get().findings.all()
    assert f"{len(found)} rows break an invariant." in page_text(page)
    assert len(found) > 0
    assert all(finding.sentence in page_text(page) for finding in found)


def test_the_clock_proves_the_books_and_counts_showings(november: None) -> None:
    del november
    make_month()
    jobs.check_books(timestamp=0)
    assert BooksRun.objects.get().operator is None
    settlement.refresh_estimates(at=clock.now())
    jobs.tally_showings(timestamp=0)
    assert Tally.objects.get().period.name == "2026-11"
    assert Showings.objects.filter(outcome="bot").exists()


def test_a_period_that_nobody_has_estimated_has_nothing_to_explain() -> None:
    period = open_period(at=NOON)
    period.save()
    assert actions.tally_showings(period=period, at=NOON) is None
    assert not Tally.objects.exists()


def test_an_operator_orders_a_close_and_a_worker_does_it(sign_in: SignIn, december: None) -> None:
    del december
    month = make_month()
    make_estimate()
    operator = make_operator()
    browser = sign_in(operator)
    assert "2026-11" in page_text(browser.get(reverse("insights:periods")))
    assert browser.get(CLOSE).status_code == 200
    page = browser.post(CLOSE, {"reason": "the month is over"}, follow=True)
    assert "2026-11 is being closed." in page_text(page)
    act = StaffAct.objects.get(act="period_closed")
    assert (act.operator, act.target) == (operator, "period:2026-11")
    assert act.reason == "the month is over"
    [order] = orders()
    assert order == {"name": "2026-11", "early": False}

    app.tasks["insights.close_period"](**order)
    assert Period.objects.get(name="2026-11").status == Status.CLOSED
    assert ShareLine.objects.filter(video=month.dunes).exists()
    again = browser.post(CLOSE)
    assert again.status_code == 409
    assert "2026-11 is closed already" in again.content.decode()
    assert len(orders()) == 1


def test_a_running_month_is_closed_early_in_the_demo_only(sign_in: SignIn, november: None) -> None:
    del november
    make_month()
    make_estimate()
    browser = sign_in(make_operator())
    with override_settings(DEMO=False):
        assert browser.post(CLOSE).status_code == 409
    assert not StaffAct.objects.filter(act="period_closed").exists()
    assert orders() == []
    with override_settings(DEMO=True):
        browser.post(CLOSE)
    assert [order["early"] for order in orders()] == [True]


def test_nobody_else_closes_or_proves_anything(sign_in: SignIn) -> None:
    make_month()
    make_estimate()
    browser = sign_in(make_creator("Eve").user)
    assert browser.post(CLOSE).status_code == 404
    assert browser.post(reverse("insights:check_books")).status_code == 404
    assert orders() == []
    assert not BooksRun.objects.exists()
