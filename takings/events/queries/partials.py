"""Counts of whole days kept as files beside the lake, and which of them still hold.

A day's counts follow from the day's files of the lake, the rules with their numbers, and what is
known of its videos. The first two are in a partial's name, the third in its columns; its name also
ends with the hash of its bytes. So a file either is what it says or is not used, and whoever is
killed while counting a month goes on with the day that was not finished.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings

from takings.events.queries.judging import relations
from takings.events.queries.snapshots import Files
from takings.policies.rules import Policy

NAMED = 16
"""How many letters of each hash are in a partial's name: 64 bits."""


class Kind(StrEnum):
    """What is counted of a day: the name of its query."""

    COUNTS = "counts"
    WATCHING = "watching"


CHANGED = """
SELECT DISTINCT p.day AS day
FROM parts p
LEFT JOIN videos v ON v.video_hi = p.video_hi AND v.video_lo = p.video_lo
WHERE p.duration_ms IS DISTINCT FROM v.duration_ms
    OR p.owner_hi IS DISTINCT FROM v.owner_hi OR p.owner_lo IS DISTINCT FROM v.owner_lo
"""


@cache
def query_of(kind: Kind) -> str:
    """Return the text that counts this of the views of a session."""
    return resources.files(__package__).joinpath(f"{kind}.sql").read_text()


def rules_digest(*, policy: Policy, kind: Kind) -> str:
    """Return the SHA-256 of the text that counts, with the policy's numbers in it."""
    texts = [query for _, query in relations(policy=policy)] + [query_of(kind)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def input_digest(files: Files) -> str:
    """Return the SHA-256 over a day's files: their names, never used twice, and their sizes."""
    lines = sorted(f"{file.name}\t{file.row_count}\t{file.byte_count}\n" for file in files.planned)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def folder_of(day: dt.date) -> Path:
    """Return where a day's partials lie."""
    return Path(settings.LAKE_HOME) / "partials" / day.isoformat()


def stem_of(files: Files, *, policy: Policy, kind: Kind) -> str:
    """Return how the name of the partial of a day's files begins."""
    rules = rules_digest(policy=policy, kind=kind)
    return f"{kind}-{rules[:NAMED]}-{input_digest(files)[:NAMED]}-"


def clean_partials(
    days: Mapping[dt.date, Files], *, policy: Policy, kind: Kind, videos: pa.Table
) -> dict[dt.date, Path]:
    """Return the partial of each day that has one that still holds."""
    rules = rules_digest(policy=policy, kind=kind)[:NAMED]
    found = {
        day: path
        for day, files in days.items()
        for path in _oldest_first(day, f"{kind}-{rules}-{input_digest(files)[:NAMED]}-")
        if _is_whole(path)
    }
    if found:
        with merging(list(found.values()), videos=videos) as engine:
            for (day,) in engine.sql(CHANGED).fetchall():
                del found[day]
    return found


@contextmanager
def merging(paths: Sequence[Path], *, videos: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine with the relations ``parts``, the rows of these partials, and ``videos``."""
    switches: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": settings.ENGINE_MEMORY,
        "temp_directory": str(Path(settings.LAKE_HOME) / "spill"),
    }
    with duckdb.connect(":memory:", config=switches) as engine:
        engine.read_parquet([str(path) for path in paths], hive_partitioning=False).create_view(
            "parts"
        )
        engine.register("videos", videos)
        yield engine


def _oldest_first(day: dt.date, stem: str) -> list[Path]:
    """Return the partials with this stem: after a change of a video's length there are two."""
    return sorted(folder_of(day).glob(f"{stem}*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def _is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stem.endswith(digest[:NAMED])
