"""A creator reads which gifts a line is of, and where each of them is in the books."""

from collections.abc import Iterator

import pytest
from django.test import Client

from takings.core import clock
from takings.gifts.actions import undo_gift
from takings.settlement.actions import close_period, refresh_estimates
from takings.settlement.models import ShareLine
from tests.make.coins import bought, make_fan
from tests.make.gifts import give, make_gift_kind
from tests.make.pages import page_links, page_text
from tests.make.passes import Time
from tests.make.payments import cards_taken
from tests.make.settlement import counting, make_act

pytestmark = pytest.mark.django_db


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    with cards_taken():
        yield Time(monkeypatch, clock.now().replace(year=2027, month=1, day=25))


def test_a_line_of_gifts_leads_to_each_of_them(client: Client, time: Time) -> None:
    ada, vera, rose = make_act("Ada"), make_fan(), make_gift_kind(100)
    bought(vera)
    *_, last = (give(vera, ada, rose) for _ in range(3))
    undo_gift(gift=last, at=time.now)
    refresh_estimates(at=time.now, count=counting())
    client.force_login(ada.creator.user)
    lines = "/studio/earnings/lines/?period=2027-01&currency=EUR"
    assert "2 gifts" in page_text(client.get(lines))
    time.go(2, 10)
    close_period(name="2027-01", at=time.now, count=counting())
    assert "2 gifts" in page_text(client.get(lines))
    trace = client.get(f"/trace/line/{ShareLine.objects.get().pk}/")
    told = page_text(trace)
    assert "3 gifts for “Low tide” on 25 January 2027 from Germany" in told
    assert "Vera, 100 coins: of €0.20" in told
    assert "Taken back" in told
    entries = page_links(trace, "/trace/entry/")
    assert "What its creator earned by it" in page_text(client.get(entries[-1]))
