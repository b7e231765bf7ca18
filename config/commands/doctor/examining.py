"""The examination itself: the machine first, then what lies in the database."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import cast

from rich.markup import escape
from rich.table import Table

from config.commands.doctor import machine
from config.commands.doctor.rules import Finding, State
from config.database import database, database_refusals
from config.readiness import is_prepared
from config.show import out
from takings.core.errors import Refusal
from takings.host import home

MARKS: dict[State, str] = {"ok": "[green]ok[/]", "hint": "[yellow]hint[/]", "bad": "[red]bad[/]"}


def examine() -> None:
    """Print what was found; exit code 1 when something is bad."""
    findings = list(machine.look())
    if all(found.state != "bad" for found in findings):
        findings += _records()
    table = Table("", "what", "seen", "what to do")
    for found in findings:
        seen, advice = escape(found.seen), escape(found.advice)
        table.add_row(MARKS[found.state], found.what, seen, advice)
    out.print(table)
    if any(found.state == "bad" for found in findings):
        sys.exit(1)


def _records() -> Iterator[Finding]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with database(home=home.data_home()) as found, database_refusals():
            if not is_prepared(home=home.data_home(), url=found.app, demo=False):
                advice = "takings up does it by itself; or run: takings migrate"
                yield Finding(what="database", state="hint", seen="not up to date", advice=advice)
                return
            importlib.import_module("config.application")
            look = importlib.import_module("config.commands.doctor.records").look
            yield from cast("Callable[[], Iterator[Finding]]", look)()
    except Refusal as refusal:
        yield Finding(what="database", state="bad", seen="does not answer", advice=str(refusal))
