"""Posting locks lanes, not accounts, and reads them while it does: their rows say what it needs."""

from importlib import import_module
from pathlib import Path

from django.db import migrations, models

LANES = (Path(__file__).parent / "sql" / "0014_lane_terms.sql").read_text()
again = import_module("takings.ledger.migrations.0012_terms_with_locks")


class Migration(migrations.Migration):
    """Adds the terms of the account to its lanes, and makes the posting functions again."""

    dependencies = [("ledger", "0013_lanes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LANES + "".join(again.OLD) + again.POSTING)],
            state_operations=[
                migrations.AddField("lane", "floor_micros", models.BigIntegerField(null=True)),
                migrations.AddField("lane", "is_credit", models.BooleanField()),
                migrations.AddField("lane", "is_laned", models.BooleanField()),
            ],
        )
    ]
