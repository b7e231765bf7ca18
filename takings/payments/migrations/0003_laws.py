"""The law that PostgreSQL itself holds over what providers told.

A fact never changes and never goes; it is booked once.
"""

from django.db import migrations

LAW = """
CREATE FUNCTION payments_guard_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.payment_id, NEW.kind, NEW.about, NEW.currency, NEW.amount_micros, NEW.fee_micros,
            NEW.reason, NEW.occurred_at, NEW.told_at, NEW.is_aside)
        IS DISTINCT FROM (OLD.payment_id, OLD.kind, OLD.about, OLD.currency, OLD.amount_micros,
            OLD.fee_micros, OLD.reason, OLD.occurred_at, OLD.told_at, OLD.is_aside)
        OR (OLD.booked_at IS NOT NULL
            AND (NEW.booked_at, NEW.entry_id) IS DISTINCT FROM (OLD.booked_at, OLD.entry_id))
    THEN
        RAISE EXCEPTION 'what was told of a payment never changes, and is booked once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER fact_is_guarded BEFORE UPDATE OR DELETE ON payments_paymentfact
    FOR EACH ROW EXECUTE FUNCTION payments_guard_fact();
"""

UNDO = """
DROP TRIGGER fact_is_guarded ON payments_paymentfact;
DROP FUNCTION payments_guard_fact();
"""


class Migration(migrations.Migration):
    """Adds the law; nothing of the data changes."""

    dependencies = [("payments", "0002_case_kinds")]

    operations = [migrations.RunSQL(sql=LAW, reverse_sql=UNDO)]
