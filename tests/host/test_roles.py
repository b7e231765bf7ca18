"""Two roles on the real PostgreSQL: the app does its work, and cannot lift the books' laws."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.database import Addresses, addresses_of
from config.grants import OtherDatabase, grant
from config.readiness import note_path
from takings.host.postgres.cluster import APP_ROLE, SUPERUSER
from takings.host.postgres.place import erase
from takings.host.postgres.server import open_server, url_of

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[2]
COUNT = "SELECT count(*) FROM ledger_entry JOIN ledger_transfer ON entry_number = number"
RIGHTS = "SELECT array_agg((oid::regclass, relacl)::text ORDER BY oid) FROM pg_class"


@dataclass(frozen=True, kw_only=True)
class World:
    """A data home that was prepared and lived in, and its running database."""

    home: Path
    addresses: Addresses
    superuser: str

    def run(self, *words: str, **given: str) -> "subprocess.CompletedProcess[str]":
        """Run a module on this home; without settings of its own it finds the database itself."""
        kept = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
        return subprocess.run(
            [sys.executable, "-m", *words],
            env=kept
            | {"TAKINGS_HOME": str(self.home), "PYTHONPATH": str(ROOT), "COLUMNS": "250"}
            | given,
            capture_output=True,
            text=True,
            check=False,
        )

    def takings(self, *words: str, **given: str) -> str:
        """Run a command of the command line; return everything it said."""
        done = self.run("config.cli", *words, **given)
        return done.stdout + done.stderr

    def live(self) -> None:
        """Let the software work for a day as the app's role."""
        done = self.run("tests.host.everyday", DATABASE_URL=self.addresses.app)
        assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Prepare it once: it takes seconds."""
    home = Path(tempfile.mkdtemp(prefix="takings-roles-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    with open_server(home=home) as server:
        made = World(
            home=home,
            addresses=addresses_of(server=server),
            superuser=url_of(place=server.place, role=SUPERUSER),
        )
        assert made.takings("migrate") == "The database is up to date.\n"
        made.live()
        yield made
    erase(home=home)
    shutil.rmtree(home)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as session:
        row = session.execute(question).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET memo = 'changed'",
        "UPDATE ledger_transfer SET amount_micros = 1",
        "UPDATE ledger_account SET floor_micros = NULL",
        "UPDATE ledger_sealedentry SET leaf = ''",
        "UPDATE settlement_statement SET period_id = 1",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_account",
        "DELETE FROM settlement_period",
        "TRUNCATE ledger_entry CASCADE",
        "TRUNCATE ledger_transfer",
        "SELECT FROM ledger_entry FOR UPDATE",
        "SELECT setval('ledger_posting_sequence', 1)",
        "ALTER TABLE ledger_entry DISABLE TRIGGER entries_never_change",
        "ALTER TABLE ledger_account DROP CONSTRAINT balance_not_below_floor",
        "DROP TRIGGER transfers_never_change ON ledger_transfer",
        "DROP TABLE ledger_entry CASCADE",
        "DROP FUNCTION rows_never_change CASCADE",
        "CREATE OR REPLACE FUNCTION rows_never_change() RETURNS trigger LANGUAGE plpgsql AS ''",
        "CREATE TRIGGER mine BEFORE INSERT ON ledger_entry EXECUTE FUNCTION rows_never_change()",
        "CREATE RULE mine AS ON INSERT TO ledger_transfer DO INSTEAD NOTHING",
        "CREATE TABLE mine ()",
        "CREATE TEMPORARY TABLE ledger_account ()",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "SET ROLE takings",
        "SET SESSION AUTHORIZATION postgres",
        "GRANT takings TO takings_app",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', 'x', now())",
        "UPDATE pg_catalog.pg_trigger SET tgenabled = 'D'",
    ],
)
def test_what_would_lift_or_get_round_the_laws_of_the_books_is_refused(
    world: World, statement: str
) -> None:
    before = ask(world.addresses.owner, COUNT)
    assert before
    with (
        psycopg.connect(world.addresses.app) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        session.execute(statement)
    assert ask(world.addresses.owner, COUNT) == before


def test_of_every_table_whose_rows_never_change_the_app_may_only_read_and_add_rows(
    world: World,
) -> None:
    tables = ask(
        world.addresses.owner,
        "SELECT array_agg(DISTINCT tgrelid::regclass::text) FROM pg_trigger JOIN pg_proc"
        " ON pg_proc.oid = tgfoid WHERE proname = 'rows_never_change' AND tgtype & 16 <> 0",
    )
    assert isinstance(tables, list)
    assert {"ledger_entry", "ledger_transfer", "settlement_statement"} <= set(tables)
    for table in tables:
        more = f"has_table_privilege('{table}', 'DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        changes = f"has_any_column_privilege('{table}', 'UPDATE')"
        assert ask(world.addresses.app, f"SELECT {more} OR {changes}") is False, table


def test_the_app_opens_a_month_though_it_makes_no_table(world: World) -> None:
    assert ask(world.addresses.app, "SELECT ledger_open_month(current_date + 300)") is True
    owners = "SELECT count(DISTINCT tableowner) FROM pg_tables WHERE tablename ~ 'ledger_transfer_'"
    assert ask(world.addresses.owner, owners) == 1


@pytest.mark.parametrize("table", ["entry", "transfer", "standing", "posting", "account"])
def test_the_app_cannot_write_a_posted_row_itself(world: World, table: str) -> None:
    with psycopg.connect(world.addresses.app) as session:
        session.execute("SELECT set_config('takings.posting', 'on', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"INSERT INTO ledger_{table} SELECT * FROM ledger_{table}")  # noqa: S608 - our own text


def test_no_right_comes_from_being_anybody(world: World) -> None:
    granted = (
        "SELECT count(*) FROM pg_class, aclexplode(relacl) AS right_ WHERE grantee = 0"
        " AND relnamespace IN ('public'::regnamespace, 'lake'::regnamespace)"
    )
    assert ask(world.addresses.owner, granted) == 0


@pytest.mark.parametrize("left", ["nothing of the role", "the role without a right"])
def test_a_data_home_that_is_older_than_the_role_gets_it_with_the_next_start(
    world: World, left: str
) -> None:
    """Also when it was killed in between, which leaves the role without a right."""
    rights = ask(world.addresses.owner, RIGHTS)
    with psycopg.connect(world.superuser) as session:
        session.execute(f"DROP OWNED BY {APP_ROLE}")
        session.execute(f"GRANT CREATE ON SCHEMA public TO {APP_ROLE}")
        if left == "nothing of the role":
            session.execute(f"DROP OWNED BY {APP_ROLE}")
            session.execute(f"DROP ROLE {APP_ROLE}")
    note_path(home=world.home).unlink(missing_ok=True)
    assert "run takings migrate. permission denied" in world.takings("check-books")
    assert "The database is up to date." in world.takings("migrate")
    assert ask(world.addresses.owner, RIGHTS) == rights
    assert ask(world.addresses.app, "SELECT has_schema_privilege('public', 'CREATE')") is False
    world.live()


def test_granting_again_changes_nothing(world: World) -> None:
    rights = ask(world.addresses.owner, RIGHTS)
    with psycopg.connect(world.addresses.owner, autocommit=True) as owner:
        owner.execute("GRANT DELETE ON ledger_entry TO takings_app")
        grant(owner, app_url=world.addresses.app)
    assert ask(world.addresses.owner, RIGHTS) == rights


@pytest.fixture
def elsewhere(world: World) -> Iterator[None]:
    """Make another database, and let it go: a role cannot go while it has rights somewhere."""
    with psycopg.connect(world.addresses.owner, autocommit=True) as session:
        session.execute("CREATE DATABASE elsewhere")
        yield
        session.execute("DROP DATABASE elsewhere WITH (FORCE)")


@pytest.mark.usefixtures("elsewhere")
def test_a_database_elsewhere_has_one_role_until_an_owner_is_named(world: World) -> None:
    app = world.addresses.app.replace("/takings?", "/elsewhere?")
    owner = world.addresses.owner.replace("/takings?", "/elsewhere?")
    away = World(
        home=world.home / "elsewhere",
        addresses=Addresses(app=app, owner=owner),
        superuser=world.superuser,
    )
    assert "only their owner may" in away.takings("migrate", DATABASE_URL=app)
    assert "is up to date" in away.takings("migrate", DATABASE_URL=owner)
    assert "takings uses the tables and owns them" in away.takings("doctor", DATABASE_URL=owner)
    both = {"DATABASE_URL": app, "TAKINGS_OWNER_DATABASE_URL": owner}
    assert "is up to date" in away.takings("migrate", **both)
    assert "takings_app owns nothing" in away.takings("doctor", **both)
    away.live()


def test_an_owner_of_another_database_is_refused(world: World) -> None:
    other = world.addresses.owner.replace("/takings?", "/postgres?")
    with (
        psycopg.connect(other, autocommit=True) as owner,
        pytest.raises(OtherDatabase, match="must name the same database"),
    ):
        grant(owner, app_url=world.addresses.app)


def test_an_owner_without_a_database_is_refused(world: World) -> None:
    said = world.takings("migrate", TAKINGS_OWNER_DATABASE_URL=world.addresses.owner)
    assert "DATABASE_URL must be, too" in said
