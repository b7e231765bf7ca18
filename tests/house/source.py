"""The source of the house, read as Python reads it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("takings", "config")


@dataclass(frozen=True, kw_only=True)
class File:
    """A Python file: its path from the root of the project, and what it says."""

    path: str
    tree: ast.Module
    line_count: int

    @property
    def folders(self) -> tuple[str, ...]:
        """Return the names on the way to it, its own without the suffix."""
        return Path(self.path).with_suffix("").parts


@cache
def files() -> tuple[File, ...]:
    """Return every file of the product; migrations are data, not code."""
    return tuple(_read(path) for package in PACKAGES for path in _paths(ROOT / package))


@cache
def migrations() -> tuple[Path, ...]:
    """Return every migration."""
    return tuple(sorted((ROOT / "takings").glob("*/migrations/[!_]*.py")))


@cache
def apps() -> tuple[Path, ...]:
    """Return the folder of every Django app."""
    return tuple(sorted(path.parent for path in (ROOT / "takings").glob("*/apps.py")))


def calls(file: File) -> Iterator[ast.Call]:
    """Return every call in a file."""
    return (node for node in ast.walk(file.tree) if isinstance(node, ast.Call))


def place(file: File, node: ast.stmt | ast.expr | ast.ExceptHandler) -> str:
    """Return where something stands, as editors open it."""
    return f"{file.path}:{node.lineno}"


def _paths(package: Path) -> Iterator[Path]:
    return (path for path in sorted(package.rglob("*.py")) if "migrations" not in path.parts)


def _read(path: Path) -> File:
    text = path.read_text()
    return File(
        path=path.relative_to(ROOT).as_posix(),
        tree=ast.parse(text),
        line_count=len(text.splitlines()),
    )
