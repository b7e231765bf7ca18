"""One viewer of the demo pays for watching without ads."""

import datetime as dt

import pytest

from takings.demo.actions.paying import sell_pass
from takings.demo.rules.cast import MEMBER, VIEWERS
from takings.ledger.queries import check_books
from takings.memberships.models import Month, Pass
from tests.make.payments import cards_taken
from tests.make.people import make_user

pytestmark = pytest.mark.django_db

FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_a_viewer_buys_one_month_once_passes_are_sold_and_cards_are_taken() -> None:
    assert MEMBER.email in {person.email for person in VIEWERS}
    member = make_user("Lena")
    sell_pass(member=member, at=FIRST_DAY)
    with cards_taken():
        sell_pass(member=member, at=FIRST_DAY - dt.timedelta(seconds=1))
        assert not Pass.objects.exists()
        for _ in range(2):
            sell_pass(member=member, at=FIRST_DAY)
    assert Pass.objects.get(user=member).renews
    assert Month.objects.get().paid_at == FIRST_DAY
    assert check_books() == []
