"""The laws that PostgreSQL itself holds over settlement.

Final rows never change (the function comes from the ledger's laws); a closed period neither;
periods never overlap. Estimates may be replaced: they are no facts.
"""

from django.db import migrations

FINAL = (
    "settlement_closestage",
    "settlement_countline",
    "settlement_poolresult",
    "settlement_shareline",
    "settlement_rightsline",
    "settlement_statement",
    "settlement_release",
)

PERIOD = """
ALTER TABLE settlement_period ADD CONSTRAINT periods_never_overlap
    EXCLUDE USING gist (tstzrange(starts_at, ends_at) WITH &&) DEFERRABLE INITIALLY IMMEDIATE;

CREATE FUNCTION settlement_guard_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'closed' THEN
        RAISE EXCEPTION 'period % is settled or on its way; it never changes', OLD.name
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.name, NEW.starts_at) IS DISTINCT FROM (OLD.name, OLD.starts_at)
        OR (OLD.status = 'closing' AND (NEW.status = 'open'
            OR (NEW.ends_at, NEW.policy_version) IS DISTINCT FROM (OLD.ends_at, OLD.policy_version)))
    THEN
        RAISE EXCEPTION 'period % is being closed; only its status may go on', OLD.name
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER period_is_guarded BEFORE UPDATE OR DELETE ON settlement_period
    FOR EACH ROW EXECUTE FUNCTION settlement_guard_period();
"""

UNDO_PERIOD = """
DROP TRIGGER period_is_guarded ON settlement_period;
DROP FUNCTION settlement_guard_period();
ALTER TABLE settlement_period DROP CONSTRAINT periods_never_overlap;
"""


def _laws() -> str:
    return PERIOD + "".join(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
        for table in FINAL
    )


def _undo() -> str:
    return UNDO_PERIOD + "".join(f"DROP TRIGGER {t}_never_changes ON {t};\n" for t in FINAL)


class Migration(migrations.Migration):
    """Adds the laws; nothing of the data changes."""

    dependencies = [("settlement", "0001_periods"), ("ledger", "0002_laws")]

    operations = [migrations.RunSQL(sql=_laws(), reverse_sql=_undo())]
