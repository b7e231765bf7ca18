"""Posting reads what does not change of an account while it locks it, and sums once.

New books run the newest posting functions from the start (0006); older ones get them here.
"""

import re
from importlib import import_module

from django.db import migrations

POSTING: str = import_module("takings.ledger.migrations.0006_posting").POSTING
MADE = re.findall(r"CREATE (?:OR REPLACE )?(?:FUNCTION|AGGREGATE) (\w+)", POSTING)
OLD = [f"DROP ROUTINE IF EXISTS {name} CASCADE;\n" for name in MADE]
OLD += [f"DROP TYPE IF EXISTS {name} CASCADE;\n" for name in re.findall(r"CREATE TYPE (\w+)", POSTING)]


class Migration(migrations.Migration):
    """Drops the functions and makes them again."""

    dependencies = [("ledger", "0011_providers_below_zero")]

    operations = [migrations.RunSQL("".join(OLD) + POSTING, migrations.RunSQL.noop)]
