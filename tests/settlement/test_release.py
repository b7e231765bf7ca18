"""The hold window: what was earned becomes payable when it ends, once."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.core import clock
from takings.ledger.actions import reverse
from takings.ledger.queries import check_books, entry
from takings.settlement import jobs, queries
from takings.settlement.actions import close_period, release_earnings
from takings.settlement.models import Estimate, Release
from takings.settlement.rules import PoolKey
from tests.make.ledger import all_balances, dollars, usd
from tests.make.settlement import DECEMBER, WINDOW, Act, counted, counting, make_act, make_pool

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Act:
    """Ada, who earned 45 dollars in November."""
    act = make_act("Ada")
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    return act


def _accounts(act: Act) -> tuple[object, object]:
    owner = f"creator:{act.creator.pk}"
    return dollars(f"{owner}:pending"), dollars(f"{owner}:payable")


def test_earnings_are_held_to_the_last_instant_of_the_window(ada: Act) -> None:
    released = release_earnings(at=DECEMBER + WINDOW - dt.timedelta.resolution)
    assert (released.released_count, released.waiting) == (0, ())
    assert _accounts(ada) == (usd(45), usd(0))
    assert queries.payable_from(period=queries.period(name="2026-11")) == DECEMBER + WINDOW
    assert queries.payable_from(period=queries.period(name="2026-12")) is None


def test_then_they_become_payable_and_again_changes_nothing(ada: Act) -> None:
    for released in (1, 0, 0):
        assert release_earnings(at=DECEMBER + WINDOW).released_count == released
        assert _accounts(ada) == (usd(0), usd(45))
    release = Release.objects.get()
    assert str(release).startswith("release of ")
    assert entry(id=release.entry_id).kind == "earnings_released"  # type: ignore[arg-type]
    assert check_books() == []


def test_a_statement_of_nothing_is_released_without_an_entry() -> None:
    act = make_act("Ada")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    assert release_earnings(at=DECEMBER + WINDOW).released_count == 1
    assert Release.objects.get().entry_id is None
    assert check_books() == []


@pytest.mark.usefixtures("ada")
def test_money_taken_back_meanwhile_is_not_released_in_part() -> None:
    reverse(
        entry_id=PoolKey("2026-11", "DE", "USD").entry_id,
        id=uuid4(),
        at=DECEMBER,
        memo="Invalid traffic",
    )
    before = all_balances()
    released = release_earnings(at=DECEMBER + WINDOW)
    assert released.released_count == 0
    assert len(released.waiting) == 1
    assert all_balances() == before
    assert not Release.objects.exists()


def test_the_jobs_do_it_by_the_clock(
    ada: Act, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clock, "now", lambda: DECEMBER + WINDOW)
    jobs.release_earnings(timestamp=0)
    assert _accounts(ada) == (usd(0), usd(45))
    assert not caplog.records
    jobs.refresh_estimates(timestamp=0)
    assert Estimate.objects.get().period.name == "2026-12"


@pytest.mark.usefixtures("ada")
def test_a_job_warns_of_statements_that_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clock, "now", lambda: DECEMBER + WINDOW)
    pool = PoolKey("2026-11", "DE", "USD")
    reverse(entry_id=pool.entry_id, id=uuid4(), at=DECEMBER, memo="")
    jobs.release_earnings(timestamp=0)
    assert "their money was taken back" in caplog.text
