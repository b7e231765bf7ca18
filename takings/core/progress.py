"""How long work tells where it stands: a callable given a word, what is done and the whole."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Say nothing: for callers nobody is watching."""
