"""Every setting is read from the environment in one place."""

import ast
import os

import pytest

from takings.host.environment import DEFAULTS, flag, setting
from tests.house.source import File, calls, files, place

READER = "takings/host/environment.py"
HANDED_ON = "config/up.py"  # the settings of this process are those of its children


def reads(file: File) -> list[str]:
    """Return every mention of the environment that does not set a variable."""
    set_here = {
        id(node.value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    set_here |= {
        id(call.func.value)
        for call in calls(file)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "setdefault"
    }
    return [
        place(file, node)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "environb", "getenv"}
        and id(node) not in set_here
    ]


def test_settings_are_read_in_one_place() -> None:
    found = {file.path: reads(file) for file in files()}
    assert {path for path, places in found.items() if places} == {READER, HANDED_ON}


def test_every_setting_that_is_asked_for_is_in_the_table_and_the_other_way_round() -> None:
    asked = {
        call.args[0].value
        for file in files()
        for call in calls(file)
        if ast.unparse(call.func) in {"setting", "flag"} and isinstance(call.args[0], ast.Constant)
    }
    assert asked == set(DEFAULTS)


def test_a_setting_that_is_given_empty_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TAKINGS_DEFAULT_COUNTRY", "")
    assert setting("TAKINGS_DEFAULT_COUNTRY") == "US"
    monkeypatch.setitem(os.environ, "TAKINGS_DEFAULT_COUNTRY", "DE")
    assert setting("TAKINGS_DEFAULT_COUNTRY") == "DE"


@pytest.mark.parametrize(("given", "said"), [("1", True), ("Yes", True), ("0", False), ("", False)])
def test_a_flag_says_yes_or_no(monkeypatch: pytest.MonkeyPatch, given: str, *, said: bool) -> None:
    monkeypatch.setitem(os.environ, "TAKINGS_BEHIND_PROXY", given)
    assert flag("TAKINGS_BEHIND_PROXY") is said
