"""Random lives of members: joined, renewed, declined, left, given back, disputed, in any order.

After each step who is a member is who has a month that stands; at the end the books are proved.
"""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.memberships.actions import fans
from takings.memberships.models import Member, MemberMonth, Tier
from takings.memberships.queries.fans.members import rank_of
from takings.money import Money
from takings.payments.actions import Refund, ask_provider, refund_payment
from takings.payments.models import Payment
from takings.people.models import User
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge, Dispute
from tests.life.test_passes import BEGIN, CARDS, DAY
from tests.make.members import make_adult, make_host, make_tier
from tests.make.passes import Time
from tests.make.payments import LATER, cards_taken, pay
from tests.make.people import make_operator

VERBS = (
    *("join", "join", "wait", "wait", "wait", "wait", "cancel", "resume", "leave", "change"),
    *("refund", "refund", "dispute", "dispute", "answer", "answer", "late"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=16)


@dataclass
class Life:
    """A fan, the tiers of a creator, and what becomes of them."""

    fan: User
    tiers: list[Tier]
    operator: User
    time: Time

    def take(self, verb: str, which: int) -> None:
        """Take one step, and everything that runs by the clock; refusals are answers."""
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(which)
        except Refusal:
            pass
        self._tick()
        self.check()

    def _member(self) -> Member:
        found = Member.objects.select_related("creator").filter(user=self.fan).first()
        if found is None:
            raise fans.NoLongerMember
        return found

    def _join(self, which: int) -> None:
        key, tier = uuid4(), self.tiers[which % 2]
        first, _again = (
            fans.join(user=self.fan, tier=tier, payment_id=key, at=self.time.now) for _ in range(2)
        )
        pay(first, CARDS[which % len(CARDS)])

    def _wait(self, which: int) -> None:
        self.time.now += which * DAY / 2

    def _cancel(self, _which: int) -> None:
        fans.cancel_membership(member=self._member(), at=self.time.now)

    def _resume(self, _which: int) -> None:
        fans.resume_membership(member=self._member(), at=self.time.now)

    def _leave(self, _which: int) -> None:
        fans.leave(member=self._member(), at=self.time.now)

    def _change(self, which: int) -> None:
        tier = self.tiers[which % 2]
        fans.change_from_next_month(member=self._member(), tier=tier, at=self.time.now)

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
        """Ask the card company, charge what is due and earn what is over; twice is once."""
        self.time.now += LATER  # sooner nobody is asked again
        for _ in range(2):
            for payment in Payment.objects.order_by("pk"):
                ask_provider(payment_id=payment.pk, at=self.time.now)
            fans.go_on_with_leaving(at=self.time.now)
            fans.renew_memberships(at=self.time.now)
            fans.earn_memberships(at=self.time.now)

    def check(self) -> None:
        """See that who is a member has a month that stands, or one that is over for some days."""
        now, creator = self.time.now, self.tiers[0].creator
        paid = MemberMonth.objects.filter(paid_at__isnull=False)
        standing = paid.filter(taken_back_at=None, left_at=None, starts_at__lte=now)
        runs = standing.filter(ends_at__gt=now).exists()
        recent = standing.filter(ends_at__gt=now - 6 * DAY).exists()
        rank = rank_of(user_id=self.fan.pk, creator_id=creator.pk, at=now)
        assert (rank > 0) in {runs, runs or recent}
        for month in paid.filter(taken_back_at__isnull=False):
            assert not balance(name=month.account, currency=month.currency)


@pytest.mark.no_cover
@pytest.mark.django_db
def test_every_membership_is_what_was_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    fan, operator, host = make_adult("Vera"), make_operator(), make_host("Ada")
    time = Time(monkeypatch, BEGIN)
    tiers = [make_tier(host), make_tier(host, "Bridge", "11.90")]

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            time.now = BEGIN
            life = Life(fan, tiers, operator, time)
            for verb, which in [("join", 0), *steps, ("late", 0), ("wait", 60)]:
                life.take(verb, which)
            assert check_books() == []
            transaction.set_rollback(True)

    with cards_taken():
        live()
