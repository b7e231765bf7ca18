"""The sandbox takes cards, an own lake, and a clock that the stories set."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make.events import own_lake
from tests.make.passes import Time
from tests.make.payments import cards_taken

JANUARY_25 = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[None]:
    """Let the sandbox take cards, and give an empty lake."""
    with own_lake(tmp_path), cards_taken():
        yield


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch, lake: None) -> Time:  # noqa: ARG001 - must be there
    """Let the stories begin on 25 January 2027 at 14:00 UTC."""
    return Time(monkeypatch, JANUARY_25)
