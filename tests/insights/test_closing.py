"""Closing from the command line: every line is explained at once, and nobody is in a hurry."""

import pytest
from django.test import override_settings

from config.commands import closing
from takings.core import clock
from takings.insights.models import Tally
from takings.insights.queries import trace_text
from takings.settlement.models import Period, ShareLine
from tests.make.insights import AFTER, make_month

pytestmark = pytest.mark.usefixtures("lake")


def test_a_line_leads_to_its_views_as_soon_as_the_command_line_closed_the_period(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    month = make_month()
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    closing.close("2026-11", early=False)
    line = ShareLine.objects.filter(video=month.dunes, country="FR").get()
    assert "Of 2 showings on 2 November 2026, 2 were engaged views" in trace_text(id=str(line.pk))
    closing.close("2026-11", early=False)
    assert Tally.objects.count() == 1


def test_real_peoples_periods_are_not_closed_early() -> None:
    with (
        override_settings(DEMO=False),
        pytest.raises(closing.NotYet, match="2026-11 is closed when it is over"),
    ):
        closing.close("2026-11", early=True)
    assert not Period.objects.exists()
