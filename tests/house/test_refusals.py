"""Refusals have a code of their own and a sentence; only the outermost edges catch everything."""

import ast
import re
from collections import Counter
from functools import cache

from tests.house.source import File, files, place

CODE = re.compile(r"[a-z]+(_[a-z]+)*")
EDGES = {
    "config/asgi.py": "the web server goes on; the visitor gets a sentence, the log the fault",
    "config/cli.py": "a person reads one sentence; the fault goes to the data folder",
    "takings/ads/edge/routes.py": "the thread that refreshes budgets tries again",
    "takings/live/edge/hub.py": "whoever listens shall not be left in silence for good",
    "takings/live/edge/presence.py": "the next round counts again",
    "takings/events/actions/announcing.py": "one listener's fault must not hold back the others",
}


@cache
def refusals() -> dict[str, ast.ClassDef]:
    """Return every class below `Refusal`, but for the kinds of `core.errors`."""
    classes = {
        f"{file.path} {node.name}": node
        for file in files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"Refusal"}
    while True:
        found = {name: node for name, node in classes.items() if _bases(node) & known}
        names = {"Refusal"} | {node.name for node in found.values()}
        if names == known:
            kinds = "takings/core/errors.py "
            return {name: node for name, node in found.items() if not name.startswith(kinds)}
        known = names


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).rpartition(".")[2] for base in node.bases}


def _own(node: ast.ClassDef, name: str) -> str | None:
    """Return a text that a class itself sets."""
    for line in node.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == name:
            text: object = ast.literal_eval(line.value)
            assert isinstance(text, str)
            return text
    return None


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = {name: _own(node, "code") for name, node in refusals().items()}
    assert len(codes) > 50
    assert {
        name: code for name, code in codes.items() if not code or not CODE.fullmatch(code)
    } == {}
    assert [code for code, count in Counter(codes.values()).items() if count > 1] == []


def test_every_refusal_says_a_sentence() -> None:
    sentences = {name: _own(node, "sentence") for name, node in refusals().items()}
    assert {name: said for name, said in sentences.items() if not said or not _is_said(said)} == {}


def _is_said(sentence: str) -> bool:
    """Tell whether it reads as a sentence; a hole may begin or end it."""
    return not sentence[0].islower() and sentence[-1] in ".?!”}"


def _broad(file: File) -> list[ast.ExceptHandler]:
    """Return what catches everything and keeps it."""
    return [
        node
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not _passes_on(node)
    ]


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """Tell whether it only cleans up: its last line raises again."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_only_the_outermost_edges_catch_everything() -> None:
    caught = {file.path: [place(file, node) for node in _broad(file)] for file in files()}
    assert {path: places for path, places in caught.items() if places and path not in EDGES} == {}
    assert {path for path, places in caught.items() if places} == set(EDGES)
