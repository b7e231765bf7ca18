"""Random lives of wallets: packs by all kinds of cards, gifts, refunds, disputes, time that passes.

After each step no wallet is below zero, every lot has its money, and ``check_books`` finds nothing.
"""

import datetime as dt
from contextlib import suppress
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from takings.coins.actions import (
    end_coins,
    go_on_with_returns,
    return_for,
    unwind_unpaid,
)
from takings.coins.actions.returning import _Asked, _store
from takings.coins.models import CoinLot, Purchase
from takings.coins.queries.unwinders import forget_unwinder, register_unwinder
from takings.coins.rules import Taken
from takings.coins.rules.purchases import NothingToReturn
from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import Payment
from takings.people.models import User
from tests.coins.test_spending import has
from tests.coins.test_unwinding import Gifts
from tests.make.coins import ask, granted, make_fan, ordered, spent, unspent
from tests.make.passes import Time
from tests.make.payments import (
    DISPUTED_LOST,
    DISPUTED_WON,
    PAYS,
    REVERSED,
    asked,
    cards_taken,
    happenings,
    pay,
    send,
    work_all,
)
from tests.make.people import make_operator

WHO = st.integers(0, 1)
CARDS = st.sampled_from([PAYS, PAYS, DISPUTED_LOST, DISPUTED_WON, REVERSED])
PACKS = st.sampled_from(["handful", "chest"])
CENT = 10_000


class Wallets(RuleBasedStateMachine):
    """Two fans, in France with taxes that round and in the United States without any."""

    fans: ClassVar[tuple[User, User]]
    operator: ClassVar[User]
    time: ClassVar[Time]

    def __init__(self) -> None:
        """Begin with empty wallets."""
        super().__init__()
        self.sent: list[UUID] = []
        self.time.go(1, 25)
        self.dream = transaction.atomic()
        self.dream.__enter__()

    @override
    def teardown(self) -> None:
        """Forget this life."""
        transaction.set_rollback(True)
        self.dream.__exit__(None, None, None)

    @rule(who=WHO, pack=PACKS, card=CARDS)
    def buy(self, who: int, pack: str, card: str) -> None:
        """Buy a pack, and hear only that it is paid; what else its card does is heard later."""
        self._tick()
        payment = ordered(self.fans[who], pack)
        pay(payment, card)
        for happening in happenings(payment):
            if happening.kind == "succeeded":
                send(happening)
        work_all()

    @rule(who=WHO, count=st.integers(1, 40))
    def be_given(self, who: int, count: int) -> None:
        """Get bonus coins."""
        self._tick()
        granted(self.fans[who], count)

    @rule(count=st.integers(1, 700), other=st.integers(1, 90))
    def spend(self, count: int, other: int) -> None:
        """Let both send gifts in one call; who has not enough sends none."""
        asks = [ask(fan, n) for fan in self.fans for n in (count, other)]
        self.sent += [one.spend_id for one in spent(asks) if isinstance(one, Taken)]

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def unspend(self, data: st.DataObject) -> None:
        """Take a gift back, perhaps one that was taken back already."""
        unspent_before = data.draw(st.sampled_from(self.sent))
        self.sent.remove(unspent_before)
        unspent(unspent_before)

    @precondition(lambda _: Purchase.objects.filter(paid_at__isnull=False).exists())
    @rule(data=st.data(), fate=st.sampled_from(["", "killed"]))
    def give_back(self, data: st.DataObject, fate: str) -> None:
        """Give back what is left of a purchase; the power may go before the card is asked."""
        purchase = self._one(data)
        with suppress(NothingToReturn, Refusal):
            if fate:
                _store(purchase, _Asked(None, "Killed."), at=clock.now())
            else:
                return_for(
                    operator=self.operator, purchase=purchase, reason="Asked.", at=clock.now()
                )

    @precondition(lambda _: Purchase.objects.filter(paid_at__isnull=False).exists())
    @rule(data=st.data(), cents=st.integers(1, 1300))
    def refund(self, data: st.DataObject, cents: int) -> None:
        """Let the desk give any amount back, or see it refused."""
        purchase = self._one(data)
        amount = Money(cents * CENT, purchase.currency)
        one = Refund(uuid4(), purchase.pk, amount, "Asked.")
        with suppress(Refusal):
            refund_payment(operator=self.operator, refund=one, at=clock.now())

    @rule(days=st.integers(0, 90))
    def work(self, days: int) -> None:
        """Let time pass, hear what became of every payment, and let all jobs run, twice."""
        self.time.now += dt.timedelta(days=days)
        for payment in Payment.objects.order_by("started_at", "pk"):
            asked(payment)
        for _ in range(2):
            for job in (go_on_with_returns, end_coins, unwind_unpaid):
                job(at=clock.now())

    def _tick(self) -> None:
        """Let no two lots come at once: which is the older one is not for chance to say."""
        self.time.now += dt.timedelta(seconds=1)

    def _one(self, data: st.DataObject) -> Purchase:
        paid = Purchase.objects.filter(paid_at__isnull=False).select_related("wallet__user")
        return data.draw(st.sampled_from(list(paid.order_by("paid_at", "ordered_at", "pk"))))

    @invariant()
    def wallets_are_their_lots(self) -> None:
        """See that the books hold what lots say, and that none is below zero."""
        for fan in self.fans:
            for held, is_bonus in zip(has(fan), (False, True), strict=True):
                lots = CoinLot.objects.filter(wallet_id=fan.pk, is_bonus=is_bonus)
                assert held.micros == sum(lot.left_micros for lot in lots) >= 0

    @invariant()
    def every_law_of_money_holds(self) -> None:
        """``check_books`` finds nothing."""
        assert check_books() == []


@pytest.mark.no_cover
@pytest.mark.django_db
def test_random_lives_of_wallets(monkeypatch: pytest.MonkeyPatch) -> None:
    Wallets.fans = (make_fan("Fleur", country="FR"), make_fan("Sam", country="US"))
    Wallets.operator = make_operator()
    Wallets.time = Time(monkeypatch, dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC))
    gifts, long = Gifts(), settings.get_profile("long")
    short = settings(
        max_examples=4,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    is_long = settings.get_current_profile_name() == "long"
    register_unwinder(gifts)
    try:
        with cards_taken():
            run_state_machine_as_test(Wallets, settings=long if is_long else short)
    finally:
        forget_unwinder(gifts)
