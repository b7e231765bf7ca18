"""Old months of transfers may lie in files; what they summed to stays."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds the tables, their laws and a view."""

    dependencies = [("ledger", "0008_months")]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("is_archived", models.BooleanField()),
                ("file_name", models.CharField(max_length=200)),
                ("digest", models.BinaryField(max_length=32)),
                ("transfer_count", models.BigIntegerField()),
                ("happened_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ArchiveSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("debits_micros", models.BigIntegerField()),
                ("credits_micros", models.BigIntegerField()),
                ("account", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.account")),
                ("archive", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sums", to="ledger.archive")),
            ],
        ),
        migrations.AddConstraint(
            model_name="archivesum",
            constraint=models.UniqueConstraint(fields=("archive", "account"), name="archive_sums_once"),
        ),
        migrations.RunSQL((SQL / "0009_archives.sql").read_text()),
    ]
