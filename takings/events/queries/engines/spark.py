"""Apache Spark, for a lake that one machine cannot count. Importing this needs ``takings[spark]``.

The Java machine starts with the first session and ends with this process.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
from django.conf import settings
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import DataType, DateType, LongType, StringType, StructField, StructType

from takings.events.queries.checking import check_bytes, check_files
from takings.events.queries.engines.port import Session
from takings.events.queries.snapshots import Files
from takings.events.rules.rows import COLUMNS

KINDS: dict[pa.DataType, DataType] = {
    pa.date32(): DateType(),
    pa.int64(): LongType(),
    pa.string(): StringType(),
}
SCHEMA = StructType([StructField(column.name, KINDS[column.type]) for column in COLUMNS])
LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
}
"""For a master inside this machine: open to nobody else, and not 200 shuffles for two cores."""
UNREADABLE = re.compile(r"\[(FAILED_READ_FILE|PATH_NOT_FOUND|CANNOT_READ_FILE_FOOTER)")


class _SparkSession:
    """Names of its own in the one Spark application of this process."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._kept: list[DataFrame] = []

    def add(self, name: str, table: pa.Table) -> None:
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def keep(self, name: str, query: str) -> None:
        rows = self._session.sql(query).persist()
        rows.createOrReplaceTempView(name)
        self._kept.append(rows)

    def answer(self, query: str) -> pa.Table:
        return self._session.sql(query).toArrow()

    def forget(self) -> None:
        for rows in self._kept:
            rows.unpersist()


class SparkEngine:
    """The engine of ``TAKINGS_SPARK_MASTER``: threads of this machine, or a cluster."""

    @contextmanager
    def open(self, files: Files) -> Iterator[Session]:
        """Open a session; every worker of the cluster must reach the lake's files.

        Looks at the files first; refuses LakeFileBroken.
        """
        check_files(files.planned)
        spark = _application().newSession()
        session = _SparkSession(spark)
        try:
            if files.paths:
                listed = spark.read.schema(SCHEMA).parquet(*files.paths)
            else:
                listed = spark.createDataFrame([], SCHEMA)
            listed.createOrReplaceTempView("events")
            yield session
        except (PySparkException, Py4JError) as error:
            if UNREADABLE.search(str(error)):
                check_bytes(files.planned)
            raise
        finally:
            session.forget()


def _application() -> SparkSession:
    master = settings.SPARK_MASTER
    building = SparkSession.builder.appName("takings").master(master)
    switches = {
        "spark.driver.memory": settings.ENGINE_MEMORY.removesuffix("B").lower(),
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **(LOCAL if master.startswith("local") else {}),
    }
    return building.config(map=switches).getOrCreate()
