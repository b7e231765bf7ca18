"""Standings in the order of their writing, and the newest of every lane in one small place.

Every standing there is gets the name of the one before it: the table is written anew, in one
transaction, with no posting meanwhile (decision 24 says how long that takes).
"""

from importlib import import_module
from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
again = import_module("takings.ledger.migrations.0012_terms_with_locks")
LANES = (SQL / "0013_lanes.sql").read_text()


class Migration(migrations.Migration):
    """Makes both tables, and the functions that read and write them."""

    dependencies = [("ledger", "0012_terms_with_locks")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(LANES + "".join(again.OLD) + again.POSTING),
            ],
            state_operations=[
                migrations.DeleteModel("Standing"),
                migrations.CreateModel(
                    name="Standing",
                    fields=[
                        ("pk", models.CompositePrimaryKey("posting", "account_id", "lane", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("posting", models.BigIntegerField()),
                        ("lane", models.PositiveSmallIntegerField()),
                        ("posted_at", models.DateTimeField()),
                        ("debits_micros", models.BigIntegerField()),
                        ("credits_micros", models.BigIntegerField()),
                        ("held_debits_micros", models.BigIntegerField(default=0)),
                        ("held_credits_micros", models.BigIntegerField(default=0)),
                        ("is_credit", models.BooleanField()),
                        ("floor_micros", models.BigIntegerField(null=True)),
                        ("previous", models.BigIntegerField(null=True)),
                        ("step", models.PositiveIntegerField()),
                        ("account", models.ForeignKey(db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="standings", to="ledger.account")),
                    ],
                ),
                migrations.CreateModel(
                    name="Lane",
                    fields=[
                        ("pk", models.CompositePrimaryKey("account_id", "lane", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("lane", models.PositiveSmallIntegerField()),
                        ("posting", models.BigIntegerField(null=True)),
                        ("posted_at", models.DateTimeField(null=True)),
                        ("debits_micros", models.BigIntegerField(default=0)),
                        ("credits_micros", models.BigIntegerField(default=0)),
                        ("held_debits_micros", models.BigIntegerField(default=0)),
                        ("held_credits_micros", models.BigIntegerField(default=0)),
                        ("step", models.PositiveIntegerField(default=0)),
                        ("account", models.ForeignKey(db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="lanes", to="ledger.account")),
                    ],
                ),
            ],
        )
    ]
