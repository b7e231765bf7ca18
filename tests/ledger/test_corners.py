"""Corners of the books that no story walks through: rare answers, rows by their names, jobs."""

import datetime as dt
from uuid import UUID, uuid4

import numpy as np
import pytest

from takings.ledger import jobs
from takings.ledger.actions import hold, post, seal_entries, sealing
from takings.ledger.actions.rates import record_rates
from takings.ledger.actions.terms import lock_period, set_limit
from takings.ledger.models import (
    Account,
    AccountChange,
    Balance,
    Batch,
    ExchangeRate,
    Hold,
    HoldEnd,
    LedgerRefusal,
    PeriodLock,
    Posting,
    Standing,
)
from takings.ledger.queries import available, check_books
from takings.ledger.rules.calls import Call, UnevenColumns, packed_ids
from takings.ledger.rules.decide import State, decide
from takings.ledger.rules.items import Item, Leg, Mode, Terms, Totals
from takings.ledger.rules.outcomes import Outcome
from tests.make.ledger import make_entry, make_prepaid, move, usd
from tests.make.people import NOON

A, B = 27**4 + 1, 2 * 27**4 + 1
KEPT, OTHER, ID = (UUID(int=number) for number in (1, 2, 3))


def _item(mode: Mode, leg: Leg, **more: object) -> Item:
    fields = {"id": ID, "content": (), "occurred_at": NOON, "group": 1} | more
    return Item(legs=(leg,), mode=mode, **fields)  # type: ignore[arg-type]  # given by name above


def _held(ended: Mode | None = None, expires_at: dt.datetime | None = None) -> State:
    """Return a state in which 5 of A's 10 are held for B."""
    kept = _item(Mode.HOLD, Leg(A, B, 5), id=KEPT, expires_at=expires_at)
    state = State(
        terms={A: Terms(is_credit=True, floor=0), B: Terms(is_credit=False)},
        totals={A: Totals(credits=10, held_debits=5), B: Totals(debits=10, held_credits=5)},
        items={KEPT: (kept, (5,))},
    )
    if ended is not None:
        state.ended[KEPT] = ended
    return state


@pytest.mark.parametrize(
    ("mode", "amount", "ended", "expires_at", "outcome"),
    [
        (Mode.POST_HOLD, 5, None, None, Outcome.POSTED),
        (Mode.POST_HOLD, 6, None, None, Outcome.NOT_WHAT_IS_HELD),
        (Mode.POST_HOLD, 5, Mode.VOID_HOLD, None, Outcome.HOLD_IS_OVER),
        (Mode.POST_HOLD, 5, None, NOON, Outcome.HOLD_EXPIRED),
        (Mode.VOID_HOLD, 5, Mode.VOID_HOLD, None, Outcome.ALREADY_POSTED),
        (Mode.VOID_HOLD, 5, Mode.POST_HOLD, None, Outcome.HOLD_IS_OVER),
        (Mode.VOID_HOLD, 5, None, None, Outcome.POSTED),
        (Mode.EXPIRE_HOLD, 5, None, None, Outcome.HOLD_NOT_DUE),
        (Mode.EXPIRE_HOLD, 5, None, NOON, Outcome.POSTED),
    ],
)
def test_a_hold_ends_in_one_way(
    mode: Mode, amount: int, *, ended: Mode | None, expires_at: dt.datetime | None, outcome: Outcome
) -> None:
    asked = _item(mode, Leg(A, B, amount), hold=KEPT)
    [verdict] = decide(_held(ended, expires_at), [asked], at=NOON)
    assert verdict.outcome is outcome


def test_a_hold_is_not_ended_between_other_accounts() -> None:
    for mode in (Mode.POST_HOLD, Mode.VOID_HOLD):
        asked = _item(mode, Leg(B, A, 5), hold=KEPT)
        assert decide(_held(), [asked], at=NOON)[0].outcome is Outcome.NOT_WHAT_IS_HELD


def test_one_hold_ends_once_in_a_call() -> None:
    first = _item(Mode.POST_HOLD, Leg(A, B, 5), hold=KEPT)
    second = _item(Mode.POST_HOLD, Leg(A, B, 5), hold=KEPT, id=OTHER, group=2)
    outcomes = [verdict.outcome for verdict in decide(_held(), [first, second], at=NOON)]
    assert outcomes == [Outcome.POSTED, Outcome.HOLD_IS_OVER]


def test_one_entry_is_undone_once_in_a_call_and_by_nothing_but_its_undoing() -> None:
    state = _held()
    state.items[OTHER] = (_item(Mode.ENTRY, Leg(B, A, 5), id=OTHER), (5,))
    undo = [
        _item(Mode.ENTRY, leg, id=UUID(int=9 + number), group=number, reverses=reverses)
        for number, (leg, reverses) in enumerate(
            [(Leg(A, B, 5), OTHER), (Leg(A, B, 5), OTHER), (Leg(A, B, 5), KEPT)], start=1
        )
    ]
    outcomes = [verdict.outcome for verdict in decide(state, undo, at=NOON)]
    assert outcomes == [Outcome.POSTED, Outcome.ALREADY_REVERSED, Outcome.NOT_ITS_REVERSAL]
    state.reversed.add(OTHER)
    assert decide(state, undo[:1], at=NOON)[0].outcome is Outcome.ALREADY_REVERSED


def test_how_full_an_account_is_counts_what_holds_may_bring() -> None:
    totals = Totals(debits=7, credits=2, held_debits=1, held_credits=3)
    assert totals.filled(Terms(is_credit=False)) == 6
    assert totals.filled(Terms(is_credit=True)) == -2


def test_counts_that_do_not_add_up_are_refused() -> None:
    one = np.array([1], dtype=np.int64)
    with pytest.raises(UnevenColumns, match="counts"):
        Call(
            ids=packed_ids([uuid4()]),
            kinds=["paid"],
            references=["r"],
            policy_versions=["p"],
            occurred_at=[NOON],
            debits=one,
            credits=one,
            amounts=one,
            currencies=["USD"],
            counts=np.array([2], dtype=np.int64),
        )


@pytest.mark.django_db
def test_rows_say_what_they_are() -> None:
    make_prepaid("10")
    kept = make_entry(move("advertiser:7:prepaid", "advertiser:8:prepaid", "4"))
    hold(drafts=[kept], expires_at=NOON, at=NOON - dt.timedelta(days=1))
    jobs.expire_holds(timestamp=0)
    lock_period(before=NOON, reason="reported", at=NOON)
    set_limit(name="bank", currency="USD", limit=usd(90), reason="small", at=NOON)
    record_rates(content=b"base,quote,valid_on,rate\nUSD,EUR,2026-11-01,0.5\n", source="X", at=NOON)
    account, rate = Account.objects.get(name="bank"), ExchangeRate.objects.get()
    refusal = LedgerRefusal(kind="paid", reference="r:1", code=4)
    assert available(name="advertiser:7:prepaid", currency="USD") == usd(10)
    assert str(Balance.objects.get(account=account)) == "bank (USD)"
    assert str(Posting.objects.order_by("number").first()).startswith("posting ")
    assert str(Standing.objects.filter(account=account).first()).startswith(f"account {account.pk}")
    assert str(Hold.objects.get()) == "prepaid_received receipt:77"
    assert str(HoldEnd.objects.get()) == f"{kept.id} expired"
    assert str(refusal) == "paid r:1: 4"
    assert str(PeriodLock.objects.get()) == f"locked before {NOON}"
    assert str(rate) == "1 USD = 0.500000000000 EUR on 2026-11-01"
    assert str(AccountChange.objects.get()) == "small"


@pytest.mark.django_db
def test_a_batch_of_the_journal_takes_whole_postings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    for _ in range(2):
        drafts = [make_entry(move("bank", "advertiser:7:prepaid", "1")) for _ in range(2)]
        post(drafts=drafts, at=NOON)
    assert seal_entries(at=NOON) == 4
    counts = Batch.objects.order_by("number").values_list("entry_count", flat=True)
    assert list(counts) == [2, 2]
    assert check_books() == []
