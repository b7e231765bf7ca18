"""Corrections at the desk: looked for, proposed, approved, posted; and what creators read."""

import datetime as dt
import itertools
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.insights import jobs
from takings.insights.models import IssuedStatement, Tally
from takings.insights.rules.issued import read_issued
from takings.ledger.queries import check_books
from takings.people.models import User
from takings.settlement.models import Correction, StatementRevision
from tests.make.insights import AFTER, DAY, make_close, make_month, watch
from tests.make.pages import page_text
from tests.make.people import make_operator
from tests.make.settlement import make_split
from tests.make.trials import make_trial, work_trials

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")
PAGE = "/desk/periods/2026-11/corrections/"


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock go on by a second at each look, from the fifth of December."""
    seconds = itertools.count()
    begin = AFTER + 4 * DAY
    monkeypatch.setattr(clock, "now", lambda: begin + next(seconds) * dt.timedelta(seconds=1))


def _initial(client: Client, form: str) -> dict[str, object]:
    initial: dict[str, object] = client.get(PAGE).context[form].initial
    return initial


def test_a_worker_proposes_what_was_seen_and_one_correction_at_a_time(sign_in: SignIn) -> None:
    month = make_month()
    make_close()
    watch(month.dunes, 3)
    hers, his = sign_in(make_operator("Olga")), sign_in(make_operator("Pavel"))
    make_trial(hers, PAGE, verdict="look")
    wanted = _initial(hers, "propose") | {"verdict": "propose", "reason": "Late."}
    hers.post(PAGE, wanted | {"seen": "another"})
    work_trials()
    assert "The numbers changed since they were worked out" in page_text(hers.get(PAGE))
    assert "is of something else" in page_text(hers.post(PAGE, wanted))
    wanted |= {"id": str(uuid4())}
    for _ in range(2):
        hers.post(PAGE, wanted)
    assert "Olga ordered it" in page_text(his.get(PAGE))
    other = his.post(PAGE, wanted | {"id": str(uuid4())})
    assert "Another correction of 2026-11 is under way" in page_text(other)
    for _ in range(2):
        work_trials()
    assert "It waits for a second person" in page_text(his.get(PAGE))


def test_two_operators_correct_a_closed_month_and_its_creators_read_why(sign_in: SignIn) -> None:
    month = make_month()
    make_split(month.ada, month.ben, month.dunes)
    hers, his = sign_in(make_operator("Olga")), sign_in(make_operator("Pavel"))
    assert "November 2026 is not closed yet" in page_text(hers.get(PAGE))
    make_close()
    page = page_text(make_trial(hers, PAGE, verdict="look"))
    assert "comes to what it says already" in page
    watch(month.dunes, 3)
    assert "3 arrived later" in page_text(make_trial(hers, PAGE, verdict="look"))
    wanted = _initial(hers, "propose") | {"verdict": "propose", "reason": "Late."}
    hers.post(PAGE, wanted)
    work_trials()
    assert "You proposed this" in page_text(hers.get(PAGE))
    assert "A correction of it waits" in page_text(his.get("/desk/periods/"))
    answer = _initial(his, "answer") | {"answer": "Too few."}
    his.post(PAGE, answer | {"verdict": "decline"})
    hers.post(PAGE, wanted | {"id": str(uuid4())})
    work_trials()
    answer = _initial(his, "answer") | {"answer": "Right.", "verdict": "approve"}
    assert "Approved. The correction is being posted." in page_text(
        his.post(PAGE, answer, follow=True)
    )
    job = ProcrastinateJob.objects.get(task_name="insights.post_correction")
    for _ in range(2):
        app.tasks["insights.post_correction"](**job.args)
    jobs.issue_statements(timestamp=0)
    assert "Correction 1, posted" in page_text(his.get(PAGE))
    assert "Corrected 1 time" in page_text(his.get("/desk/periods/2026-11/"))
    assert StatementRevision.objects.count() == 2
    done = Correction.objects.get(is_approved=True)
    assert Tally.objects.get().snapshot_id == done.snapshot_id
    assert check_books() == []

    studio = sign_in(month.ada.user)
    page = page_text(studio.get("/studio/statements/2026-11/"))
    assert "Late." in page
    assert "3 arrived later" in page
    first = IssuedStatement.objects.get(statement__creator=month.ada, revision=None)
    second = IssuedStatement.objects.get(statement__creator=month.ada, revision__number=2)
    said = read_issued(second.content)
    assert (said.revision, said.replaces, said.because) == (2, first.number, "Late.")
    assert read_issued(first.content).revision == 1
    assert '"revision"' not in first.content
    for parts in (said.countries, said.videos, said.days):
        assert sum(part.micros for part in parts) == said.earned
    assert sum(one.micros for one in said.shared) == said.micros - said.earned
    visitor = Client()
    for number, form in ((1, "pdf"), (2, "pdf"), (2, "csv"), (2, "json")):
        name = f"revision-{number}.{form}"
        file = studio.get(f"/studio/statements/2026-11/USD/{name}")
        assert file.status_code == 200
        sent = visitor.post(reverse("insights:verify"), {"file": ContentFile(file.content, name)})
        assert "Valid." in page_text(sent)
    for issued in (first, second):
        asked = {"number": issued.number, "sha256": issued.digest}
        assert "Valid." in page_text(visitor.get(reverse("insights:verify"), asked))
    assert studio.get("/studio/statements/2026-11/USD/revision-3.pdf").status_code == 404
