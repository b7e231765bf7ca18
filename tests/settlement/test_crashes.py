"""A close that dies anywhere is finished by running it again, and pays once."""

import datetime as dt
import os
import signal
import subprocess
import sys
from uuid import uuid4

import pytest
from django.db import connection

from takings.ledger.queries import check_books
from takings.money import Money
from takings.settlement import queries
from takings.settlement.actions import (
    CountViews,
    Wanted,
    approve_correction,
    close_period,
    find_changes,
    propose_correction,
)
from takings.settlement.models import (
    CloseStage,
    Period,
    ShareLine,
    Stage,
    Statement,
    StatementRevision,
    Status,
)
from tests.make.ledger import all_balances, dollars, usd
from tests.make.people import make_operator
from tests.make.settlement import DECEMBER, Act, counted, counting, make_act, make_pool
from tests.make.videos import make_track

STEPS = [*Stage.values, "posted DE", "posted FR"]


class Crash(Exception):  # noqa: N818 - it stands for a power cut
    """The power goes."""


def _world() -> tuple[list[Act], CountViews]:
    north = make_track(holder="north")
    acts = [make_act("Ada", tracks=[north]), make_act("Ben"), make_act("Out", shares=False)]
    make_pool("100", country="DE")
    make_pool("33.333333", country="FR")
    rows = [
        counted(act, 7 + n, country=country)
        for n, act in enumerate(acts)
        for country in ("DE", "FR")
    ]
    return acts, counting(*rows)


def _picture() -> tuple[object, ...]:
    """Everything a close decides, apart from when and under which row numbers."""
    stages = CloseStage.objects.order_by("id").values_list("stage", "input_digest", "output_digest")
    lines = ShareLine.objects.order_by("country", "video_id", "day")
    statements = Statement.objects.order_by("creator_id")
    return (
        all_balances(),
        list(stages),
        list(lines.values_list("country", "creator_id", "day", "views", "amount_micros")),
        list(statements.values_list("creator_id", "amount_micros", "views", "digest")),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("fatal", [Stage.COUNTED, "posted FR", Stage.STATEMENTS])
def test_a_crash_before_any_step_is_finished_by_closing_again(fatal: str) -> None:
    _, lake = _world()

    def die(step: str, _done: int, _total: int) -> None:
        if step == fatal:
            raise Crash

    with pytest.raises(Crash):
        close_period(name="2026-11", at=DECEMBER, progress=die, count=lake)
    later = DECEMBER + dt.timedelta(hours=1)
    period = close_period(name="2026-11", at=later, count=lake)
    picture = _picture()
    assert period.status == Status.CLOSED
    paid = [micros for (name, _), micros in all_balances().items() if name.startswith("pool:")]
    assert paid == []
    assert sum(s.amount_micros for s in Statement.objects.all()) == sum(
        micros for (name, _), micros in all_balances().items() if name.endswith(":pending")
    )
    assert check_books() == []
    close_period(name="2026-11", at=later, count=lake)
    assert _picture() == picture


@pytest.mark.django_db
def test_dying_at_every_step_in_turn_gives_what_an_undisturbed_close_gives() -> None:
    acts, lake = _world()
    told: list[str] = []

    def die_once_at_each(step: str, _done: int, _total: int) -> None:
        if step not in told:
            told.append(step)
            raise Crash

    for _ in STEPS:
        with pytest.raises(Crash):
            close_period(name="2026-11", at=DECEMBER, progress=die_once_at_each, count=lake)
    close_period(name="2026-11", at=DECEMBER, progress=die_once_at_each, count=lake)
    assert sorted(told) == sorted(STEPS)
    ada, ben = (dollars(f"creator:{act.creator.pk}:pending") for act in acts[:2])
    # DE: 24 views, 15 of them sharing (7 with a track), 100 dollars; FR the same with 33.333333.
    pool = usd("133.333333").micros * 23 // 48  # (7 / 2 + 8) of 24
    assert abs(ada.micros - pool * 7 * 45 // 1500) < 3
    assert abs(ben.micros - pool * 8 * 45 // 1500) < 3
    assert check_books() == []


@pytest.mark.django_db
def test_a_lake_that_cannot_answer_leaves_the_close_where_it_was() -> None:
    acts, lake = _world()

    def broken(**_: object) -> None:
        raise Crash

    with pytest.raises(Crash):
        close_period(name="2026-11", at=DECEMBER, count=broken)  # type: ignore[arg-type]
    period = queries.period(name="2026-11")
    assert period.status == Status.CLOSING
    assert [stage.stage for stage in queries.close_stages(period=period)] == [Stage.FROZEN]
    close_period(name="2026-11", at=DECEMBER, count=lake)
    assert dollars(f"creator:{acts[0].creator.pk}:pending") > Money.zero("USD")


DIE_AND_GO_ON = """
import datetime as dt, os, signal, sys
import django
django.setup()
from django.db import connection
from takings.events.queries import Counts, DailyCount
from takings.events.rules.views import digest_counts
from takings.settlement.actions import close_period, post_correction
from takings.settlement.models import Correction
from takings.videos.models import Video

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def lake(*, starts_at, ends_at, policy):
    videos = Video.objects.order_by("creator_id").values_list("id", flat=True)
    rows = tuple(
        DailyCount(dt.date(2026, 11, 1), country, video, "qualified", 7 + n, 6000)
        for n, video in enumerate(videos) for country in ("DE", "FR")
    )
    return Counts(7, digest_counts(rows), rows)

def close(progress):
    close_period(name="2026-11", at=AT, progress=progress, count=lake)

def correct(progress):
    post_correction(correction=Correction.objects.get(), at=AT, progress=progress)

def at_step(fatal):
    def progress(step, done, total):
        if step == fatal:
            die()
    return progress

def after_statements(most):
    left = [most]
    def count(execute, sql, params, many, context):
        left[0] -= 1
        if left[0] < 0:
            die()
        return execute(sql, params, many, context)
    return count

def in_child(work, step, most):
    child = os.fork()  # one start of Python for all deaths
    if child == 0:
        with connection.execute_wrapper(after_statements(most)):
            work(at_step(step))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)

work = {"close": close, "correct": correct}[sys.argv[1]]
steps = sys.argv[2:]
ends = []
for step in steps:
    ends.append(in_child(work, step, 10**9))
most = 1
while not ends or ends[-1] == signal.SIGKILL:
    ends.append(in_child(work, "", most))
    most += 11
print(*ends)
"""


@pytest.fixture
def environment(transactional_db: None) -> dict[str, str]:
    """Tell a child process which database the test uses."""
    del transactional_db
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    address, _, query = url.partition("?")
    return os.environ | {"DATABASE_URL": f"{address.rpartition('/')[0]}/{name}?{query}"}


def _deaths(work: str, *steps: str, environment: dict[str, str]) -> list[int]:
    """Let processes die at each step, then after ever more statements, until one ends."""
    done = subprocess.run(
        [sys.executable, "-c", DIE_AND_GO_ON, work, *steps],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *deaths, last = map(int, done.stdout.split())
    assert last == 0, done.stderr
    return deaths


@pytest.mark.processes
def test_kill_9_at_every_step_and_between_statements_closes_and_corrects_once(
    environment: dict[str, str],
) -> None:
    acts, _ = _world()
    steps = (*Stage.values[:4], "posted DE")  # then after statements: between and inside the rest
    deaths = _deaths("close", *steps, environment=environment)
    assert set(deaths) == {signal.SIGKILL}
    assert len(deaths) >= len(steps) + 2
    period = Period.objects.get()
    assert period.status == Status.CLOSED
    earned = {act.creator.pk: dollars(f"creator:{act.creator.pk}:pending") for act in acts}
    stated = {s.creator_id: Money(s.amount_micros, "USD") for s in Statement.objects.all()}
    assert {key: money for key, money in earned.items() if money} == stated
    assert check_books() == []

    lake = counting(counted(acts[0], 9), counted(acts[1], 3), counted(acts[0], 7, country="FR"))
    seen = find_changes(name="2026-11", count=lake).worked.lines_digest
    wanted = Wanted(uuid4(), make_operator(), "2026-11", "A farm.", seen, DECEMBER)
    found = propose_correction(wanted=wanted, count=lake)
    approve_correction(correction=found, operator=make_operator(), answer="Yes.", at=DECEMBER)
    deaths = _deaths("correct", environment=environment)
    assert set(deaths) == {signal.SIGKILL}
    assert len(deaths) >= 3
    revised = {
        one.statement.creator_id: Money(one.amount_micros, "USD")
        for one in StatementRevision.objects.select_related("statement")
    }
    assert revised == {
        act.creator.pk: dollars(f"creator:{act.creator.pk}:pending") for act in acts[:2]
    }
    assert check_books() == []
