"""Random lives of deals: agreed, paid in, worked on, left, disputed, taken back, in any order.

After each step what is held is what is not decided yet; at the end the books are proved.
"""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.payments.actions import Refund, ask_provider, refund_payment
from takings.payments.models import Payment
from takings.people.models import User
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge, Dispute
from takings.sponsorships import actions, queries
from takings.sponsorships.models import Deal
from takings.videos import actions as videos
from tests.make.deals import (
    TERMS,
    Pair,
    card_started,
    deposit,
    dollars,
    draft,
    make_pair,
    offered,
    usd,
)
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, DISPUTED_WON, LATER, PAYS, cards_taken, pay
from tests.make.people import make_operator

CARDS = [PAYS, PAYS, DISPUTED_WON, DISPUTED_LOST]
WORK = ("hand_in", "hand_in", "approve", "approve", "publish", "publish", "revise")
VERBS = (
    *("offer", "accept", "accept", "prepaid", "card", "card", *WORK, *WORK, "wait", "wait"),
    *("give_up", "remove", "dispute", "go_on", "decide", "refund", "return"),
    *("bank", "bank", "answer", "answer"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=18)
BEGIN = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
TWO = replace(TERMS, signed=usd("50.01"), videos=2, published=usd("99.99"))


@dataclass
class Life:
    """A brand, a creator, and what becomes of their deals."""

    pair: Pair
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

    def check(self) -> None:
        """See that what is not decided is there, and that a deal that is over holds nothing."""
        for deal in Deal.objects.filter(funded_at__isnull=False):
            held, funding = queries.picture(deal).held, queries.funding_of(deal)
            assert funding is not None
            assert dollars(funding.account) >= held
            assert (deal.status in {"running", "disputed"}) or not held

    def _deal(self, which: int) -> Deal:
        found = list(Deal.objects.order_by("opened_at", "pk"))
        return found[which % len(found)] if found else offered(self.pair, TWO)

    def _offer(self, which: int) -> None:
        key = uuid4()
        for _ in range(2):
            offered(self.pair, TWO if which % 2 else TERMS, id=key)

    def _accept(self, which: int) -> None:
        deal = self._deal(which)
        actions.accept_offer(seat=self.pair.ada(deal), number=1, at=self.time.now)

    def _prepaid(self, which: int) -> None:
        deal = self._deal(which)
        for _ in range(2):
            actions.fund_from_prepaid(seat=self.pair.bea(deal), at=self.time.now)

    def _card(self, which: int) -> None:
        pay(card_started(self.pair, self._deal(which // 4)), CARDS[which % len(CARDS)])

    def _hand_in(self, which: int) -> None:
        deal = self._deal(which)
        video = draft(self.pair).pk
        seat = self.pair.ada(deal)
        actions.hand_in(seat=seat, number=1 + which % 2, video_id=video, at=self.time.now)

    def _approve(self, which: int) -> None:
        seat = self.pair.bea(self._deal(which))
        actions.approve_draft(seat=seat, number=1 + which % 2, at=self.time.now)

    def _revise(self, which: int) -> None:
        seat, number = self.pair.bea(self._deal(which)), 1 + which % 2
        actions.ask_revision(seat=seat, number=number, words="Lighter.", at=self.time.now)

    def _publish(self, which: int) -> None:
        seat = self.pair.ada(self._deal(which))
        actions.publish_video(seat=seat, number=1 + which % 2, at=self.time.now)

    def _remove(self, which: int) -> None:
        for work in self._deal(which).works.exclude(video=None):
            assert work.video_id is not None
            user = self.pair.creator.user
            videos.remove(video_id=work.video_id, by=user, why="Gone.", at=self.time.now)

    def _give_up(self, which: int) -> None:
        actions.give_up(seat=self.pair.ada(self._deal(which)), words="Ill.", at=self.time.now)

    def _dispute(self, which: int) -> None:
        deal = self._deal(which)
        seat = self.pair.bea(deal) if which % 3 else self.pair.ada(deal)
        actions.open_dispute(seat=seat, reason="No.", id=uuid4(), at=self.time.now)

    def _go_on(self, which: int) -> None:
        actions.withdraw_dispute(seat=self.pair.bea(self._deal(which)), at=self.time.now)

    def _decide(self, which: int) -> None:
        creator = usd("0.01") * (which * 97)
        deal = self._deal(which)
        actions.decide_dispute(
            operator=self.operator, deal_id=deal.pk, creator=creator, words="So.", at=self.time.now
        )

    def _refund(self, which: int) -> None:
        found = Payment.objects.filter(purpose="deal").order_by("started_at", "pk")
        for payment in found[:1]:
            part = Refund(uuid4(), payment.pk, usd("1") * (1 + which * 5), "Because.")
            refund_payment(operator=self.operator, refund=part, at=self.time.now)

    def _bank(self, which: int) -> None:
        charges = list(Charge.objects.order_by("pk"))
        if charges:
            sandbox.open_dispute(charge_id=charges[which % len(charges)].pk, at=self.time.now)

    def _answer(self, which: int) -> None:
        found = list(Dispute.objects.order_by("pk"))
        if found:
            dispute = found[which % len(found)]
            sandbox.answer_dispute(dispute_id=dispute.pk, evidence="", at=self.time.now)

    def _return(self, _which: int) -> None:
        actions.return_all_money(at=self.time.now)

    def _wait(self, which: int) -> None:
        self.time.now += which * dt.timedelta(hours=9)

    def _tick(self) -> None:
        """Ask the card company, and do what silence says; twice is once."""
        self.time.now += LATER  # sooner nobody is asked again
        for _ in range(2):
            for payment in Payment.objects.order_by("pk"):
                ask_provider(payment_id=payment.pk, at=self.time.now)
            actions.keep_clocks(at=self.time.now)


@pytest.mark.no_cover
@pytest.mark.django_db
def test_whatever_happens_a_deals_money_is_held_given_or_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair, operator = make_pair(), make_operator()

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            life = Life(pair, operator, Time(monkeypatch, BEGIN))
            deposit(pair, "900")
            for verb, which in [("offer", 1), ("accept", 0), ("card", 0), *steps, ("return", 0)]:
                life.take(verb, which)
            assert check_books() == []
            transaction.set_rollback(True)

    with cards_taken():
        live()
