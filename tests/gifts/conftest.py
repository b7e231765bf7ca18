"""The sandbox takes cards, a clock that the stories set, a creator and a fan with coins."""

import datetime as dt
from collections.abc import Iterator

import pytest

from takings.people.models import User
from tests.make.coins import bought, make_fan
from tests.make.passes import Time
from tests.make.payments import cards_taken
from tests.make.settlement import Act, make_act

JANUARY_25 = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    """Let the stories begin on 25 January 2027 at 14:00 UTC."""
    with cards_taken():
        yield Time(monkeypatch, JANUARY_25)


@pytest.fixture
def ada(time: Time) -> Act:  # noqa: ARG001 - the story begins
    """Let Ada have a video."""
    return make_act("Ada")


@pytest.fixture
def vera(time: Time) -> User:  # noqa: ARG001 - the story begins
    """Let Vera have 1,000 coins that she bought for €10 without tax, and 80 that came with them."""
    user = make_fan()
    bought(user)
    return user
