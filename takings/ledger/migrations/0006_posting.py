"""How PostgreSQL posts: ``ledger_post``, the only writer of the books."""

from pathlib import Path

from django.db import migrations

POSTING = "".join(part.read_text() for part in sorted((Path(__file__).parent / "sql" / "posting").glob("*.sql")))


class Migration(migrations.Migration):
    """Adds the functions."""

    dependencies = [("ledger", "0005_postings")]

    operations = [migrations.RunSQL(POSTING)]
