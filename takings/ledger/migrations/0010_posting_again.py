"""Books that were opened with an older ``ledger_post`` get the one of ``sql/posting``.

New books run the newest from the start (0006); a later change of it comes as one more such migration.
"""

import re
from importlib import import_module

from django.db import migrations

POSTING: str = import_module("takings.ledger.migrations.0006_posting").POSTING
OLD = [f"DROP ROUTINE IF EXISTS {name} CASCADE;\n" for name in re.findall(r"CREATE FUNCTION (\w+)", POSTING)]
OLD += [f"DROP TYPE IF EXISTS {name} CASCADE;\n" for name in re.findall(r"CREATE TYPE (\w+)", POSTING)]


class Migration(migrations.Migration):
    """Drops the functions and makes them again."""

    dependencies = [("ledger", "0009_archives")]

    operations = [migrations.RunSQL("".join(OLD) + POSTING, migrations.RunSQL.noop)]
