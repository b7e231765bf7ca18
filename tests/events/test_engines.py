"""Which engine counts, and what it promises."""

from dataclasses import replace

import pyarrow as pa
import pytest
from django.test import override_settings

from takings.events.queries.engines import (
    DuckEngine,
    EngineMissing,
    UnknownEngine,
    chosen_engine,
)
from takings.events.queries.snapshots import EVERYTHING, plan_files
from takings.events.rules.rows import COLUMNS
from tests.make.events import make_segment, make_view
from tests.make.people import make_creator, make_user
from tests.make.videos import make_video

pytestmark = pytest.mark.usefixtures("lake")


def test_duckdb_counts_unless_another_is_chosen() -> None:
    assert isinstance(chosen_engine(), DuckEngine)
    with (
        override_settings(SETTLEMENT_ENGINE="abacus"),
        pytest.raises(UnknownEngine, match="abacus"),
    ):
        chosen_engine()


def test_spark_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyspark.errors", "takings.events.queries.engines.spark"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with override_settings(SETTLEMENT_ENGINE="spark"), pytest.raises(EngineMissing, match="spark"):
        chosen_engine()


def test_a_session_has_the_lakes_columns_and_names_of_its_own() -> None:
    video = make_video(make_creator()).pk
    watched = make_view(video, make_user().viewer_id, 6_000)
    make_segment(watched, [replace(watched[0], net_class="hosting")])
    with DuckEngine().open(plan_files(where=EVERYTHING)) as session:
        rows = session.answer("SELECT * FROM events ORDER BY id_hi, net_class")
        assert rows.column_names == COLUMNS.names
        session.add("ours", pa.table({"n": [1, 2, 3]}))
        session.keep("sums", "SELECT CAST(SUM(o.n) AS BIGINT) AS n FROM ours o")
        session.keep("sums", "SELECT s.n + 1 AS n FROM (SELECT 6 AS n) s")
        assert session.answer("SELECT s.n AS n FROM sums s").to_pylist() == [{"n": 7}]
