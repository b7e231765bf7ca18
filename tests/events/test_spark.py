"""Apache Spark counts what DuckDB counts. One Java machine for all of it: starting it is dear."""

import datetime as dt
import os
import random
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.test import override_settings

from takings.events import queries
from tests.events.test_counting import MIDNIGHT, count, make_posts, random_rows
from tests.make.events import make_segment

EDGE = MIDNIGHT + dt.timedelta(hours=31, milliseconds=1)
MISSING = find_spec("pyspark") is None or shutil.which("java") is None
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        MISSING and not os.environ.get("WANT_SPARK"), reason="Spark or Java is missing"
    ),
]


def test_spark_counts_what_duckdb_counts_to_the_last_view(lake: Path) -> None:
    dice = random.Random(3)  # noqa: S311 - dice of a test
    posts = make_posts()
    spark = override_settings(SETTLEMENT_ENGINE="spark", SPARK_MASTER="local[2]")
    with spark:
        assert count(MIDNIGHT, EDGE).rows == ()
    make_segment(random_rows(dice, posts, 2_000))
    embedded = count(MIDNIGHT, EDGE)
    with spark:
        assert count(MIDNIGHT, EDGE) == embedded
    for path in lake.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:200])
    with spark, pytest.raises(queries.LakeFileBroken, match="parquet"):
        count(MIDNIGHT, EDGE)
