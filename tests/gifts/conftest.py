"""The sandbox takes cards, and a clock that the stories set."""

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.make.passes import Time
from tests.make.payments import cards_taken

JANUARY_25 = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    """Let the stories begin on 25 January 2027 at 14:00 UTC."""
    with cards_taken():
        yield Time(monkeypatch, JANUARY_25)
