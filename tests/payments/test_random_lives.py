"""Random lives of card payments: any order, twice, cut off anywhere; right at the end."""

from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.ads import queries as ads
from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.money import Money
from takings.payments import actions, queries
from takings.payments.actions import Order
from takings.payments.models import Payment, WebhookEvent
from takings.people.models import Brand, User
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge, Checkout, Dispute, Happening
from takings.sandbox.rules import SCRIPTS
from tests.make.ads import make_advertiser
from tests.make.ledger import make_entry, move
from tests.make.payments import LATER, refund_of, send
from tests.make.people import make_operator
from tests.payments.tips import tips

pytestmark = pytest.mark.django_db
VERBS = (
    *("order", "tip", "pay", "pay", "pay", "confirm", "give_up", "send", "send", "send"),
    *("work", "work", "lose_work", "forget_work", "ask", "late", "refund", "refund"),
    *("dispute", "answer", "spend"),
)
CARDS = [script.number for script in SCRIPTS if not script.tells_first]
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=45)


@dataclass
class Life:
    """A brand that pays by card, fans who give tips, and what goes wrong on the way."""

    brand: Brand
    member: User
    operator: User
    payments: list[Payment] = field(default_factory=list)

    def take(self, verb: str, which: int) -> None:
        """Take one step; refusals are answers, not failures."""
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(which)
        except Refusal:
            pass

    def _start(self, purpose: str, subject: str, which: int) -> None:
        order = Order(
            id=uuid4(),
            purpose=purpose,
            subject=subject,
            payer=self.member,
            amount=Money((which * 37 + 1) * 10_000, "USD"),
            description="A life",
            captures=which % 7 > 0,
        )
        self.payments.append(actions.start_payment(order=order, at=clock.now()))

    def _order(self, which: int) -> None:
        self._start("advertiser_balance", ads.payments_subject(self.brand), which)

    def _tip(self, which: int) -> None:
        self._start("membership", "creator:1", which)

    def _pay(self, which: int) -> None:
        pages = list(Checkout.objects.order_by("pk"))
        if pages:
            number = CARDS[which % len(CARDS)]
            sandbox.pay(checkout=pages[which % len(pages)], number=number, at=clock.now())

    def _confirm(self, which: int) -> None:
        for charge in Charge.objects.filter(status="challenged", checkout__isnull=False):
            page = Checkout.objects.get(pk=charge.ref)
            sandbox.answer_challenge(checkout=page, is_approved=which % 3 > 0, at=clock.now())

    def _give_up(self, which: int) -> None:
        pages = list(Checkout.objects.order_by("pk"))
        if pages:
            sandbox.cancel_checkout(checkout=pages[which % len(pages)], at=clock.now())

    def _send(self, which: int) -> None:
        found = list(Happening.objects.exclude(kind="payout").order_by("pk"))
        if found:
            send(found[which % len(found)])

    def _work(self, which: int) -> None:
        waiting = list(WebhookEvent.objects.filter(worked_at=None).order_by("pk"))
        if waiting:
            event = waiting[which % len(waiting)]
            actions.work_event(event_id=event.pk, at=clock.now())

    def _lose_work(self, which: int) -> None:
        """Cut off before anything is committed."""
        with transaction.atomic():
            self._work(which)
            transaction.set_rollback(True)

    def _forget_work(self, which: int) -> None:
        """Cut off after the books are written and before the event is marked."""
        self._work(which)
        WebhookEvent.objects.update(worked_at=None)

    def _ask(self, which: int) -> None:
        if self.payments:
            payment = self.payments[which % len(self.payments)]
            actions.ask_provider(payment_id=payment.pk, at=clock.now())

    def _late(self, _which: int) -> None:
        for charge in Charge.objects.filter(status="late"):
            sandbox.finish_late(charge_id=charge.pk, at=charge.due_at or clock.now())

    def _refund(self, which: int) -> None:
        if self.payments:
            payment = self.payments[which % len(self.payments)]
            micros = payment.amount_micros // (1 + which % 3) // 10_000 * 10_000
            refund = refund_of(payment, str(micros / 10**6))
            actions.refund_payment(operator=self.operator, refund=refund, at=clock.now())

    def _dispute(self, which: int) -> None:
        charges = list(Charge.objects.order_by("pk"))
        if charges:
            sandbox.open_dispute(charge_id=charges[which % len(charges)].pk, at=clock.now())

    def _answer(self, which: int) -> None:
        found = list(Dispute.objects.order_by("pk"))
        if found:
            dispute = found[which % len(found)]
            sandbox.answer_dispute(dispute_id=dispute.pk, evidence="", at=clock.now())

    def _spend(self, which: int) -> None:
        prepaid = ads.prepaid_account(self.brand.pk)
        amount = Money(which * 300_001, "USD")
        post(drafts=[make_entry(move(prepaid, "platform:revenue:ads", amount))], at=clock.now())

    def end(self) -> None:
        """Let everything be told that happened, by messages and by asking."""
        self._late(0)
        for happening in Happening.objects.exclude(kind="payout"):
            send(happening)
        for event in WebhookEvent.objects.filter(worked_at=None):
            actions.work_event(event_id=event.pk, at=clock.now())
        for payment in self.payments:
            actions.ask_provider(payment_id=payment.pk, at=clock.now() + LATER)

    def check(self) -> None:
        """Hold the books against what the sandbox says, whatever came between."""
        rows = list(Happening.objects.exclude(kind="payout"))
        held = sum(row.gross_micros - row.fee_micros for row in rows)
        assert ledger.balance(name="provider:sandbox", currency="USD").micros == held
        fees = sum(row.fee_micros for row in rows)
        assert ledger.balance(name="platform:fees", currency="USD").micros == fees
        for payment in self.payments:
            of_it = [row for row in rows if row.ref == payment.ref]
            gross = sum(row.gross_micros for row in of_it)
            parts = queries.parts_of(payment)
            assert sum((part.share.amount - part.taken).micros for part in parts) == gross
        day = clock.now().date()
        found = actions.reconcile(provider="sandbox", day=day, at=clock.now() + LATER * 200)
        assert found.difference_count == 0
        assert not ledger.check_books()


@pytest.mark.no_cover
def test_every_life_ends_at_the_right_balance() -> None:
    brand, member = make_advertiser()
    operator = make_operator()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            life = Life(brand, member, operator)
            for verb, which in [("order", 9), ("tip", 8), ("pay", 1), *steps]:
                life.take(verb, which)
            assert not ledger.check_books()
            life.end()
            life.check()
            transaction.set_rollback(True)

    with tips():
        live()
