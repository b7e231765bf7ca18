"""Starts a PostgreSQL of the tests' own before Django reads its settings, and stops it afterwards.

Nothing of the developer's machine leaks in: the data home is a new temporary folder and every
`TAKINGS_…` variable of the surroundings is dropped. `TAKINGS_PG_BIN` chooses another PostgreSQL,
`TAKINGS_CHROMIUM` another browser.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from takings.host.postgres.place import erase
from takings.host.postgres.server import Server, start_server

KEPT = {"TAKINGS_PG_BIN", "TAKINGS_CHROMIUM"}
OWNER = "TAKINGS_TESTS_OWNER"  # set for the processes that tests start, xdist's workers among them
SERVER = pytest.StashKey[Server]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None, object, object]:
    """Start the server; a wrapper runs before pytest-django's own part of this hook."""
    if OWNER not in os.environ:
        early_config.stash[SERVER] = _start()
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its data."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
        erase(home=server.home)
        shutil.rmtree(server.home, ignore_errors=True)
        del os.environ[OWNER]


def _start() -> Server:
    for name in [name for name in os.environ if name.startswith("TAKINGS_")]:
        if name not in KEPT:
            del os.environ[name]
    home = Path(tempfile.mkdtemp(prefix="takings-tests-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    server = start_server(home=home, durable=False)
    os.environ["TAKINGS_HOME"] = str(home)
    os.environ["DATABASE_URL"] = server.url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ[OWNER] = str(os.getpid())
    return server
