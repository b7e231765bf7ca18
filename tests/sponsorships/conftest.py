"""The sandbox takes cards, a clock that the stories set, and a brand with a creator of age."""

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.make.deals import Pair, make_pair
from tests.make.passes import Time
from tests.make.payments import cards_taken

JANUARY_25 = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    """Let the stories begin on 25 January 2027 at 14:00 UTC."""
    with cards_taken():
        yield Time(monkeypatch, JANUARY_25)


@pytest.fixture
def pair(time: Time) -> Pair:  # noqa: ARG001 - the story begins
    """Let Bea of Northwind and Ada be there."""
    return make_pair()
