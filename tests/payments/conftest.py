"""The sandbox takes cards in these stories, and a real browser looks at their pages."""

from collections.abc import Iterator

import pytest

from tests.make.browser import chromium, look
from tests.make.payments import cards_taken

__all__ = ["chromium", "look", "sandbox"]


@pytest.fixture(autouse=True)
def sandbox() -> Iterator[None]:
    """Let the sandbox take cards."""
    with cards_taken():
        yield
