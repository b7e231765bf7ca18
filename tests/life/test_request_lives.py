"""Random lives of requests: in any order, twice, late, disputed, closed; nothing is lost.

``--hypothesis-profile=long`` lives 200.
"""

import datetime as dt
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.payments.actions import Refund, record_facts, refund_payment
from takings.payments.models import Payment
from takings.payments.rules import Answer, Fact, FactKind
from takings.people.models import Creator, User
from takings.requests import actions
from takings.requests.models import Request, Service
from takings.requests.rules import OPEN, State
from takings.settlement.actions import close_period
from takings.settlement.models import Period
from takings.settlement.queries import open_period
from tests.make.passes import Time
from tests.make.payments import asked, cards_taken, pay
from tests.make.people import make_operator
from tests.make.requests import Pair, eur, fresh, make_pair
from tests.make.settlement import counting

pytestmark = pytest.mark.django_db
VERBS = (
    *("buy", "buy", "accept", "accept", "deliver", "deliver", "revise", "take", "take"),
    *("decline", "cancel", "give_up", "open_case", "decide", "decide", "days", "clock"),
    *("dispute", "win", "refund", "close"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=20)
DAY = dt.timedelta(days=1)


@dataclass
class Life:
    """A fan who asks a creator again and again, and an operator."""

    time: Time
    pair: Pair
    operator: User
    disputed: list[Payment] = field(default_factory=list)

    def take(self, verb: str, which: int) -> None:
        """Take one step; refusals are answers, not failures."""
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(which)
        except Refusal:
            pass

    def _one(self, which: int) -> Request:
        found = list(Request.objects.order_by("asked_at", "pk"))
        if not found:
            raise Refusal
        return fresh(found[which % len(found)])

    def _buy(self, which: int) -> None:
        one = self.pair.ask()
        payment = self.pair.start(one)
        if which % 5:
            pay(payment)
            asked(payment)

    def _accept(self, which: int) -> None:
        actions.accept(request=self._one(which), by=self.pair.maker, at=clock.now())

    def _deliver(self, which: int) -> None:
        self.pair.deliver(self._one(which))

    def _revise(self, which: int) -> None:
        one, now = self._one(which), clock.now()
        actions.revise(request=one, by=self.pair.fan, note="Louder", at=now)

    def _take(self, which: int) -> None:
        actions.take(request=self._one(which), by=self.pair.fan, at=clock.now())

    def _decline(self, which: int) -> None:
        one = self._one(which)
        actions.decline(request=one, by=self.pair.maker, note="", at=clock.now())

    def _cancel(self, which: int) -> None:
        actions.cancel(request=self._one(which), by=self.pair.fan, at=clock.now())

    def _give_up(self, which: int) -> None:
        one = self._one(which)
        actions.give_up(request=one, by=self.pair.maker, note="", at=clock.now())

    def _open_case(self, which: int) -> None:
        one, now = self._one(which), clock.now()
        actions.open_case(request=one, by=self.pair.fan, why="Wrong", at=now)

    def _decide(self, which: int) -> None:
        cases = Request.objects.filter(state=State.CASE).order_by("asked_at", "pk")
        one = cases.first()
        if one is None:
            raise Refusal
        back = eur(str(which % 26))
        actions.decide(operator=self.operator, request=one, back=back, reason="So.", at=clock.now())

    def _days(self, which: int) -> None:
        self.time.now += which % 9 * DAY

    def _clock(self, _which: int) -> None:
        for _ in range(2):
            actions.keep_clocks(at=clock.now())

    def _tell(self, payment: Payment, kind: FactKind) -> None:
        now = clock.now()
        fact = Fact(kind, f"dp_{payment.pk}", eur("15"), eur("0"), now)
        record_facts(payment_id=payment.pk, answer=Answer(ref="", facts=(fact,)), at=now)

    def _dispute(self, which: int) -> None:
        payment = Payment.objects.get(pk=self._one(which).pk)
        self._tell(payment, FactKind.DISPUTED)
        self.disputed.append(payment)

    def _win(self, which: int) -> None:
        if self.disputed:
            self._tell(self.disputed[which % len(self.disputed)], FactKind.DISPUTE_WON)

    def _refund(self, which: int) -> None:
        refund = Refund(uuid4(), self._one(which).pk, eur(str(1 + which % 25)), "A bad day.")
        refund_payment(operator=self.operator, refund=refund, at=clock.now())

    def _close(self, _which: int) -> None:
        now = clock.now()
        close_period(name=open_period(at=now).name, at=now, count=counting(), early=True)

    def end(self) -> None:
        """Let all clocks run out, and decide every case: no escrow holds anything."""
        assert not ledger.check_books()
        for _ in range(3):
            while Request.objects.filter(state=State.CASE).exists():
                self._decide(13)
            self.time.now += 40 * DAY
            actions.keep_clocks(at=clock.now())
        assert not Request.objects.filter(state__in=OPEN, taken_at=None).exists()
        left = [row.name for row in ledger.balances(prefix="escrow:") if row.balance]
        stuck = Request.objects.filter(state=State.RETURNING)
        assert set(left) <= {one.escrow for one in stuck}, "the sandbox may refuse after disputes"
        assert not ledger.check_books()
        assert not Period.objects.filter(status="closing").exists()


@pytest.mark.no_cover
def test_every_life_of_requests_leaves_no_money_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    start = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
    time = Time(monkeypatch, start)
    made, operator = make_pair(), make_operator()
    is_long = settings.get_current_profile_name() == "long"

    @settings(
        max_examples=200 if is_long else 10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        time.now = start
        with transaction.atomic():
            pair = Pair(
                User.objects.get(pk=made.fan.pk),
                Creator.objects.select_related("user").get(pk=made.creator.pk),
                Service.objects.get(pk=made.service.pk),
            )
            life = Life(time, pair, operator)
            for verb, which in [("buy", 1), *steps]:
                life.take(verb, which)
                assert not ledger.check_books(), (verb, which)
            life.end()
            transaction.set_rollback(True)

    with cards_taken():
        live()
