"""Only actions write.

Told by the names of calls and by the first words of SQL: no proof, but it finds every honest slip.
Nothing is looked for where Django cannot be imported; the linter's contracts see to that.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import File, calls, files, place

VERBS = {"save", "create", "bulk_create", "bulk_update", "update", "delete"}
VERBS |= {"get_or_create", "update_or_create"}
VERBS |= {f"a{verb}" for verb in VERBS}
SQL = re.compile(
    r"\s*(WITH\b.*\b)?(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE"
    r"|COPY\s.*\sFROM\s+STDIN)\b",
    re.IGNORECASE | re.DOTALL,
)
WITHOUT_DJANGO = {"core", "host", "money", "rules", "transcoder"}
NO_TABLE = {
    "router": "declares the HTTP method DELETE",
    "digest": "feeds a hash",
    "self._digest": "the same",
    "segment.hash": "the same",
    "self._file": "opens a file of the lake for writing",
    "URL": "puts together the address of the lake's catalog",
    "self._bars": "moves a progress bar",
    "self._client.checkout.sessions": "calls Stripe",
    "self._client.payment_intents": "calls Stripe",
    "self._client.accounts": "calls Stripe",
    "self._client.account_links": "calls Stripe",
    "self._client.transfers": "calls Stripe",
    "self._client.transfers.reversals": "calls Stripe",
    "self._client.refunds": "calls Stripe",
    "self._client.disputes": "calls Stripe",
    "self._served": "counts in memory until an action writes the counts",
}


def writes(file: File) -> Iterator[str]:
    """Return every place where a file changes a table."""
    for call in calls(file):
        if isinstance(call.func, ast.Attribute) and call.func.attr in VERBS:
            written = ast.unparse(call.func.value)
            if written not in NO_TABLE:
                yield f"{place(file, call)} {written}.{call.func.attr}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield f"{place(file, node)} {node.value.strip()[:40]}"


def test_only_actions_write() -> None:
    others = [file for file in files() if {"actions", *WITHOUT_DJANGO}.isdisjoint(file.folders)]
    assert len(others) > 100
    assert [write for file in others for write in writes(file)] == []


@pytest.mark.parametrize(
    "line",
    [
        "Gift.objects.create(coins=3)",
        "gift.save()",
        "await gifts.aupdate(coins=0)",
        "cursor.execute('UPDATE gifts SET coins = 0')",
        "cursor.execute('with old as (select 1) delete from gifts')",
        "cursor.execute(f'INSERT INTO {table} VALUES (1)')",
        "cursor.copy('COPY gifts (coins) FROM STDIN')",
    ],
)
def test_a_line_that_writes_would_be_found(line: str) -> None:
    file = File(path="takings/gifts/views.py", tree=ast.parse(line), line_count=1)
    assert len(list(writes(file))) == 1


def test_every_exception_is_still_needed() -> None:
    receivers = {
        ast.unparse(call.func.value)
        for file in files()
        for call in calls(file)
        if isinstance(call.func, ast.Attribute) and call.func.attr in VERBS
    }
    assert set(NO_TABLE) <= receivers
