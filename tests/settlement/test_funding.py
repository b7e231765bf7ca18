"""Money into pools other than by ads: an operator's with four eyes, and the fees of members."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from takings.core.errors import Refusal
from takings.ledger.queries import check_books, entry
from takings.ledger.rules.drafts import AmountNotPositive
from takings.money import Money
from takings.people.models import StaffAct, User
from takings.policies.rules import NoProductRule
from takings.settlement.actions import (
    Fee,
    FeeIdTaken,
    Funds,
    NoPoolOfCountry,
    NotFundedLikeThis,
    PeriodIsFrozen,
    ProposalAnswered,
    ProposalIdTaken,
    ProposalNeedsReason,
    SecondPersonNeeded,
    UnknownSource,
    add_pool_fee,
    approve_funding,
    close_period,
    decline_funding,
    propose_funding,
)
from takings.settlement.models import PoolFee, PoolFunding
from takings.settlement.rules import UnknownPeriod
from tests.make.ledger import all_balances, dollars, usd
from tests.make.people import make_operator
from tests.make.settlement import counting

pytestmark = pytest.mark.django_db

JANUARY = dt.datetime(2027, 1, 10, 12, tzinfo=dt.UTC)
FEBRUARY = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
POOL = "pool:creator_fund:DE:2027-01"
FUNDS = Funds("creator_fund", "DE", "2027-01", "platform:revenue:ads", usd(100), "A quiet month.")
FEE = Fee("premium", "DE", UUID(int=7), "provider:sandbox", usd("9.99"))


@pytest.fixture
def olga() -> User:
    return make_operator("Olga")


@pytest.fixture
def pavel() -> User:
    return make_operator("Pavel")


def proposed(olga: User, funds: Funds = FUNDS, *, id: UUID | None = None) -> PoolFunding:  # noqa: A002 - its own
    return propose_funding(operator=olga, funds=funds, id=id or uuid4(), at=JANUARY)


def test_one_person_proposes_and_another_fills_the_pool(olga: User, pavel: User) -> None:
    funding = proposed(olga)
    assert (dollars(POOL), str(funding)) == (usd(0), f"{POOL}: 100000000 USD")
    done = approve_funding(funding=funding, operator=pavel, answer="Agreed.", at=JANUARY)
    assert dollars(POOL) == usd(100)
    assert done.entry_id is not None
    posted = entry(id=done.entry_id)
    assert (posted.kind, posted.memo) == ("pool_funded", "A quiet month.")
    assert posted.policy_version == "house@2027-01-01"
    acts = StaffAct.objects.order_by("pk").values_list("operator__email", "act")
    assert [act for _, act in acts] == ["funding_proposed", "funding_approved"]
    assert len({who for who, _ in acts}) == 2
    assert check_books() == []


def test_proposing_again_changes_nothing_and_another_content_is_refused(olga: User) -> None:
    one = proposed(olga)
    assert proposed(olga, id=one.pk) == one
    with pytest.raises(ProposalIdTaken):
        proposed(olga, replace(FUNDS, amount=usd(101)), id=one.pk)
    assert PoolFunding.objects.count() == StaffAct.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, ProposalNeedsReason),
        ({"source": "creator:1:payable"}, UnknownSource),
        ({"period": "someday"}, UnknownPeriod),
        ({"period": "2026-12"}, NoProductRule),
        ({"product": "lottery"}, NoProductRule),
        ({"product": "premium"}, NotFundedLikeThis),
        ({"product": "feed_ads"}, NotFundedLikeThis),
        ({"amount": Money.zero("USD")}, AmountNotPositive),
        ({"country": "de"}, NoPoolOfCountry),
        ({"country": "DEU"}, NoPoolOfCountry),
    ],
)
def test_what_no_pool_can_get_is_refused(
    olga: User, change: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        proposed(olga, replace(FUNDS, **change))  # type: ignore[arg-type]
    assert not PoolFunding.objects.exists()
    assert not StaffAct.objects.exists()


def test_who_proposes_does_not_answer_and_an_answer_is_given_once(olga: User, pavel: User) -> None:
    funding = proposed(olga)
    with pytest.raises(SecondPersonNeeded):
        approve_funding(funding=funding, operator=olga, answer="Me.", at=JANUARY)
    declined = decline_funding(funding=funding, operator=pavel, answer="No.", at=JANUARY)
    assert (declined.is_approved, declined.entry_id, dollars(POOL)) == (False, None, usd(0))
    with pytest.raises(ProposalAnswered):
        approve_funding(funding=funding, operator=pavel, answer="Yes.", at=JANUARY)
    assert dollars(POOL) == usd(0)


def test_a_pool_that_was_shared_takes_no_more(olga: User, pavel: User) -> None:
    funding = proposed(olga)
    close_period(name="2027-01", at=FEBRUARY, count=counting())
    before = all_balances()
    with pytest.raises(PeriodIsFrozen):
        approve_funding(funding=funding, operator=pavel, answer="Late.", at=FEBRUARY)
    with pytest.raises(PeriodIsFrozen):
        proposed(olga)
    assert all_balances() == before


def test_money_that_was_sent_for_a_fund_arrives_at_the_bank(olga: User, pavel: User) -> None:
    funding = proposed(olga, replace(FUNDS, source="bank"))
    approve_funding(funding=funding, operator=pavel, answer="It arrived.", at=JANUARY)
    assert (dollars("bank"), dollars(POOL)) == (usd(100), usd(100))


def test_the_database_keeps_what_was_proposed(olga: User) -> None:
    funding = proposed(olga)
    for change in ({"amount_micros": 1}, {"period": "2027-02"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PoolFunding.objects.filter(pk=funding.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        funding.delete()


def test_a_members_fee_fills_the_pool_of_the_running_period_once() -> None:
    key = uuid4()
    fee = add_pool_fee(fee=FEE, id=key, at=JANUARY)
    assert add_pool_fee(fee=FEE, id=key, at=FEBRUARY) == fee
    assert dollars("pool:premium:DE:2027-01") == usd("9.99")
    assert (fee.amount, fee.period) == (usd("9.99"), "2027-01")
    assert entry(id=fee.entry_id).kind == "pool_fee_added"
    assert str(fee) == "pool:premium:DE:2027-01: 9990000 USD"
    with pytest.raises(FeeIdTaken):
        add_pool_fee(fee=replace(FEE, country="FR"), id=key, at=JANUARY)
    with pytest.raises(DatabaseError), transaction.atomic():
        PoolFee.objects.update(amount_micros=1)
    assert check_books() == []


def test_a_fee_for_days_that_are_over_goes_to_their_period_or_the_next_one_that_is_open() -> None:
    march = FEBRUARY + dt.timedelta(days=28)
    close_period(name="2027-01", at=FEBRUARY, count=counting())
    late = add_pool_fee(fee=FEE, id=uuid4(), at=march, of=JANUARY)
    same = add_pool_fee(fee=FEE, id=uuid4(), at=march, of=march - dt.timedelta.resolution)
    now = add_pool_fee(fee=FEE, id=uuid4(), at=march)
    assert [fee.period for fee in (late, same, now)] == ["2027-02", "2027-02", "2027-03"]
    assert entry(id=late.entry_id).occurred_at == march
    assert check_books() == []


@pytest.mark.parametrize(
    ("product", "refusal"), [("creator_fund", NotFundedLikeThis), ("lottery", NoProductRule)]
)
def test_a_fee_is_for_a_product_shared_by_members(product: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        add_pool_fee(fee=replace(FEE, product=product), id=uuid4(), at=JANUARY)
    assert not PoolFee.objects.exists()


def test_a_fee_that_its_entry_does_not_say_is_found() -> None:
    fee = add_pool_fee(fee=FEE, id=uuid4(), at=JANUARY)
    PoolFee.objects.create(
        id=uuid4(),
        product="premium",
        country="DE",
        period="2027-01",
        currency="USD",
        viewer_id=UUID(int=8),
        amount_micros=1,
        entry_id=uuid4(),
        paid_at=JANUARY,
    )
    [finding] = check_books()
    assert finding.invariant == "what was put into a pool is what its entry says"
    assert finding.row.startswith("poolfee:")
    assert str(fee.pk) not in finding.row
