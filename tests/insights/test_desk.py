"""The operator's desk: the books are proved, accounts found, a period closed by an order."""

import datetime as dt
import itertools
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
from takings.settlement.models import CloseProposal, CloseStage, Period, ShareLine, Status
from takings.settlement.queries import open_period
from tests.make.insights import AFTER, DAY, make_estimate, make_month, watch
from tests.make.ledger import make_prepaid
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_operator
from tests.make.trials import make_trial

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


def orders(task: str = "insights.close_period") -> list[dict[str, object]]:
    """Return what workers were ordered to close."""
    waiting = ProcrastinateJob.objects.filter(task_name=task, status="todo")
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


@override_settings(DEMO=True)
def test_in_a_demo_one_click_orders_a_close_and_a_worker_does_it(
    sign_in: SignIn, december: None
) -> None:
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
    assert order == {"name": "2026-11", "early": True}

    app.tasks["insights.close_period"](**order)
    assert Period.objects.get(name="2026-11").status == Status.CLOSED
    assert ShareLine.objects.filter(video=month.dunes).exists()
    again = browser.post(CLOSE)
    assert again.status_code == 409
    assert "2026-11 is closed already" in again.content.decode()
    assert len(orders()) == 1


def test_two_operators_close_a_month_at_the_desk(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(clock, "now", lambda: AFTER + next(seconds) * dt.timedelta(seconds=1))
    month = make_month()
    olga, pavel = make_operator("Olga"), make_operator("Pavel")
    hers, his = sign_in(olga), sign_in(pavel)
    assert hers.post(CLOSE, {"reason": "alone"}).status_code == 409
    assert "First work it out" in page_text(hers.get(CLOSE))
    make_trial(hers, CLOSE, verdict="try")
    page = hers.get(CLOSE)
    wanted = page.context["propose"].initial | {"verdict": "propose"}
    page = hers.post(CLOSE, wanted | {"reason": "The month is over."}, follow=True)
    assert "You proposed this; another operator has to answer it." in page_text(page)
    assert "1 close or correction waits for a second person." in page_text(
        his.get("/desk/finance/")
    )
    assert "Its close waits for a second person." in page_text(his.get("/desk/periods/"))
    answer = his.get(CLOSE).context["answer"].initial | {"answer": "I looked."}

    watch(month.dunes, 1)  # one that came late
    page = his.post(CLOSE, answer | {"verdict": "approve"})
    assert "The numbers changed since they were worked out" in page_text(page)
    page = his.post(CLOSE, answer | {"verdict": "decline"}, follow=True)
    assert "Pavel declined the last proposal: I looked." in page_text(page)
    make_trial(hers, CLOSE, verdict="try")
    page = hers.get(CLOSE)
    wanted = page.context["propose"].initial | {
        "verdict": "propose",
        "reason": "With the late one.",
    }
    hers.post(CLOSE, wanted)
    answer = his.get(CLOSE).context["answer"].initial | {"answer": "Right."}
    page = his.post(CLOSE, answer | {"verdict": "approve"}, follow=True)
    assert "Pavel approved the close; a worker is at it." in page_text(page)

    [order] = orders("insights.close_approved")
    watch(month.dunes, 1)  # after the approval: what was approved is what is closed
    app.tasks["insights.close_approved"](**order)
    closed = Period.objects.get(name="2026-11")
    assert closed.status == Status.CLOSED
    run = CloseProposal.objects.get(is_approved=True).run
    assert CloseStage.objects.get(stage="allocated").output_digest == run.lines_digest
    acts = StaffAct.objects.filter(target="period:2026-11").order_by("pk")
    assert [(act.operator, act.act) for act in acts] == [
        (olga, "trial_ordered"),
        (olga, "close_tried"),
        (olga, "close_proposed"),
        (pavel, "close_declined"),
        (olga, "trial_ordered"),
        (olga, "close_tried"),
        (olga, "close_proposed"),
        (pavel, "close_approved"),
    ]


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
