"""Apache Spark counts what DuckDB counts. One Java machine for all of it: starting it is dear."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.test import override_settings

from takings.events import queries
from tests.events import month
from tests.events.view_table import check_table, make_rows

MISSING = find_spec("pyspark") is None or shutil.which("java") is None
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        MISSING and not os.environ.get("WANT_SPARK"), reason="Spark or Java is missing"
    ),
]


@pytest.fixture(autouse=True)
def _quick_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Java compile little: it runs for a minute, and the compiler takes most of that."""
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")


@pytest.mark.no_cover
def test_spark_counts_what_duckdb_counts_to_the_last_view(lake: Path) -> None:
    """A hundred thousand events with every outcome; the views of the platforms; a broken file."""
    spark = override_settings(SETTLEMENT_ENGINE="spark", SPARK_MASTER="local[2]")
    with spark:
        assert month.count_lake().rows == ()
    month.make_lake()
    embedded = month.count_lake()
    with spark:
        assert month.count_lake() == embedded
    assert {row.outcome for row in embedded.rows} == set(queries.Outcome)
    videos = make_rows()
    with spark:
        check_table(videos)
    for path in lake.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:200])
    with spark, pytest.raises(queries.LakeFileBroken, match="parquet"):
        month.count_lake()
