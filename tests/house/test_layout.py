"""The same file names in every app, and files and functions that fit in a head."""

import ast
import statistics

import pytest

from tests.house.source import ROOT, apps, files, migrations

NAMES = {
    *("__init__", "apps", "urls", "admin", "api", "views", "edge", "jobs"),
    *("actions", "queries", "models", "rules"),
    *("templates", "static", "templatetags", "migrations", "packs"),
}
OWN_NAMES = {
    "payments": {"providers"},  # adapters of card companies, below the actions that call them
    "payouts": {"providers"},  # the same, for those who pay creators
    "videos": {"transcoder"},  # a program of its own: a child process without Django or secrets
    "web": {  # the shell of every page: what Django and allauth ask a site for
        *("adapter", "context", "forms", "manifest", "middleware", "samples"),
    },
}
MOST_LINES, MEDIAN_LINES, MOST_LINES_OF_A_FUNCTION = 400, 100, 50


@pytest.mark.parametrize("app", [app.name for app in apps()])
def test_an_app_has_only_the_file_names_that_every_app_has(app: str) -> None:
    found = {path.stem for path in (ROOT / "takings" / app).iterdir() if path.name[0] not in "._"}
    found -= {"__pycache__"}
    assert found <= NAMES | OWN_NAMES.get(app, set())


def test_a_file_fits_in_a_head() -> None:
    assert [file.path for file in files() if file.line_count > MOST_LINES] == []
    assert statistics.median(file.line_count for file in files()) <= MEDIAN_LINES


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{file.path}:{node.lineno} {node.name}"
        for file in files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_a_migration_is_named_by_hand() -> None:
    names = [path.stem for path in migrations()]
    assert names != []
    assert [name for name in names if "_auto_" in name or name.endswith("_initial")] == []
