"""Payments in advance are called like their purpose in docs/money.md."""

from django.db import migrations

RENAME = "UPDATE payments_payment SET purpose = 'advertiser_balance' WHERE purpose = 'advertiser_prepaid'"
UNDO = "UPDATE payments_payment SET purpose = 'advertiser_prepaid' WHERE purpose = 'advertiser_balance'"


class Migration(migrations.Migration):
    """Changes data only."""

    dependencies = [("payments", "0003_laws")]

    operations = [migrations.RunSQL(sql=RENAME, reverse_sql=UNDO, elidable=True)]
