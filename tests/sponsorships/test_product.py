"""The product of a deal: sent, received, and the days for the draft begin when it is there."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client

from takings.sponsorships import actions
from takings.sponsorships.actions import NoProduct, NotYourPart, ProductNotSent
from takings.sponsorships.models import Deal
from takings.sponsorships.queries import works_of
from takings.sponsorships.rules import Stage
from tests.make.deals import TERMS, Pair, handed_in, running
from tests.make.passes import Time

pytestmark = pytest.mark.django_db
SHOE = replace(TERMS, product="A trail shoe", videos=2)
DAY = dt.timedelta(days=1)


def press(pair: Pair, deal: Deal, name: str, *, is_brand: bool) -> str:
    """Press a button of the room; return the room as it is then."""
    client = Client()
    client.force_login(pair.member if is_brand else pair.creator.user)
    answer = client.post(f"/deals/{deal.pk}/{name}/", {"words": "DHL 0034"}, follow=True)
    return answer.content.decode()


def test_the_days_for_a_draft_begin_when_the_product_is_there(pair: Pair, time: Time) -> None:
    deal = running(pair, SHOE)
    handed_in(pair, deal)
    with pytest.raises(ProductNotSent):
        actions.receive_product(seat=pair.ada(deal), at=time.now)
    with pytest.raises(NotYourPart):
        actions.send_product(seat=pair.ada(deal), words="", at=time.now)
    assert "It is on its way" in press(pair, deal, "send", is_brand=True)
    time.now += 3 * DAY
    assert "begin now" in press(pair, deal, "receive", is_brand=False)
    first, second = works_of(deal)
    assert (first.stage, second.due_at) == (Stage.REVIEW, time.now + SHOE.draft_days * DAY)
    time.now += DAY
    for again in (
        actions.send_product(seat=pair.bea(deal), words="", at=time.now),
        actions.receive_product(seat=pair.ada(deal), at=time.now),
    ):
        assert again.taken_at < time.now, "once said, said"
    assert works_of(deal)[1].due_at == second.due_at
    assert "Product sent</strong>: DHL 0034" in press(pair, deal, "say", is_brand=True)


def test_where_no_product_was_agreed_on_none_is_sent(pair: Pair, time: Time) -> None:
    with pytest.raises(NoProduct):
        actions.send_product(seat=pair.bea(running(pair)), words="", at=time.now)
