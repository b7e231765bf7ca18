"""Terms: limits, closed accounts, locked periods, and money that changes its currency."""

import datetime as dt
from decimal import Decimal

import pytest

from takings.ledger.actions import AccountClosed, LimitExceeded, PeriodLocked, hold, post
from takings.ledger.actions.rates import BadRates, record_rates
from takings.ledger.actions.terms import (
    AccountNotEmpty,
    LimitNotPositive,
    LockGoesBack,
    LockInTheFuture,
    close_account,
    lock_period,
    reopen_account,
    set_limit,
)
from takings.ledger.models import ExchangeRate
from takings.ledger.queries import balance, check_books
from takings.ledger.queries.rates import NoRate, rate_on
from takings.ledger.queries.terms import changes_of, locked_before
from takings.ledger.rules import EntryDraft
from takings.ledger.rules.converting import KIND, NothingArrives, conversion
from takings.money import Money
from takings.money.currency import CurrencyMismatch
from tests.make.ledger import (
    all_balances,
    dollars,
    make_entry,
    make_posted,
    make_prepaid,
    move,
    usd,
)
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

PREPAID, RESERVED = "advertiser:7:prepaid", "advertiser:8:prepaid"
WHY = "a story"


def test_a_wallet_takes_no_more_than_its_limit() -> None:
    set_limit(name=PREPAID, currency="USD", limit=usd(15), reason=WHY, at=NOON)
    make_prepaid("10")
    with pytest.raises(LimitExceeded) as refusal:
        make_prepaid("6")
    assert refusal.value.facts == {"account": PREPAID, "available": usd(5), "asked": usd(6)}
    hold(drafts=[make_entry(move("bank", PREPAID, "3"))], expires_at=None, at=NOON)
    with pytest.raises(LimitExceeded):
        make_prepaid("3")
    make_prepaid("2")
    set_limit(name=PREPAID, currency="USD", limit=None, reason=WHY, at=NOON)
    make_prepaid("100")
    assert dollars(PREPAID) == usd(112)
    assert [row.ceiling_micros for row in changes_of(name=PREPAID, currency="USD")] == [
        15_000_000,
        None,
    ]
    assert check_books() == []


def test_a_limit_of_a_busy_account_counts_all_its_lanes() -> None:
    set_limit(name="coins:liability", currency="USD", limit=usd(15), reason=WHY, at=NOON)
    for _ in range(3):
        make_posted(move("provider:x", "coins:liability", "5"))
    with pytest.raises(LimitExceeded):
        make_posted(move("provider:x", "coins:liability", "0.000001"))
    assert check_books() == []


def test_a_limit_is_positive() -> None:
    with pytest.raises(LimitNotPositive):
        set_limit(name=PREPAID, currency="USD", limit=usd(0), reason=WHY, at=NOON)


def test_an_account_is_closed_when_empty_and_takes_nothing_then() -> None:
    make_prepaid("10")
    with pytest.raises(AccountNotEmpty, match=PREPAID):
        close_account(name=PREPAID, currency="USD", reason=WHY, at=NOON)
    make_posted(move(PREPAID, RESERVED, "10"))
    for _ in range(2):
        close_account(name=PREPAID, currency="USD", reason=WHY, at=NOON)
    before = all_balances()
    with pytest.raises(AccountClosed, match=PREPAID):
        make_prepaid("1")
    assert all_balances() == before
    reopen_account(name=PREPAID, currency="USD", reason=WHY, at=NOON)
    make_prepaid("1")
    assert len(changes_of(name=PREPAID, currency="USD")) == 2
    assert check_books() == []


def test_what_is_held_keeps_an_account_open() -> None:
    hold(drafts=[make_entry(move("bank", PREPAID, "3"))], expires_at=None, at=NOON)
    with pytest.raises(AccountNotEmpty):
        close_account(name=PREPAID, currency="USD", reason=WHY, at=NOON)


def test_nothing_is_posted_into_a_locked_period() -> None:
    first = NOON - dt.timedelta(days=1)
    for _ in range(2):
        lock_period(before=first, reason=WHY, at=NOON)
    assert locked_before() == first
    early = make_entry(move("bank", PREPAID, "1"), occurred_at=first - dt.timedelta(seconds=1))
    with pytest.raises(PeriodLocked):
        post(drafts=[early], at=NOON)
    assert post(drafts=[make_entry(move("bank", PREPAID, "1"), occurred_at=first)], at=NOON)
    with pytest.raises(LockGoesBack):
        lock_period(before=first - dt.timedelta(days=1), reason=WHY, at=NOON)
    with pytest.raises(LockInTheFuture):
        lock_period(before=NOON + dt.timedelta(days=1), reason=WHY, at=NOON)
    assert dollars(PREPAID) == usd(1)


RATES = b"base,quote,valid_on,rate\nUSD,EUR,2026-11-01,0.9215\nEUR,JPY,2026-11-02,163.25\n"


def test_money_changes_its_currency_at_a_dated_rate() -> None:
    assert record_rates(content=RATES, source="ECB", at=NOON) == 2
    assert record_rates(content=RATES, source="ECB", at=NOON) == 0
    rate = rate_on(base="USD", quote="EUR", on=dt.date(2026, 11, 3))
    make_posted(move("platform:fees", "creator:7:payable", "100.000001"))
    draft = EntryDraft(
        id=make_entry(move("bank", PREPAID, "1")).id,
        kind=KIND,
        reference=rate.reference,
        policy_version="house@2026-01-01",
        occurred_at=NOON,
        memo="",
        transfers=conversion(
            usd("100.000001"),
            debit="creator:7:payable",
            credit="creator:7:payable",
            rate=rate,
        ),
    )
    assert post(drafts=[draft, draft], at=NOON)[0].outcome == "posted"
    assert draft.reference == "rate:USD-EUR:2026-11-01"
    assert dollars("creator:7:payable") == usd(0)
    assert balance(name="creator:7:payable", currency="EUR") == Money(92_150_000, "EUR")
    assert dollars("fx:USD") == usd("100.000001")
    assert check_books() == []


def test_no_rate_is_guessed() -> None:
    record_rates(content=RATES, source="ECB", at=NOON)
    for base, quote, day in [("EUR", "USD", 2), ("USD", "EUR", 9), ("USD", "GBP", 2)]:
        with pytest.raises(NoRate):
            rate_on(base=base, quote=quote, on=dt.date(2026, 11, day))
    rate = rate_on(base="USD", quote="EUR", on=dt.date(2026, 11, 8))
    with pytest.raises(CurrencyMismatch):
        rate.convert(Money(1, "GBP"))
    with pytest.raises(NothingArrives):
        rate.convert(Money(1, "USD"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("USD,EUR,2026-11-01,0.93", "is 0.921500000000 already"),
        ("USD,USD,2026-11-01,1", "USD to USD"),
        ("USD,EUR,yesterday,1", "not a day"),
        ("USD,XXQ,2026-11-01,1", "not a currency"),
        ("USD,EUR,2026-11-05,0", "not a rate"),
        ("USD,EUR,2026-11-05,NaN", "not a rate"),
        ("USD,EUR,2026-11-05,0.1234567890123", "not a rate"),
        ("USD,EUR,2026-11-05,1e13", "not a rate"),
        ("USD,EUR,2026-11-05,one", "not a rate"),
        ("USD,EUR", "has 2 columns"),
    ],
)
def test_a_wrong_line_of_rates_is_named_and_nothing_is_imported(line: str, says: str) -> None:
    record_rates(content=RATES, source="ECB", at=NOON)
    content = f"base,quote,valid_on,rate\nUSD,GBP,2026-11-01,0.8\n{line}\n".encode()
    with pytest.raises(BadRates, match=f"Line 3: .*{says}"):
        record_rates(content=content, source="ECB", at=NOON)
    assert ExchangeRate.objects.count() == 2
    assert ExchangeRate.objects.first().rate == Decimal("0.9215")  # type: ignore[union-attr]  # two are there


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"\xff\xfe"])
def test_a_file_of_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(BadRates):
        record_rates(content=content, source="ECB", at=NOON)
