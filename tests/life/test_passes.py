"""Random lives of passes: bought, renewed, declined, given back, disputed, in any order and twice.

After each step who sees ads is who has no month that stands, and an old cookie is known for what it
is; at the end the books are proved.
"""

import datetime as dt
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.memberships import actions
from takings.memberships.models import Month, Pass
from takings.money import Money
from takings.payments.actions import Refund, ask_provider, refund_payment
from takings.payments.models import Payment
from takings.people.models import User
from takings.people.queries import passes_ended_early
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge, Dispute
from tests.make.passes import Time
from tests.make.payments import (
    DECLINED,
    DISPUTED_LOST,
    DISPUTED_WON,
    EXPIRES,
    LATE,
    LATER,
    PAYS,
    cards_taken,
    pay,
)
from tests.make.people import make_operator, make_user

CARDS = [PAYS, PAYS, PAYS, EXPIRES, EXPIRES, LATE, DECLINED, DISPUTED_WON, DISPUTED_LOST]
VERBS = (
    *("buy", "buy", "wait", "wait", "wait", "wait", "cancel", "resume", "withdraw", "withdraw"),
    *("refund", "refund", "dispute", "dispute", "answer", "answer", "late"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=16)
BEGIN = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass
class Life:
    """Somebody who wants to see no ads, and what becomes of it."""

    user: User
    operator: User
    time: Time
    told_until: dt.datetime = field(default=BEGIN)

    def take(self, verb: str, which: int) -> None:
        """Take one step, and everything that runs by the clock; refusals are answers."""
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(which)
        except Refusal:
            pass
        self._tick()
        self.check()

    def _buy(self, which: int) -> None:
        key = uuid4()
        first, _again = (
            actions.buy_pass(user=self.user, payment_id=key, at=self.time.now) for _ in range(2)
        )
        pay(first, CARDS[which % len(CARDS)])

    def _wait(self, which: int) -> None:
        self.time.now += which * DAY / 2

    def _cancel(self, _which: int) -> None:
        actions.cancel_pass(user=self.user, at=self.time.now)

    def _resume(self, _which: int) -> None:
        actions.resume_pass(user=self.user, at=self.time.now)

    def _withdraw(self, _which: int) -> None:
        for _ in range(2):
            actions.withdraw(user=self.user, at=self.time.now)

    def _refund(self, which: int) -> None:
        payments = list(Payment.objects.order_by("started_at", "pk"))
        if payments:
            payment = payments[which % len(payments)]
            micros = payment.amount_micros // (1 + which % 3) // 10_000 * 10_000
            refund = Refund(uuid4(), payment.pk, Money(micros, payment.currency), "An outage.")
            refund_payment(operator=self.operator, refund=refund, at=self.time.now)

    def _dispute(self, which: int) -> None:
        charges = list(Charge.objects.order_by("pk"))
        if charges:
            charge = charges[which % len(charges)]
            sandbox.open_dispute(charge_id=charge.pk, at=self.time.now)

    def _answer(self, which: int) -> None:
        found = list(Dispute.objects.order_by("pk"))
        if found:
            dispute = found[which % len(found)]
            sandbox.answer_dispute(dispute_id=dispute.pk, evidence="", at=self.time.now)

    def _late(self, _which: int) -> None:
        for charge in Charge.objects.filter(status="late"):
            sandbox.finish_late(charge_id=charge.pk, at=charge.due_at or self.time.now)

    def _tick(self) -> None:
        """Ask the card company, charge what is due and share what was earned; twice is once."""
        self.time.now += LATER  # sooner nobody is asked again
        for _ in range(2):
            for payment in Payment.objects.order_by("pk"):
                ask_provider(payment_id=payment.pk, at=self.time.now)
            actions.renew_passes(at=self.time.now)
            actions.earn_fees(at=self.time.now)

    def check(self) -> None:
        """See that ads are shown to who has no month that stands, whatever their cookie says."""
        self.user.refresh_from_db()
        now, until = self.time.now, self.user.ad_free_until
        one = Pass.objects.filter(user=self.user).first()
        paid = Month.objects.filter(paid_at__isnull=False)
        standing = paid.filter(taken_back_at=None, starts_at__lte=now, ends_at__gt=now)
        runs = one is not None and one.runs(at=now)
        assert runs == standing.exists()
        assert (one.ends_at if one else None) == until
        ends = [month.ends_at for month in paid]  # also of one that a bank took at once
        self.told_until = max([self.told_until, *(end for end in ends if end is not None)])
        is_wrong = self.told_until > now and not runs
        assert passes_ended_early(at=now) == ({self.user.pk} if is_wrong else frozenset())
        for month in paid:
            assert 0 <= month.earned_micros <= month.price_micros


@pytest.mark.no_cover
@pytest.mark.django_db
def test_every_pass_is_what_was_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    user, operator = make_user("Vera"), make_operator()

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            life = Life(user, operator, Time(monkeypatch, BEGIN))
            for verb, which in [("buy", 0), *steps, ("late", 0), ("wait", 60)]:
                life.take(verb, which)
            assert check_books() == []
            transaction.set_rollback(True)

    with cards_taken():
        live()
