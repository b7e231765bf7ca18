"""Starts a PostgreSQL of the tests' own before Django reads its settings, and stops it afterwards.

With `-n 2` two processes share it, each with a database and a folder of its own; a file stays in
one process.

Nothing of the developer's machine leaks in: the data home is a new temporary folder and every
`TAKINGS_…` variable of the surroundings is dropped. `TAKINGS_PG_BIN` chooses another PostgreSQL,
`TAKINGS_CHROMIUM` another browser.
"""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from typing_extensions import override
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling, Scheduling

ROOT = Path(__file__).parents[1]
KEPT = {"TAKINGS_PG_BIN", "TAKINGS_CHROMIUM"}
OWNER = "TAKINGS_TESTS_OWNER"  # set for the processes that tests start, xdist's workers among them
JOURNEYS = "tests/journeys/"
LONGEST = (
    JOURNEYS,
    "tests/web/test_every_page.py",
    "tests/events/test_spark.py",
    "tests/life/",
    "tests/demo/test_seed.py",
    "tests/host/test_roles.py",
    "tests/host/test_backup.py",
    "tests/ledger/test_each.py",
    "tests/ledger/test_upgrade.py",
    "tests/events/test_kills.py",
    "tests/payouts/test_executing.py",
)
TEMPLATE = "takings_template"
"""The database that each process of several copies: all tables, and nothing in them."""
DATABASE = pytest.StashKey["subprocess.Popen[str]"]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None, object, object]:
    """Start the server; a wrapper runs before pytest-django's own part of this hook."""
    if OWNER not in os.environ:
        several = early_config.known_args_namespace.numprocesses
        early_config.stash[DATABASE] = _start(*([TEMPLATE] if several else []))
    elif worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["TAKINGS_HOME"] += f"/{worker}"
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the server stop and remove its data."""
    database = config.stash.get(DATABASE, None)
    if database is not None:
        database.communicate()
        del os.environ[OWNER]


@pytest.hookimpl(trylast=True)  # after the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # ships no types
    """Keeps a file in one process, because its clips and worlds are made once per file."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        """Return what stays together; all journeys do, for they share one running product."""
        return JOURNEYS if nodeid.startswith(JOURNEYS) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Say how `-n 2` deals out the tests."""
    config.option.loadscopereorder = False  # by number of tests; but the longest files have few
    return ByFile(config, log)


def _start(*words: str) -> "subprocess.Popen[str]":
    for name in [name for name in os.environ if name.startswith("TAKINGS_")]:
        if name not in KEPT:
            del os.environ[name]
    database = subprocess.Popen(
        [sys.executable, "-m", "tests.database", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests
    )
    assert database.stdout is not None
    home = database.stdout.readline().strip()
    if not home:
        raise pytest.UsageError("The database of the tests could not be made; why stands above.")
    os.environ["TAKINGS_HOME"] = home
    os.environ["DATABASE_URL"] = database.stdout.readline().strip()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ[OWNER] = str(os.getpid())
    return database
