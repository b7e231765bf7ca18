"""Proofs of the books: how far they went; and a way to a posting's standings.

The index costs the writer next to nothing: standings are appended in about the order of their
postings, so it keeps the lowest and highest number of every stretch of the table, no more.
"""

from django.db import migrations, models

LAWS = """
CREATE TRIGGER proofs_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_proof
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE INDEX standing_by_posting ON ledger_standing
    USING brin (posting) WITH (pages_per_range = 32, autosummarize = on);
"""
UNDO = """
DROP INDEX standing_by_posting;
DROP TRIGGER proofs_never_change ON ledger_proof;
"""


class Migration(migrations.Migration):
    """Adds the table, its law and the index."""

    dependencies = [("ledger", "0006_posting")]

    operations = [
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("proved_at", models.DateTimeField()),
                ("is_full", models.BooleanField()),
                ("turn", models.PositiveSmallIntegerField()),
                ("upto", models.BigIntegerField()),
                ("batch_count", models.BigIntegerField()),
                ("heads_bytes", models.BigIntegerField()),
                ("finding_count", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]
