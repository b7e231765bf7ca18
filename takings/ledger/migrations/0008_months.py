"""Months of transfers are opened ahead of time, and what lay undated is moved where it belongs."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Replaces the function."""

    dependencies = [("ledger", "0007_proofs")]

    operations = [migrations.RunSQL((SQL / "0008_months.sql").read_text())]
