"""A clock that the stories set, and a creator with €50 who may be paid."""

import datetime as dt

import pytest

from takings.money import Money
from takings.people.models import User
from tests.make.coins import ADULT
from tests.make.passes import Time
from tests.make.payouts import american, make_payable, make_verified
from tests.make.settlement import Act, make_act

JANUARY_25 = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let the stories begin on 25 January 2027 at 14:00 UTC."""
    return Time(monkeypatch, JANUARY_25)


@pytest.fixture
def ada(time: Time) -> Act:  # noqa: ARG001 - the story begins
    """Let Ada have €50 that could be paid out, and a W-9: nothing is withheld."""
    act = make_act("Ada")
    User.objects.filter(pk=act.creator.user_id).update(born_on=ADULT, country="DE")
    act.creator.user.refresh_from_db()
    make_payable(act.creator, Money.parse("50", "EUR"))
    make_verified(act.creator, papers=american())
    return act
