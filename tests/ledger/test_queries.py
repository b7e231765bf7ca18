"""Asking the books: balances, entries, what touched an account, the trial balance."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.ledger import queries
from takings.ledger.actions import post
from takings.ledger.models import Account, Entry, Transfer
from takings.ledger.queries import UnknownEntry
from takings.ledger.queries.turnovers import Posted, Turnover, turnovers
from takings.ledger.rules import UnknownAccount
from takings.money import Money, UnknownCurrency
from tests.make.ledger import POLICY, make_entry, make_posted, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db
A_DAY, A_MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)

PREPAID = "advertiser:7:prepaid"


def test_an_account_never_used_is_empty_and_one_outside_the_chart_is_refused() -> None:
    assert queries.balance(name=PREPAID, currency="EUR") == Money.zero("EUR")
    with pytest.raises(UnknownAccount):
        queries.balance(name="nobody", currency="EUR")
    with pytest.raises(UnknownCurrency):
        queries.balance(name=PREPAID, currency="XXQ")


def test_balances_are_found_by_the_beginning_of_their_name() -> None:
    make_posted(
        move("bank", "advertiser:7:prepaid", "3"), move("bank", "advertiser:70:prepaid", "1")
    )
    make_posted(move(PREPAID, "advertiser:7:reserved", "2"))
    found = queries.balances(prefix="advertiser:7:")
    assert [(b.name, b.balance, b.debits, b.credits, b.side) for b in found] == [
        ("advertiser:7:prepaid", usd(1), usd(2), usd(3), "credit"),
        ("advertiser:7:reserved", usd(2), usd(0), usd(2), "credit"),
    ]
    assert queries.balances(prefix="advertiser:7%") == []


def test_an_entry_is_read_as_it_was_posted() -> None:
    draft = make_entry(move("bank", PREPAID, "3"), move(PREPAID, "advertiser:7:reserved", "1"))
    post(drafts=[draft], at=NOON + dt.timedelta(minutes=1))
    view = queries.entry(id=draft.id)
    assert (view.id, view.kind, view.reference, view.policy_version, view.memo) == (
        draft.id,
        draft.kind,
        draft.reference,
        draft.policy_version,
        draft.memo,
    )
    assert view.transfers == draft.transfers
    assert (view.occurred_at, view.posted_at) == (NOON, NOON + dt.timedelta(minutes=1))
    assert (view.reverses, view.reversed_by) == (None, None)
    with pytest.raises(UnknownEntry):
        queries.entry(id=uuid4())


def test_what_touched_an_account_is_read_newest_first_page_by_page() -> None:
    for cents in range(1, 6):
        make_prepaid(f"0.0{cents}")
    make_posted(move(PREPAID, "advertiser:7:reserved", "0.01"), move("bank", PREPAID, "0.04"))
    newest = queries.entries_touching(account=PREPAID, limit=2)
    assert [line.change for line in newest] == [usd("0.03"), usd("0.05")]
    older = queries.entries_touching(account=PREPAID, before=newest[-1].number)
    assert [line.change for line in older] == [usd("0.04"), usd("0.03"), usd("0.02"), usd("0.01")]
    bank = queries.entries_touching(account="bank", limit=1)
    assert bank[0].change == usd("0.04")
    assert queries.entries_touching(account="advertiser:8:prepaid") == []


def test_each_currency_of_an_account_has_a_line_of_its_own() -> None:
    make_posted(move("bank", PREPAID, "3"), move("bank", PREPAID, Money.parse(2, "EUR")))
    lines = queries.entries_touching(account="bank")
    assert [line.change for line in lines] == [Money.parse(2, "EUR"), usd(3)]


def test_a_page_never_ends_in_the_middle_of_an_entry() -> None:
    make_prepaid("1")
    make_posted(move("bank", PREPAID, "3"), move("bank", PREPAID, Money.parse(2, "EUR")))
    page = queries.entries_touching(account="bank", limit=1)
    assert [line.change for line in page] == [Money.parse(2, "EUR"), usd(3)]
    rest = queries.entries_touching(account="bank", limit=1, before=page[-1].number)
    assert [line.change for line in rest] == [usd(1)]


def test_a_balance_is_known_at_every_instant_of_the_past() -> None:
    days = [NOON, NOON + A_DAY, NOON + A_DAY + A_MINUTE]
    for day, cents in zip(days, ("0.10", "0.20", "0.40"), strict=True):
        make_posted(move("bank", PREPAID, cents), at=day)
    make_posted(move(PREPAID, "bank", "0.30"), at=NOON + 3 * A_DAY)
    name, last = {"name": PREPAID, "currency": "USD"}, NOON + 9 * A_DAY
    known = [queries.balance_at(**name, at=at) for at in (NOON - A_MINUTE, *days, last)]
    assert known == [usd(0), usd("0.10"), usd("0.30"), usd("0.70"), usd("0.40")]
    assert queries.balance_at(name="bank", currency="USD", at=last) == usd("0.40")
    assert queries.daily_balances(**name) == [
        (NOON.date(), usd("0.10")),
        ((NOON + A_DAY).date(), usd("0.70")),
        ((NOON + 3 * A_DAY).date(), usd("0.40")),
    ]
    assert queries.daily_balances(name=PREPAID, currency="EUR") == []


def test_what_went_in_and_out_is_told_by_day_within_a_stretch_and_by_month() -> None:
    first = NOON.date()
    make_posted(move("bank", PREPAID, "1"), at=NOON)
    make_posted(move("bank", PREPAID, "2"), at=NOON + A_DAY)
    make_posted(move(PREPAID, "bank", "3"), at=NOON + A_DAY)
    make_posted(move("bank", PREPAID, "4"), at=NOON + 2 * A_DAY)
    second = Posted(NOON + A_DAY, NOON + 2 * A_DAY)
    days = turnovers(name=PREPAID, currency="USD", by="day", posted=second)
    assert days == [Turnover(first + A_DAY, usd(2), usd(3))]
    months = turnovers(name=PREPAID, currency="USD", by="month")
    assert months == [Turnover(first.replace(day=1), usd(7), usd(3))]


def test_the_credits_of_entries_are_summed_by_account() -> None:
    posted = make_posted(move("bank", PREPAID, "3"), move("bank", PREPAID, "1"))
    missing = uuid4()
    assert queries.credits_of(entry_ids=[posted.entry_id, missing]) == {
        posted.entry_id: {(PREPAID, "USD"): usd(4).micros}
    }


def test_the_policies_in_the_books_are_named_with_an_entry() -> None:
    first = make_prepaid("1")
    make_prepaid("1")
    assert queries.policy_versions() == {POLICY: first.entry_id}


def test_both_columns_of_the_trial_balance_have_one_sum() -> None:
    assert queries.trial_balance() == []
    make_prepaid("10")
    make_prepaid("5", brand=8)
    make_posted(move(PREPAID, "bank", "4"))
    make_posted(move("platform:fees", "bank", "1"), move("bank", PREPAID, Money.parse(2, "EUR")))
    rows = queries.trial_balance()
    assert [(r.currency, r.kind.pattern, r.account_count, r.debit, r.credit) for r in rows] == [
        ("EUR", "advertiser:<id>:prepaid", 1, Money.zero("EUR"), Money.parse(2, "EUR")),
        ("EUR", "bank", 1, Money.parse(2, "EUR"), Money.zero("EUR")),
        ("USD", "advertiser:<id>:prepaid", 2, usd(0), usd(11)),
        ("USD", "bank", 1, usd(10), usd(0)),
        ("USD", "platform:fees", 1, usd(1), usd(0)),
    ]


def test_rows_show_what_they_are() -> None:
    make_prepaid("1")
    assert str(Account.objects.get(name="bank")) == "bank (USD)"
    assert str(Entry.objects.get()) == "prepaid_received receipt:77"
    assert str(Transfer.objects.get()).endswith(": 1000000 USD")
