"""What the app's role could do to the books. Imported once the database is there."""

from django.db import connection

from config.commands.doctor.rules import Finding

MAY = """
    SELECT current_user, pg_has_role(relowner, 'MEMBER'),
        has_schema_privilege(relnamespace, 'CREATE'),
        has_table_privilege(pg_class.oid, 'DELETE, TRUNCATE, TRIGGER')
    FROM pg_class WHERE pg_class.oid = 'ledger_entry'::regclass
"""
EVERYTHING = (
    "It could lift the triggers that protect the books. Let another role own the tables, and name "
    "it in TAKINGS_OWNER_DATABASE_URL."
)
MORE = "It needs neither; revoke them from PUBLIC, and from the roles it is a member of."


def look() -> Finding:
    """Tell which protection is there: that of rights, or that of triggers alone."""
    with connection.cursor() as cursor:
        cursor.execute(MAY)
        role, owns, makes_tables, changes_entries = cursor.fetchone()
    if owns:
        seen = f"{role} uses the tables and owns them"
        return Finding(what="roles", state="hint", seen=seen, advice=EVERYTHING)
    more = {"make tables": makes_tables, "remove entries": changes_entries}
    if any(more.values()):
        seen = f"{role} may {' and '.join(what for what, may in more.items() if may)}"
        return Finding(what="roles", state="hint", seen=seen, advice=MORE)
    return Finding(what="roles", state="ok", seen=f"{role} owns nothing and cannot change entries")
