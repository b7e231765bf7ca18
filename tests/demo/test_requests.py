"""A fan of the demo asks a creator for two greetings."""

import datetime as dt

import pytest

from takings.demo.actions.asking import ask_and_answer
from takings.ledger.queries import check_books
from takings.requests.models import Request, Service
from tests.make.coins import make_fan
from tests.make.payments import cards_taken
from tests.make.people import make_creator

pytestmark = pytest.mark.django_db
FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_one_greeting_is_taken_and_one_waits_once_cards_are_taken() -> None:
    creator, fan = make_creator(), make_fan()
    ask_and_answer(creator=creator, fan=fan, at=FIRST_DAY)
    with cards_taken():
        ask_and_answer(creator=creator, fan=fan, at=FIRST_DAY - dt.timedelta(seconds=1))
        assert not Service.objects.exists()
        for _ in range(2):
            ask_and_answer(creator=creator, fan=fan, at=FIRST_DAY)
    states = Request.objects.order_by("state").values_list("state", flat=True)
    assert (list(states), Service.objects.count()) == (["paid", "released"], 2)
    assert check_books() == []
