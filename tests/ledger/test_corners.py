"""Corners of the books that no story walks through: rare answers, rows by their names, jobs."""

import datetime as dt
from uuid import uuid4

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
from takings.ledger.rules.items import Terms, Totals
from tests.make.ledger import make_entry, make_prepaid, move, usd
from tests.make.people import NOON


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
