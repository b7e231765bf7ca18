"""Is the database up to date, asked without loading Django: a warm start has no second to spare."""

import hashlib
import importlib.metadata
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

PACKAGE = Path(__file__).resolve().parent.parent / "takings"
GRANTS = Path(__file__).with_name("grants.py")
MIGRATING_PACKAGES = ("django", "django-allauth", "procrastinate")
QUESTION = """
    SELECT concat_ws(':', oid, (SELECT count(*) FROM django_migrations), current_user)
    FROM pg_database WHERE datname = current_database()
"""


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What was true when the database was last prepared."""

    code: str
    database: str
    demo: bool


def note_path(*, home: Path) -> Path:
    """Return where the note about the last preparation lies."""
    return home / "prepared.json"


def is_prepared(*, home: Path, url: str, demo: bool = False) -> bool:
    """Tell whether code, database, the app's role and demo world are those last prepared."""
    kept = _noted(home=home)
    if kept is None or kept.code != _code() or (demo and not kept.demo):
        return False
    return kept.database == _database(url=url)


def has_demo(*, home: Path) -> bool:
    """Tell whether the demo world lives in this data home."""
    kept = _noted(home=home)
    return kept is not None and kept.demo


def note_prepared(*, home: Path, url: str, demo: bool) -> None:
    """Keep what is true now, after a preparation."""
    demo = demo or has_demo(home=home)
    note = Readiness(code=_code(), database=_database(url=url) or "", demo=demo)
    draft = note_path(home=home).with_suffix(".draft")
    draft.write_text(json.dumps(asdict(note)))
    draft.rename(note_path(home=home))


def _noted(*, home: Path) -> Readiness | None:
    try:
        return Readiness(**json.loads(note_path(home=home).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _code() -> str:
    """Return a fingerprint of every migration this code knows, and of the rights it grants."""
    digest = hashlib.sha256()
    for path in (*sorted(PACKAGE.glob("*/migrations/*.py")), GRANTS):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in MIGRATING_PACKAGES:
        digest.update(f"{name}=={importlib.metadata.version(name)}\n".encode())
    return digest.hexdigest()


def _database(*, url: str) -> str | None:
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute(QUESTION).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return None
    return str(row[0]) if row else None
