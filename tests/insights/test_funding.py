"""The page on which operators fund pools: proposed by one, answered by another."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from takings.people.models import User
from takings.settlement import queries
from takings.settlement.queries import UnknownFunding
from tests.make.ledger import dollars, usd
from tests.make.pages import page_text
from tests.make.people import make_operator, make_user
from tests.make.settlement import make_funding

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
POOL = "pool:creator_fund:DE:2027-01"


@pytest.fixture
def olga() -> User:
    return make_operator("Olga")


@pytest.fixture
def pavel() -> User:
    return make_operator("Pavel")


def test_operators_fund_pools_on_a_page(sign_in: SignIn, olga: User, pavel: User) -> None:
    page = sign_in(olga)
    key = uuid4()
    form = {
        "id": key,
        "product": "creator_fund",
        "country": "de",
        "period": "2027-01",
        "amount": "250.50",
        "currency": "usd",
        "source": "platform:revenue:ads",
        "reason": "A fund for January.",
    }
    wrong = page_text(page.post("/desk/pools/", form | {"period": "2026-12"}))
    assert "has no rule for a pool of “creator_fund”" in wrong
    assert page.post("/desk/pools/", form).status_code == 302
    assert "You proposed this" in page_text(page.get(f"/desk/pools/{key}/"))
    own = page.post(f"/desk/pools/{key}/", {"answer": "Me.", "verdict": "approve"})
    assert "another operator has to answer it" in page_text(own)
    other = sign_in(pavel)
    assert "A fund for January." in page_text(other.get("/desk/pools/"))
    assert "funding of a pool waits" in page_text(other.get("/desk/finance/"))
    answer = {"answer": "Agreed.", "verdict": "approve"}
    assert other.post(f"/desk/pools/{key}/", answer).status_code == 302
    assert dollars(POOL) == usd("250.50")
    told = page_text(other.get("/desk/pools/"))
    assert "Creator fund" in told
    assert "$250.50" in told
    assert "It was posted already" in page_text(other.get(f"/desk/pools/{key}/"))


def test_declining_on_the_page_moves_nothing(sign_in: SignIn, olga: User, pavel: User) -> None:
    funding = make_funding(olga)
    answer = {"answer": "Too early.", "verdict": "decline"}
    assert sign_in(pavel).post(f"/desk/pools/{funding.pk}/", answer).status_code == 302
    assert dollars(POOL) == usd(0)
    with pytest.raises(UnknownFunding):
        queries.access_funding(user=pavel, funding_id=uuid4())


def test_pools_are_for_operators(sign_in: SignIn) -> None:
    assert sign_in(make_user("Vera")).get("/desk/pools/").status_code == 404
