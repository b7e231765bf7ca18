"""Closing from the command line: every line is explained at once, and nobody is in a hurry."""

from functools import partial
from uuid import uuid4

import pytest
from django.test import override_settings

from config.commands import closing
from takings.core import clock
from takings.core.progress import silent
from takings.events.models import Partial
from takings.events.rules.days import DaysCounted
from takings.insights import actions
from takings.insights.models import Tally
from takings.insights.queries import trace_text
from takings.people.models import StaffAct
from takings.settlement import actions as settlement
from takings.settlement import queries
from takings.settlement.actions import Asked
from takings.settlement.models import Period, ShareLine, Status
from takings.settlement.rules import PeriodNotOver
from tests.make.insights import AFTER, DAY, make_month
from tests.make.people import NOON, make_operator
from tests.make.settlement import counted, counting, make_act, make_pool

pytestmark = pytest.mark.usefixtures("lake")


def test_a_line_leads_to_its_views_as_soon_as_the_command_line_closed_the_period(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    month = make_month()
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    closing.close("2026-11", early=False)
    line = ShareLine.objects.filter(video=month.dunes, country="FR").get()
    assert "Of 2 showings on 2 November 2026, 2 were engaged views" in trace_text(id=str(line.pk))
    assert "Counted: 2 of 2 days, 88 events, " in capsys.readouterr().err
    closing.close("2026-11", early=False)
    assert Tally.objects.count() == 1
    act = StaffAct.objects.get(target="period:2026-11")
    assert (act.operator, act.act, act.reason) == (None, "period_closed", "takings close")
    again = capsys.readouterr()
    assert "2026-11 was closed before; its numbers stay what they are." in again.out
    assert "Counted:" not in again.err


def test_a_close_that_is_stopped_while_it_counts_keeps_the_days_it_counted() -> None:
    make_month()
    told: list[DaysCounted] = []

    def stop_after_a_day(now: DaysCounted) -> None:
        if now.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.close_period(
            name="2026-11", at=AFTER, count=partial(settlement.count_lake, tell=stop_after_a_day)
        )
    kept = Partial.objects.get()
    assert Period.objects.get().status == Status.CLOSING
    actions.close_period(
        name="2026-11", at=AFTER, count=partial(settlement.count_lake, tell=told.append)
    )
    assert [(now.done, now.day_count) for now in told] == [(0, 1), (1, 1)]
    assert Partial.objects.earliest("pk") == kept
    assert Period.objects.get().status == Status.CLOSED


def test_real_peoples_periods_are_not_closed_early() -> None:
    with (
        override_settings(DEMO=False),
        pytest.raises(closing.NotYet, match="2026-11 is closed when it is over"),
    ):
        closing.close("2026-11", early=True)
    assert not Period.objects.exists()


def test_nobody_closes_what_is_not_over_and_nothing_is_written_down() -> None:
    november = queries.period(name="2026-11")
    with pytest.raises(PeriodNotOver):
        actions.close_on_the_machine(name="2026-11", at=NOON, early=False, progress=silent)
    with pytest.raises(PeriodNotOver):
        actions.order_close(
            period=november, operator=make_operator(), reason="Now.", at=november.starts_at - DAY
        )
    assert not Period.objects.exists()
    assert not StaffAct.objects.exists()


def test_an_approved_close_stops_and_says_why_when_its_numbers_changed() -> None:
    olga, pavel = make_operator("Olga"), make_operator("Pavel")
    lake = counting(counted(make_act("Ada"), 5))
    make_pool("100")
    run = settlement.dry_run(name="2026-11", asked=Asked(uuid4(), olga, AFTER), count=lake)
    found = settlement.propose_close(operator=olga, run=run, reason="Over.", id=uuid4(), at=AFTER)
    assert actions.close_approved(proposal=found, at=AFTER) is None
    found = settlement.approve_close(
        proposal=found, operator=pavel, answer="Yes.", at=AFTER, count=lake
    )
    make_pool("1")
    for _ in range(2):
        assert actions.close_approved(proposal=found, at=AFTER) is None
    found.refresh_from_db()
    assert "the pools hold other amounts" in found.stopped
    assert Period.objects.get().status == Status.OPEN
