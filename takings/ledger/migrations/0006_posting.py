"""How PostgreSQL posts: ``ledger_post``, the only writer of the books."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Adds the functions."""

    dependencies = [("ledger", "0005_postings")]

    operations = [migrations.RunSQL((SQL / "0006_posting.sql").read_text())]
