"""The database refuses too: final rows never change, periods never overlap."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections, transaction

from takings.settlement import queries
from takings.settlement.actions import close_period, refresh_estimates
from takings.settlement.models import EstimateLine, Period, Status
from tests.make.ledger import dollars, usd
from tests.make.people import NOON
from tests.make.settlement import DECEMBER, counted, counting, make_act, make_pool
from tests.make.videos import make_track

FINAL = ["closestage", "countline", "poolresult", "shareline", "rightsline", "statement", "release"]


@pytest.fixture
def _closed(db: None) -> None:
    del db
    act = make_act("Ada", tracks=[make_track(holder="north")])
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _refused(because: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=because),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.usefixtures("_closed")
def test_final_rows_refuse_update_delete_and_truncate() -> None:
    for table in FINAL:
        _refused("never change", f"UPDATE settlement_{table} SET id = id")  # noqa: S608 - our names
        _refused("never change", f"DELETE FROM settlement_{table}")  # noqa: S608 - our names
        _refused("never change", f"TRUNCATE settlement_{table} CASCADE")


@pytest.mark.usefixtures("_closed")
def test_a_closed_period_never_changes() -> None:
    _refused("never changes", "UPDATE settlement_period SET status = 'open', closed_at = NULL")
    _refused("never changes", "DELETE FROM settlement_period")


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["ends_at = now()", "policy_version = 'x'", "status = 'open'"])
def test_a_frozen_period_keeps_its_end_and_its_policy(change: str) -> None:
    tile = queries.period(name="2026-11")
    tile.status = Status.CLOSING
    tile.save()
    _refused("is being closed", f"UPDATE settlement_period SET {change}")  # noqa: S608 - our names


@pytest.mark.django_db
def test_periods_never_overlap_and_keep_their_name_and_beginning() -> None:
    queries.period(name="2026-11").save()
    _refused("is being closed", "UPDATE settlement_period SET name = '2026-10'")
    _refused("is being closed", "UPDATE settlement_period SET starts_at = now() - interval '9 y'")
    with pytest.raises(DatabaseError, match="periods_never_overlap"), transaction.atomic():
        Period.objects.create(
            name="2026-11.2", starts_at=NOON, ends_at=DECEMBER, policy_version="house@2026-01-01"
        )


@pytest.mark.django_db
def test_estimates_are_no_facts_and_may_go() -> None:
    act = make_act("Ada")
    refresh_estimates(at=NOON, count=counting(counted(act, 5)))
    EstimateLine.objects.update(views=6)
    EstimateLine.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_close_waits_for_a_charge_under_way_and_shares_it_too() -> None:
    act = make_act("Ada")
    make_pool("100")
    assert queries.open_period(at=NOON).name == "2026-11"

    def close() -> None:
        try:
            close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            period = queries.open_period(at=NOON)
            closing = pool.submit(close)
            while not _someone_waits() and not closing.done():
                pass
            make_pool("10", period=period.name)
        closing.result(timeout=30)
    assert dollars(f"creator:{act.creator.pk}:pending") == usd("49.5")
    assert queries.open_period(at=NOON).name == "2026-12"


def _someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        return bool(cursor.fetchone()[0])
