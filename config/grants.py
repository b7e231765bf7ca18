"""What the app's role may do with each table. Runs after every migration, as the owner.

The app can neither make nor alter a table, so it cannot lift a trigger or a constraint; and where
rows never change it may not even ask for UPDATE, DELETE or TRUNCATE.
"""

from typing import Any

import psycopg
from psycopg import Connection, sql

from takings.core.errors import Conflict

ORDINARY = "SELECT, INSERT, UPDATE, DELETE"
UNCHANGING = "SELECT, INSERT"
"""For every table whose rows never change, told by its trigger `rows_never_change`."""
POSTED = "SELECT"
"""For every table whose rows come by posting alone, told by its trigger `rows_come_by_posting`."""

OTHERS = {
    "django_migrations": "SELECT",
    "ledger_archive": "SELECT",  # the owner archives
    "ledger_archived": "SELECT",  # a view
    "ledger_archivesum": "SELECT",
    "ledger_balance": "SELECT",  # a view
    "ledger_unsealed": "SELECT, DELETE",  # posting queues what sealing takes
    "settlement_period": "SELECT, INSERT, UPDATE",
}
"""The tables that are neither. One that is not here follows from the two lines above."""

SCHEMA = "REVOKE CREATE ON SCHEMA {0} FROM PUBLIC, {app}; GRANT USAGE ON SCHEMA {0} TO {app}"
BASE = "REVOKE CREATE, TEMPORARY ON DATABASE {0} FROM PUBLIC, {app}"
TABLE = "REVOKE ALL ON TABLE {0} FROM PUBLIC, {app}; GRANT {rights} ON TABLE {0} TO {app}"
SEQUENCE = "REVOKE ALL ON SEQUENCE {0} FROM PUBLIC, {app}; GRANT USAGE ON SEQUENCE {0} TO {app}"
"""Also no temporary table: a trigger would take it for the real one of the same name."""

FOUND = """
    SELECT ARRAY[nspname::text, relname], relkind = 'S', (
        SELECT min(proname::text) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgrelid = pg_class.oid AND (proname = 'rows_come_by_posting'
            OR proname = 'rows_never_change' AND tgtype & 16 <> 0)  -- on UPDATE (pg_trigger.h)
    )
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname IN (current_schema(), 'lake') AND relkind IN ('r', 'p', 'v', 'S')
        AND (NOT relispartition  -- months of transfers are asked for through the whole
            OR relname = 'ledger_transfer_undated')
        AND pg_has_role(relowner, 'USAGE')
    ORDER BY nspname, relname
"""
AROUND = """
    SELECT nspname::text, false FROM pg_namespace
    WHERE nspname IN (current_schema(), 'lake') AND pg_has_role(nspowner, 'USAGE')
    UNION ALL SELECT datname::text, true FROM pg_database
    WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')
"""
WHO = """
    SELECT current_user::text, oid || ' since ' || extract(epoch FROM pg_postmaster_start_time())
    FROM pg_database WHERE datname = current_database()
"""
Session = Connection[tuple[Any, ...]]  # what a row holds, only its statement knows


class OtherDatabase(Conflict):
    """The app would look for its tables where the owner made none."""

    code = "other_database"
    sentence = "DATABASE_URL and TAKINGS_OWNER_DATABASE_URL must name the same database."


def grant(owner: Session, *, app_url: str) -> None:
    """Give the app's role these rights and no others; nothing, where it is the owner itself.

    One transaction, safe to repeat: what an older release granted and this one does not is taken
    back, and whoever is at work has its rights all the time. Refuses :class:`OtherDatabase`.
    """
    with psycopg.connect(app_url) as session:
        app, there = _who(session)
    role, here = _who(owner)
    if there != here:
        raise OtherDatabase
    if app == role:
        return
    with owner.transaction():
        for name, is_database in owner.execute(AROUND).fetchall():
            _run(owner, BASE if is_database else SCHEMA, sql.Identifier(name), app=app)
        for name, is_sequence, law in owner.execute(FOUND).fetchall():
            statement = SEQUENCE if is_sequence else TABLE
            rights = rights_on(table=name[-1], law=law)
            _run(owner, statement, sql.Identifier(*name), app=app, rights=rights)


def rights_on(*, table: str, law: str | None) -> str:
    """Return what the app may do with a table; ``law`` is the trigger that guards its rows."""
    by_law = {"rows_come_by_posting": POSTED, "rows_never_change": UNCHANGING}
    return OTHERS.get(table, by_law.get(law or "", ORDINARY))


def _who(session: Session) -> tuple[str, str]:
    """Return the role of a session, and what tells its database from any other."""
    row = session.execute(WHO).fetchone() or ("", "")
    return str(row[0]), str(row[1])


def _run(
    owner: Session, statement: str, name: sql.Identifier, *, app: str, rights: str = ""
) -> None:
    made = sql.SQL(statement).format(name, app=sql.Identifier(app), rights=sql.SQL(rights))
    owner.execute(made)
