"""A period is worked out by a worker: the desk follows, one order is under way, nothing is lost."""

import datetime as dt
import itertools
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.events.models import Partial
from takings.events.queries import Counts
from takings.events.rules.days import DaysCounted, TellDays
from takings.insights import actions
from takings.insights.actions import trying
from takings.insights.models import Trial, TrialKind
from takings.people.models import StaffAct, User
from takings.settlement.actions import ProposalNeedsReason, Wanted, count_lake
from takings.settlement.models import DryRun
from takings.settlement.queries import period
from takings.settlement.rules import PeriodNotOver
from tests.make.insights import AFTER, DAY, make_close, make_month, watch
from tests.make.ledger import all_balances
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator
from tests.make.trials import order_trial, work_trials

SignIn = Callable[[User], Client]
CLOSE, CORRECTIONS = "/desk/periods/2026-11/close/", "/desk/periods/2026-11/corrections/"
RELOADS = 'http-equiv="refresh"'
pytestmark = pytest.mark.usefixtures("lake")


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock go on by a second at each look, from the fifth of December."""
    seconds = itertools.count()
    begin = AFTER + 4 * DAY
    monkeypatch.setattr(clock, "now", lambda: begin + next(seconds) * dt.timedelta(seconds=1))


def jobs() -> list[dict[str, object]]:
    """Return what waits for a worker."""
    waiting = ProcrastinateJob.objects.filter(task_name="insights.try_period")
    return list(waiting.values_list("args", flat=True))


def interrupt(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen to the worker once it counted and told of its first day."""

    def count(*, tell: TellDays, **words: object) -> Counts:
        def tell_and_act(now: DaysCounted) -> None:
            tell(now)
            if now.done == 1:
                act()

        return count_lake(**words, tell=tell_and_act)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(trying, "count_lake", count)


def die() -> None:
    raise KeyboardInterrupt


def lose_job() -> None:
    """Let the queue say that the job failed for good."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'todo'")


def order(operator: User, id: UUID | None = None) -> Trial:  # noqa: A002 - the order's
    november = period(name="2026-11")
    return actions.order_trial(period=november, operator=operator, id=id or uuid4(), at=clock.now())


def test_the_page_follows_a_worker_and_the_next_one_goes_on_after_a_crash(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_month()
    olga = make_operator("Olga")
    hers, his = sign_in(olga), sign_in(make_operator("Pavel"))
    before = all_balances()
    order_trial(hers, CLOSE, verdict="try")
    page = hers.get(CLOSE)
    assert "Olga ordered it" in page_text(page)
    assert "A worker takes it up" in page_text(page)
    assert RELOADS in page.content.decode()
    assert "Work it out" not in page_text(page)
    assert "Olga ordered it" in page_text(order_trial(his, CLOSE, verdict="try"))
    assert jobs() == [{"name": "2026-11", "kind": "close"}]

    with monkeypatch.context() as dying:
        interrupt(dying, die)
        with pytest.raises(KeyboardInterrupt):
            work_trials()
    assert "1 of 2 days counted, 74 events, " in page_text(hers.get(CLOSE))
    assert Partial.objects.count() == 1
    for _ in range(2):
        work_trials()
    assert Partial.objects.count() == 2
    run = DryRun.objects.get()
    page = hers.get(CLOSE)
    assert page.context["report"].run == run
    assert RELOADS not in page.content.decode()
    assert (run.pk, run.made_by) == (Trial.objects.get().pk, olga)
    assert all_balances() == before
    acts = StaffAct.objects.filter(target="period:2026-11").order_by("pk")
    assert [(act.operator, act.act, act.reason) for act in acts] == [
        (olga, "trial_ordered", "Its close"),
        (olga, "close_tried", f"dry run {run.pk}"),
    ]


def test_the_same_order_twice_is_one_and_the_next_one_takes_its_place() -> None:
    make_month()
    operator, first, second = make_operator(), uuid4(), uuid4()
    for id_ in (first, first, second, second):
        order(operator, id_)
        work_trials()
    assert set(DryRun.objects.values_list("pk", flat=True)) == {first, second}
    assert StaffAct.objects.filter(act="trial_ordered").count() == 2
    assert Trial.objects.get().pk == second
    assert len(jobs()) == 1  # the one that waited took the next order, too


def test_a_job_that_was_given_up_says_so_and_does_not_disturb_the_next_order(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    month, operator = make_month(), make_operator()
    make_close()
    watch(month.dunes, 3)
    desk = sign_in(operator)
    first, second = uuid4(), uuid4()
    order(operator, first)
    lose_job()
    page = desk.get(CORRECTIONS)
    assert "A worker failed at it and gave it up" in page_text(page)
    assert RELOADS not in page.content.decode()

    with monkeypatch.context() as late:
        interrupt(late, lambda: str(order(operator, second)))
        actions.work_trial(name="2026-11", kind=TrialKind.CORRECTION, at=AFTER)
    trial = Trial.objects.get()
    assert (trial.pk, trial.finished_at, trial.lines.count()) == (second, None, 0)
    work_trials()
    trial.refresh_from_db()
    assert (trial.line_count, str(trial)) == (4, "2026-11: A correction")
    line = trial.lines.get(video=month.dunes, country="DE", day=NOON.date())
    assert (line.views_after - line.views_before, line.why) == (3, "3 arrived later")
    assert str(line) == f"{month.dunes.pk} 2026-11-02: {line.change_micros} USD"
    assert Trial(day_count=10, done_count=4, took_ms=80_001).left_minutes == 3


def test_what_happened_since_the_order_is_told_and_an_order_too_early_is_refused(
    sign_in: SignIn,
) -> None:
    make_month()
    operator = make_operator()
    desk, november = sign_in(operator), period(name="2026-11")
    with pytest.raises(PeriodNotOver):
        actions.order_trial(period=november, operator=operator, id=uuid4(), at=NOON)
    desk.post(CORRECTIONS, {"verdict": "look", "id": str(uuid4())})
    assert not Trial.objects.exists()
    assert not StaffAct.objects.filter(act="trial_ordered").exists()
    assert jobs() == []
    taken = order(operator)
    with pytest.raises(trying.TrialIdTaken):
        actions.order_trial(
            period=period(name="2026-10"), operator=operator, id=taken.pk, at=clock.now()
        )
    wanted = Wanted(uuid4(), operator, "2026-11", " ", seen="", at=clock.now())
    with pytest.raises(ProposalNeedsReason):
        actions.order_proposal(wanted=wanted)
    make_close()
    work_trials()
    assert "closed already" in Trial.objects.get().refusal
    assert not DryRun.objects.exists()
