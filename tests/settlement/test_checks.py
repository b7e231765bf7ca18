"""What settlement adds to check-books finds each kind of damage, and names the row."""

from collections.abc import Callable

import pytest
from django.db import connection

from takings.ledger.queries import check_books
from takings.settlement.actions import close_period, release_earnings
from takings.settlement.models import PoolResult, Release, ShareLine, Statement
from tests.make.ledger import make_posted, move
from tests.make.settlement import (
    DECEMBER,
    WINDOW,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db

TABLES = ("poolresult", "shareline", "statement", "release", "closestage", "period")


@pytest.fixture(autouse=True)
def ada() -> Act:
    """Ada, whose November is closed, stated and released."""
    act = make_act("Ada", tracks=[make_track(holder="north")])
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    release_earnings(at=DECEMBER + WINDOW)
    assert check_books() == []
    return act


def _break(statement: str) -> None:
    """Change rows around the laws, as only the owner of the tables can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE settlement_{table} DISABLE TRIGGER USER")
        cursor.execute(statement)


def _found() -> set[tuple[str, str, str]]:
    return {(finding.invariant, finding.row, finding.sentence) for finding in check_books()}


def test_a_closed_period_with_money_in_its_pool_is_found() -> None:
    make_posted(move("bank", "pool:feed_ads:DE:2026-11", "1"))
    assert _found() == {
        (
            "pools of closed periods are empty, and every pool has a period",
            "period:2026-11",
            "the period is closed and a pool of it still holds money",
        )
    }


SHARES = "the shares of a pool sum to it and are what its entry paid"
STATED = "all that creators earned in a closed period is on statements"
SAID = "every statement is the sum of its lines and matches its digest"
RELEASED = "a release moves exactly its statement"


def _row(model: type[PoolResult | ShareLine | Statement | Release]) -> int:
    return int(model.objects.values_list("pk", flat=True).get())


@pytest.mark.parametrize(
    ("damage", "findings"),
    [
        (
            "UPDATE settlement_shareline SET amount_micros = amount_micros + 1",
            lambda: {
                (SHARES, f"pool_result:{_row(PoolResult)}", "its lines sum to 100000001 of"),
                (SHARES, f"pool_result:{_row(PoolResult)}", "does not pay what the lines say"),
                (SAID, f"statement:{_row(Statement)}", "says 22500000 and its lines 22500001"),
                (STATED, "period:2026-11", "earned 22500001, statements say 22500000"),
            },
        ),
        (
            "UPDATE settlement_statement SET amount_micros = 0",
            lambda: {
                (SAID, f"statement:{_row(Statement)}", "says 0 and its lines 22500000"),
                (STATED, "period:2026-11", "earned 22500000, statements say 0"),
                (RELEASED, f"release:{_row(Release)}", "its statement says {}"),
            },
        ),
        (
            "UPDATE settlement_shareline SET day = '2026-11-02'",
            lambda: {(SAID, f"statement:{_row(Statement)}", "does not match its digest")},
        ),
        (
            "UPDATE settlement_release SET entry_id = NULL",
            lambda: {(RELEASED, f"release:{_row(Release)}", "it moved {}")},
        ),
        (
            "DELETE FROM settlement_closestage WHERE stage = 'statements'",
            lambda: {(STATED, "period:2026-11", "it closed without statements")},
        ),
    ],
)
def test_damage_is_found_and_named(
    damage: str, findings: Callable[[], set[tuple[str, str, str]]]
) -> None:
    _break(damage)
    found, expected = _found(), findings()
    assert len(found) == len(expected)
    for invariant, row, words in expected:
        assert any(f[:2] == (invariant, row) and words in f[2] for f in found), (row, words)


def test_a_pool_that_is_not_posted_yet_is_no_finding() -> None:
    _break("DELETE FROM settlement_closestage WHERE stage IN ('posted', 'statements', 'closed')")
    _break("UPDATE settlement_period SET status = 'closing', closed_at = NULL")
    assert _found() == set()
