"""The laws of sealing.

1. Every entry is queued for its seal in the transaction that writes it; those there already, too.
2. Batches are numbered without gaps: each references the one before it.
3. What is sealed never changes.
"""

from django.db import migrations

SEALED = ("batch", "sealedentry", "treenode", "treehead")

QUEUE = """
CREATE FUNCTION ledger_queue_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_unsealed (number) SELECT number FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_wait_for_their_seal AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_queue_for_seal();
INSERT INTO ledger_unsealed (number) SELECT number FROM ledger_entry;
"""

GAPLESS = """
ALTER TABLE ledger_batch
    ADD COLUMN previous bigint GENERATED ALWAYS AS (nullif(number, 0) - 1) STORED,
    ADD CONSTRAINT batches_have_no_gaps FOREIGN KEY (previous) REFERENCES ledger_batch (number);
"""

NEVER_CHANGE = """
CREATE TRIGGER {0}_rows_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""

UNDO = """
DROP TRIGGER entries_wait_for_their_seal ON ledger_entry;
DROP FUNCTION ledger_queue_for_seal();
ALTER TABLE ledger_batch DROP COLUMN previous;
"""


class Migration(migrations.Migration):
    """Adds the laws, and queues the entries that are there."""

    dependencies = [("ledger", "0003_seals")]

    operations = [
        migrations.RunSQL(
            sql=QUEUE + GAPLESS + "".join(NEVER_CHANGE.format(table) for table in SEALED),
            reverse_sql=UNDO
            + "".join(f"DROP TRIGGER {t}_rows_never_change ON ledger_{t};" for t in SEALED),
        )
    ]
