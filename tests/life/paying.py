"""The part of a random life in which money leaves: holds, batches, what the bank answers."""

import datetime as dt
from contextlib import suppress
from functools import partial
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from takings.insights.actions import issue_advices
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.payouts.actions import (
    BankTooLow,
    NothingToPay,
    approve_batch,
    cancel_batch,
    draft_batch,
    execute_batch,
    read_bank_answers,
)
from takings.payouts.models import Batch, BatchState, Payout, PayoutState
from takings.payouts.queries import last_pay_dates
from takings.settlement.actions import (
    HoldTerms,
    NotThatMuchPayable,
    hold_earnings,
    lift_ended_holds,
)
from takings.settlement.models import EarningsHold
from tests.life.reborn import Crash, Reborn
from tests.make.ledger import make_entry, move
from tests.make.payouts import BY_HAND, make_method

ACT = st.integers(0, 3)
OPEN = (BatchState.DRAFTED, BatchState.APPROVED, BatchState.POSTED)
LIVE = (PayoutState.SENT, PayoutState.SETTLED)
FATES = st.sampled_from(["approve", "execute", "execute", "crash", "cancel"])
MONTH = dt.timedelta(days=31)
DAY = dt.timedelta(days=1)


class PayingLife(Reborn):
    """Money is owed to creators, held, paid in batches by two people, given back by the bank."""

    def __init__(self) -> None:
        """Begin with nothing owed but what was earned."""
        super().__init__()
        self.owed: dict[int, int] = {}

    @initialize(whom=st.sets(ACT, min_size=2), micros=st.integers(100_000_000, 300_000_000))
    def begin(self, whom: set[int], micros: int) -> None:
        """Bring balances along from elsewhere, so that there is something to pay from the start."""
        for act in sorted(whom):
            self.be_owed(act=act, micros=micros + act)

    @rule(act=ACT, micros=st.integers(50_000_000, 400_000_000))
    def be_owed(self, act: int, micros: int) -> None:
        """Let money be payable that no statement tells of, as an opening balance brings it."""
        creator = self.world.acts[act].creator
        amount = Money(micros, "USD")
        owed = move("bank", f"creator:{creator.pk}:payable", amount)
        post(drafts=[make_entry(owed, kind="opening_balance", occurred_at=self.now)], at=self.now)
        self.paper.apply([owed])
        self.owed[creator.pk] = self.owed.get(creator.pk, 0) + amount.micros

    @rule(act=ACT, micros=st.integers(1, 300_000_000), days=st.integers(1, 40))
    def hold(self, act: int, micros: int, days: int) -> None:
        """Keep money back, twice under one id; or see it refused."""
        creator, amount, key = self.world.acts[act].creator, Money(micros, "USD"), uuid4()
        payable = f"creator:{creator.pk}:payable"
        terms = HoldTerms(reason="Odd views.", ends_at=self.now + days * DAY)
        held = partial(
            hold_earnings,
            operator=self.world.maker,
            creator=creator,
            amount=amount,
            terms=terms,
            id=key,
            at=self.now,
        )
        if self.paper.of(payable) < micros:
            with pytest.raises(NotThatMuchPayable):
                held()
            return
        for _ in range(2):
            held()
        self.paper.apply([move(payable, f"creator:{creator.pk}:held", amount)])

    @rule()
    def lift(self) -> None:
        """Give back what was held long enough; a second time changes nothing."""
        due = EarningsHold.objects.filter(lift__isnull=True, ends_at__lte=self.now)
        moves = [
            move(f"creator:{one.creator_id}:held", f"creator:{one.creator_id}:payable", one.amount)
            for one in due
        ]
        assert lift_ended_holds(at=self.now) == len(moves)
        assert lift_ended_holds(at=self.now) == 0
        self.paper.apply(moves)

    @rule(fate=st.sampled_from(["", "execute", "execute", "crash"]))
    def draft(self, fate: str) -> None:
        """Wait for the day on which balances are paid, draft a batch, twice, and go on with it."""
        if last_pay_dates(at=self.now).counts_until + MONTH < self.now + MONTH:
            self.now = (self.now.replace(day=1, hour=12) + MONTH).replace(day=21)
        key = uuid4()
        with suppress(NothingToPay):
            for _ in range(2):
                draft_batch(operator=self.world.maker, id=key, at=self.now)
            if fate:
                self.decide(fate=fate)

    @precondition(lambda self: self.has_open_batch())
    @rule(fate=FATES)
    def decide(self, fate: str) -> None:
        """Let a batch be approved, paid, paid with a crash between two payouts, or cancelled."""
        batch = Batch.objects.filter(state__in=OPEN).order_by("drafted_at").first()
        assert batch is not None
        if fate == "cancel" and batch.state != BatchState.POSTED and not sent_of(batch):
            cancel_batch(operator=self.world.maker, batch_id=batch.pk, reason="No.", at=self.now)
            return
        if batch.state == BatchState.DRAFTED:
            approve_batch(operator=self.world.other, batch_id=batch.pk, reason="Yes.", at=self.now)
        if fate in {"execute", "crash"}:
            self._execute(batch, survives=1 if fate == "crash" else 1_000)

    @precondition(lambda self: self.has_payout())
    @rule(data=st.data(), status=st.sampled_from(["ACSC", "RJCT"]))
    def answer(self, data: st.DataObject, status: str) -> None:
        """Let the bank say that it paid, or give all back; and say so again in another file."""
        live = list(Payout.objects.filter(state__in=LIVE).order_by("pk"))
        payout = data.draw(st.sampled_from(live), label="payout")
        for _ in range(2):
            rows = f"end_to_end_id,status,code,reason\n{payout.pk.hex},{status},AC04,{uuid4()}\n"
            read_bank_answers(
                operator=self.world.maker,
                content=rows.encode(),
                name="answer.csv",
                id=uuid4(),
                at=self.now,
            )
        if status == "RJCT":
            self.paper.apply(moves_of(payout, is_back=True))
        issue_advices(at=self.now)

    @rule(act=ACT)
    def choose_another_account(self, act: int) -> None:
        """Let a creator who has papers be paid elsewhere from now on, after the cool-off."""
        if self.world.acts[act].creator.name in self.world.payees:
            make_method(self.world.acts[act].creator, details=BY_HAND, at=self.now)

    @invariant()
    def what_was_earned_is_somewhere(self) -> None:
        """Earned = pending + payable + held + paid + withheld, for each creator."""
        for act in self.world.acts:
            owner = f"creator:{act.creator.pk}"
            lines = ledger.entries_touching(account=f"{owner}:pending", limit=10_000)
            earned = sum(line.change.micros for line in lines if line.kind == "pool_shared")
            here = sum(self.paper.of(f"{owner}:{at}") for at in ("pending", "payable", "held"))
            paid = Payout.objects.filter(creator=act.creator, state__in=LIVE)
            gone = sum(payout.gross_micros for payout in paid)
            assert here + gone == earned + self.owed.get(act.creator.pk, 0)

    def has_open_batch(self) -> bool:
        """Tell whether somebody has to decide about a batch."""
        return Batch.objects.filter(state__in=OPEN).exists()

    def has_payout(self) -> bool:
        """Tell whether the bank has something to answer."""
        return Payout.objects.filter(state__in=LIVE).exists()

    def _execute(self, batch: Batch, *, survives: int) -> None:
        """Pay a batch; the power goes after so many payouts."""

        def die(step: str, done: int, _total: int) -> None:
            if step == "posted" and done >= survives:
                raise Crash

        before = sent_of(batch)
        with suppress(Crash, BankTooLow):
            execute_batch(operator=self.world.maker, batch_id=batch.pk, at=self.now, progress=die)
        for payout in Payout.objects.filter(pk__in=sent_of(batch) - before):
            assert payout.net == payout.net.split_payable()[0]
            self.paper.apply(moves_of(payout))
        issue_advices(at=self.now)


def sent_of(batch: Batch) -> set[UUID]:
    """Return the payouts of a batch that left."""
    return set(batch.payouts.filter(sent_at__isnull=False).values_list("pk", flat=True))


def moves_of(payout: Payout, *, is_back: bool = False) -> list[TransferDraft]:
    """Return what a payout moves, or moves back."""
    payable = f"creator:{payout.creator_id}:payable"
    taxes = [
        (f"tax:{tax.jurisdiction}:withheld", Money(tax.amount_micros, payout.currency))
        for tax in payout.withholdings.all()
    ]
    there = [("bank", payout.net), *taxes]
    if is_back:
        return [move(account, payable, amount) for account, amount in there]
    return [move(payable, account, amount) for account, amount in there]
