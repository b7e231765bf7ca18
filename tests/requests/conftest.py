"""The sandbox takes cards, a clock that the stories set, a creator with a service and a fan."""

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.make.passes import Time
from tests.make.payments import cards_taken
from tests.make.requests import Pair, make_pair

JANUARY_25 = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    """Let the stories begin on 25 January 2027 at 14:00 UTC."""
    with cards_taken():
        yield Time(monkeypatch, JANUARY_25)


@pytest.fixture
def pair(time: Time) -> Pair:  # noqa: ARG001 - the story begins
    """Let Ada offer a greeting for €25, and Vera ask for it."""
    return make_pair()
