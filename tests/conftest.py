"""What every test stands on."""

import os
from collections.abc import Iterable, Iterator

import psycopg
import pytest
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from takings.host.postgres.cluster import SUPERUSER
from tests.plugin import TEMPLATE

# A machine that is busy with other things is no fault of a test.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

QUEUE = ["procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers"]
OF_MODELS = {"django_content_type", "auth_permission"}  # what migrations wrote, tests only read
EMPTY = """
SET session_replication_role = replica;  -- no law refuses, no reference is followed
LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;  -- what a thread still writes is waited for
DO $$ DECLARE one regclass; BEGIN
    FOREACH one IN ARRAY ARRAY[{names}]::regclass[]
    LOOP EXECUTE format('DELETE FROM %s', one); END LOOP;
END $$;
"""


def _empty_above_the_laws(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
    """Empty the tables between transactional tests, as the one whom no law of the books holds.

    The queue's tables are not Django's, so Django would keep the jobs of other tests. Its TRUNCATE
    takes half a second or more for all these tables, of which nearly all are empty.
    """
    del sql_list
    connection = self.connection
    mine = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [*(name for name in mine if name not in OF_MODELS), *QUEUE]
    words = {**connection.get_connection_params(), "user": SUPERUSER}
    known = {key: words[key] for key in ("host", "port", "dbname", "user") if key in words}
    with psycopg.connect(**known) as session:
        names = ", ".join(f"'{name}'" for name in tables)
        session.execute(EMPTY.format(tables=", ".join(tables), names=names))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,  # noqa: ARG001 - it gives each process a name of its own
) -> None:
    """Let a process of several begin with a copy of the tables that were made for all of them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", _empty_above_the_laws)
    # What would write OF_MODELS anew.
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_quickly() -> Iterator[None]:
    """Spare each person of each story a quarter of a second; nobody steals their hashes."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_are_found_when_asked_for() -> Iterator[None]:
    """Spare each client of each test the walk through all static files."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _nobody_stays(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 - the database must be there first
    """End what a thread of a test still holds open: it would keep the database from going."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND usename = current_user"
        )
