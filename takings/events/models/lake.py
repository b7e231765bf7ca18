"""The lake's one table: its schema, its partitions, and the catalog in the same PostgreSQL."""

import datetime as dt
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import connection
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.conversions import from_bytes
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DateType, LongType, NestedField, StringType
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from takings.events.models.files import TABLE_FOLDER, present_path
from takings.events.models.stores import is_bucket, store
from takings.events.rules.evolution import check_columns
from takings.events.rules.rows import COLUMNS

TABLE = ("takings", "events")
SEGMENTS_PROPERTY = "takings.segments"
"""Where a snapshot's summary lists the segments it added, as JSON."""

OPERATION_PROPERTY = "takings.operation"
"""Where it says what made the snapshot, if not appending: an :class:`Operation`."""

KINDS = {pa.date32(): DateType(), pa.int64(): LongType(), pa.string(): StringType()}


def _field(number: int, column: pa.Field) -> NestedField:
    return NestedField(number, column.name, KINDS[column.type], required=not column.nullable)


SCHEMA = Schema(*(_field(number, name) for number, name in enumerate(COLUMNS, start=1)))
BY_DAY = PartitionSpec(PartitionField(1, 1000, IdentityTransform(), "day"))
NAMELESS = ("viewer_hi", "viewer_lo", "network")
"""Columns whose smallest and largest values stay out of the lists of files: they are people."""
PROPERTIES = {
    "write.parquet.compression-codec": "zstd",
    "commit.retry.num-retries": "0",  # the next shipping looks first whether it came through
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "30",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "10",
    **{f"write.metadata.metrics.column.{name}": "none" for name in NAMELESS},
}


def catalog() -> SqlCatalog:
    """Return the catalog: tables ``lake.iceberg_*`` of Django's present database."""
    made = connection.settings_dict
    options = {key: str(value) for key, value in made.get("OPTIONS", {}).items() if key != "pool"}
    socket = str(made["HOST"]).startswith("/")
    url = URL.create(
        "postgresql+psycopg",
        username=made["USER"] or None,
        password=made["PASSWORD"] or None,
        host=None if socket else made["HOST"] or None,
        port=int(made["PORT"]) if made["PORT"] else None,
        database=made["NAME"],
        query=options | ({"host": made["HOST"]} if socket else {}),
    )
    return _catalog(url, warehouse())


def warehouse() -> str:
    """Return the address of the folder or bucket that holds the lake's files now."""
    if is_bucket():
        return str(settings.LAKE_URL).rstrip("/")
    return Path(settings.LAKE_HOME).absolute().as_uri()


@cache
def _catalog(url: URL, warehouse: str) -> SqlCatalog:
    inside = url.update_query_dict({"options": "-csearch_path=lake"})
    made = SqlCatalog(
        "takings",
        **{
            "uri": inside.render_as_string(hide_password=False),
            "warehouse": warehouse,
            "py-io-impl": "takings.events.models.files.SyncedFiles",
            "init_catalog_tables": "false",  # a migration made them; we may not make tables
        },
    )
    made.engine.dispose()
    made.engine = create_engine(inside, poolclass=NullPool)  # nothing idles between two shippings
    return made


def find_table() -> Table | None:
    """Return the table as it is now, or None when nothing was ever written."""
    try:
        return open_table()
    except NoSuchTableError:
        return None


def open_table() -> Table:
    """Return the table as it is now; ``NoSuchTableError`` when nothing was ever written.

    Refuses ``LakeNewer`` and ``LakeChanged``: columns that this release cannot read.
    """
    table = catalog().load_table(TABLE)
    check_columns(found=_kinds(table.schema()), expected=_kinds(SCHEMA))
    return table


def _kinds(schema: Schema) -> dict[str, str]:
    return {field.name: str(field.field_type) for field in schema.fields}


def day_of(file: DataFile) -> dt.date:
    """Return the UTC day whose events this file holds: Iceberg counts days since 1970."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=file.partition[0])


def bounds_of(file: DataFile, column: str, *, table: Table) -> tuple[int, int]:
    """Return the smallest and the largest value of a column of whole numbers in this file."""
    number = table.schema().find_field(column).field_id
    low, high = file.lower_bounds[number], file.upper_bounds[number]
    return int(from_bytes(LongType(), low)), int(from_bytes(LongType(), high))


def path_of(name: str) -> str:
    """Return where a file of the lake lies in its file system, by its name."""
    return present_path(f"{TABLE_FOLDER}{name}", warehouse=warehouse())


def engine_path_of(name: str) -> str:
    """Return the same as an engine is told: a path, or an address in a bucket."""
    return f"s3://{path_of(name)}" if is_bucket() else path_of(name)


def delete_file(name: str) -> None:
    """Delete a file of the lake; one that is gone already stays so."""
    with suppress(FileNotFoundError):
        store().delete_file(path_of(name))
