"""Make a cluster and say who may connect to it."""

import os
import shutil
import subprocess
from pathlib import Path

from takings.core.errors import Conflict, Unavailable
from takings.host.postgres import place as places
from takings.host.postgres.place import Place
from takings.host.postgres.program import BUILTIN_LOCALE_SINCE, Program

DATABASE = "takings"
ROLE = "takings"  # owns the database and every table in it
APP_ROLE = "takings_app"  # works with them; owns nothing
SUPERUSER = "postgres"


class ClusterNotMade(Unavailable):
    """`initdb` failed."""

    code = "cluster_not_made"
    sentence = "PostgreSQL could not prepare {folder}: {why}"


class OtherMajorVersion(Conflict):
    """The files were written by another major version."""

    code = "other_major_version"
    sentence = (
        "{folder} was written by PostgreSQL {written} and the installed programs are {major}. "
        "Point TAKINGS_PG_BIN at PostgreSQL {written}, or move the data with pg_dump."
    )


def ensure(*, place: Place, program: Program) -> None:
    """Make the cluster on the first start and write its rules of entry on every start."""
    if not (place.data / "PG_VERSION").exists():
        _make(place=place, program=program)
    written = int((place.data / "PG_VERSION").read_text().strip())
    if written != program.major:
        raise OtherMajorVersion(folder=place.data, written=written, major=program.major)
    places.write_owned(
        path=rules_of_entry(place=place),
        runner=place.runner,
        text="".join(f"local {what} all peer map=takings\n" for what in ("all", "replication")),
    )
    user = places.user_name()
    lines = [f'takings "{user}" {role}\n' for role in (ROLE, APP_ROLE, SUPERUSER)]
    places.write_owned(path=names(place=place), runner=place.runner, text="".join(lines))


def rules_of_entry(*, place: Place) -> Path:
    """Return the path of our pg_hba.conf: the local socket, by the kernel's word, nothing else."""
    return place.folder / "hba.conf"


def names(*, place: Place) -> Path:
    """Return the path of our pg_ident.conf: which system user may be which role."""
    return place.folder / "ident.conf"


def _make(*, place: Place, program: Program) -> None:
    """Make the cluster aside and move it in place, so that a half-made one is never taken."""
    draft = place.folder / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    words: list[str | Path] = [
        program.folder / "initdb",
        "-D",
        draft,
        "-U",
        SUPERUSER,
        "-E",
        "UTF8",
    ]
    words += ["--auth=peer", "--no-instructions"]
    if program.major >= BUILTIN_LOCALE_SINCE:
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    words += ["--locale=C"]
    _run(words=words, place=place, script="")
    statements = [
        f"CREATE ROLE {ROLE} LOGIN CREATEDB;",
        f"CREATE DATABASE {DATABASE} OWNER {ROLE};",
    ]
    single: list[str | Path] = [
        program.folder / "postgres",
        "--single",
        "-j",
        "-D",
        draft,
        "-c",
        "fsync=on",
        "postgres",
    ]
    _run(words=single, place=place, script="\n\n".join(statements) + "\n\n")
    draft.rename(place.data)


def _run(*, words: list[str | Path], place: Place, script: str) -> None:
    runner = place.runner
    done = subprocess.run(
        words,
        input=script,
        user=runner.uid,
        group=runner.gid,
        extra_groups=[] if runner.uid is not None else None,
        cwd=place.folder,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if _is_complaint(line)]
    if done.returncode or complaints:
        why = " ".join(complaints) or done.stderr.strip() or f"exit code {done.returncode}"
        raise ClusterNotMade(folder=place.data, why=why)


def _is_complaint(line: str) -> bool:
    return any(word in line for word in ("ERROR:", "FATAL:", "PANIC:", "error:"))
