"""What may be paid for: seven purposes, each with at most one handler and its own accounts."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.db import IntegrityError
from typing_extensions import override

from takings.ads.actions import PrepaidByCard
from takings.core import clock
from takings.ledger.queries import check_books
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.payments import actions, queries
from takings.payments.actions import Order
from takings.payments.models import Payment
from takings.payments.queries import PurposeTaken, Sale, UnknownPurpose
from takings.payments.rules import (
    FILLS,
    NotItsAccount,
    Plan,
    PurposeName,
    Share,
    SharesDoNotAddUp,
    check_along,
    check_plan,
)
from tests.house.source import files
from tests.make.payments import usd
from tests.make.people import make_user
from tests.payments.tips import Tips, tips

pytestmark = pytest.mark.django_db
SEVEN = {"coins", "membership", "pass", "order", "request", "deal", "advertiser_balance"}


@pytest.fixture
def heard() -> Iterator[Tips]:
    """Let tips be given."""
    with tips() as purpose:
        yield purpose


def sold_by_the_product() -> set[str]:
    """Return every purpose that the code outside of payments names."""
    return {
        PurposeName[node.attr]
        for file in files()
        if "payments" not in file.folders
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "PurposeName"
    }


def order_for(purpose: str) -> Order:
    return Order(
        id=uuid4(),
        purpose=purpose,
        subject="creator:1",
        payer=make_user(),
        amount=usd("100"),
        description="Something",
    )


def test_there_are_seven_purposes_and_each_knows_its_accounts() -> None:
    assert set(PurposeName) == set(FILLS) == SEVEN


def test_everything_the_product_sells_has_exactly_one_handler() -> None:
    names = [purpose.name for purpose in queries.purposes()]
    assert set(names) == sold_by_the_product() == SEVEN
    assert len(names) == len(set(names))
    with pytest.raises(PurposeTaken):
        queries.register_purpose(PrepaidByCard())
    assert [purpose.name for purpose in queries.purposes()] == names


def test_a_purpose_that_is_none_of_the_seven_is_refused() -> None:
    with pytest.raises(UnknownPurpose):
        queries.register_purpose(Tips(name="lottery"))  # type: ignore[arg-type]
    with pytest.raises(UnknownPurpose):
        actions.start_payment(order=order_for("lottery"), at=clock.now())
    assert not Payment.objects.exists()


def test_a_purpose_nobody_handles_any_more_is_found(heard: Tips) -> None:
    payment = actions.start_payment(order=order_for("membership"), at=clock.now())
    queries.forget_purpose("membership")
    found = [one.sentence for one in check_books()]
    queries.register_purpose(heard)
    assert found == ["Nothing here is paid for as “membership”."]
    with pytest.raises(IntegrityError, match="payment_is_for_one_of_the_purposes"):
        Payment.objects.filter(pk=payment.pk).update(purpose="lottery")


@dataclass
class Greedy(Tips):
    """Wants its money elsewhere."""

    shares: tuple[Share, ...] = field(default=())

    @override
    def plan(self, sale: Sale) -> Plan:
        """Send it where it was told to."""
        return Plan("tip_given", f"tip:{sale.payment_id}", "A tip", self.shares)


@pytest.mark.parametrize(
    "share",
    [
        Share("advertiser:1:prepaid", usd("100")),
        Share("platform:revenue:ads", usd("100")),
        Share("tax:DE:vat", usd("100")),
        Share("creator:1:pending", usd("100"), "bank"),
        Share("creator:1:pending", usd("100"), "creator:1:held"),
    ],
)
def test_a_plan_fills_the_accounts_of_its_own_purpose_only(share: Share) -> None:
    greedy = Greedy(shares=(share,))
    with tips(greedy):
        with pytest.raises(NotItsAccount):
            actions.start_payment(order=order_for("membership"), at=clock.now())
        greedy.shares = (Share("creator:1:pending", usd("99")),)
        with pytest.raises(SharesDoNotAddUp):
            actions.start_payment(order=order_for("membership"), at=clock.now())
    assert not Payment.objects.exists()


def test_each_purpose_may_fill_the_accounts_of_its_story() -> None:
    accounts = {
        "coins": "coins:liability:7",
        "membership": "creator:7:pending",
        "order": "escrow:order:7",
        "request": "escrow:request:7",
        "deal": "escrow:deal:7",
        "advertiser_balance": "advertiser:7:prepaid",
    }
    for purpose, account in accounts.items():
        plan = Plan("kind", "reference", "memo", (Share(account, usd("1")),))
        check_plan(purpose=PurposeName(purpose), plan=plan, amount=usd("1"))
        for other in SEVEN - {purpose} - ({"order"} if purpose == "membership" else set()):
            with pytest.raises(NotItsAccount):
                check_plan(purpose=PurposeName(other), plan=plan, amount=usd("1"))


def test_what_moves_along_with_a_payment_is_coins_and_no_money() -> None:
    coins = TransferDraft("coins:issued", "viewer:7:coins", Money.parse(100, "COIN"))
    money = TransferDraft("platform:loss", "coins:liability:7", usd("1"))
    check_along(purpose=PurposeName.COINS, moves=[coins])
    with pytest.raises(NotItsAccount, match="coins:liability:7"):
        check_along(purpose=PurposeName.COINS, moves=[coins, money])
