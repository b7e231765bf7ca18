"""A provider may hold less than nothing for us: a dispute that comes after it paid out to our bank."""

from django.db import migrations

LOWER = """
ALTER TABLE ledger_account DISABLE TRIGGER account_is_guarded;
UPDATE ledger_account SET floor_micros = NULL WHERE name LIKE 'provider:%';
ALTER TABLE ledger_account ENABLE TRIGGER account_is_guarded;
"""


class Migration(migrations.Migration):
    """Takes the floor of accounts that were opened with one."""

    dependencies = [("ledger", "0010_posting_again")]

    operations = [migrations.RunSQL(LOWER, migrations.RunSQL.noop)]
