"""The journal as hledger and Beancount read it: they accept it and agree to the micro-unit."""

import datetime as dt
import json
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote

import pytest
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st

from config.commands.journals import export
from takings.ledger.actions import post
from takings.ledger.queries import trial_balance
from takings.ledger.queries.journal import NoDays, journal, journal_text, standings
from takings.ledger.rules import CHART, account_kind
from takings.ledger.rules.plaintext import (
    DIALECTS,
    HLEDGER,
    from_beancount,
    from_hledger,
    one_line,
    six_decimals,
    to_beancount,
    to_hledger,
)
from takings.money import Money
from tests.make import plaintext as programs
from tests.make.ledger import make_entry, make_prepaid, move, usd
from tests.make.people import NOON

NAMES = st.sampled_from([kind.pattern for kind in CHART])
HOLES = st.text("aAbBzZ09_.-", min_size=1, max_size=8)
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
on_real_books = pytest.mark.django_db(transaction=True)  # an export is a transaction of its own


@st.composite
def names(draw: st.DrawFn) -> str:
    """Draw a name that the chart knows, the nastier the better."""
    parts = draw(NAMES).split(":")
    return ":".join(draw(HOLES) if part.startswith("<") else part for part in parts)


@given(names())
def test_every_name_comes_back_from_both_programs(name: str) -> None:
    assert from_hledger(to_hledger(name)) == name
    assert from_beancount(to_beancount(name)) == name


@given(names())
def test_beancount_gets_parts_that_begin_with_a_capital_or_a_digit(name: str) -> None:
    root, *parts = to_beancount(name).split(":")
    assert root in {"Assets", "Liabilities", "Equity", "Income", "Expenses"}
    for part in parts:
        assert part[0].isupper() or part[0].isdigit()
        assert part.replace("-", "").isalnum()


@pytest.mark.parametrize(
    ("name", "hledger", "beancount"),
    [
        ("bank", "assets:bank", "Assets:Bank"),
        ("creator:7:pending", "liabilities:creator:7:pending", "Liabilities:Creator:7:Pending"),
        ("rights:a_b", "liabilities:rights:a_b", "Liabilities:Rights:A--ub"),
        ("coins:issued", "equity:coins:issued", "Equity:Coins:Issued"),
        ("fx:EUR", "equity:fx:EUR", "Equity:Fx:EUR"),
        ("platform:revenue:ads", "income:platform:revenue:ads", "Income:Platform:Revenue:Ads"),
        ("platform:fees", "expenses:platform:fees", "Expenses:Platform:Fees"),
        ("tax:de:vat", "liabilities:tax:de:vat", "Liabilities:Tax:De:Vat"),
        ("tax:De:vat", "liabilities:tax:De:vat", "Liabilities:Tax:De--c:Vat"),
        ("rights:-x", "liabilities:rights:-x", "Liabilities:Rights:0--n--hx"),
    ],
)  # fmt: skip
def test_names_read_well(name: str, hledger: str, beancount: str) -> None:
    assert (to_hledger(name), to_beancount(name)) == (hledger, beancount)


@given(st.text())
def test_a_text_stays_on_its_line_and_comes_back(text: str) -> None:
    shown = one_line(text)
    assert unquote(shown) == text
    assert len(shown.splitlines()) <= 1
    assert shown == shown.strip()
    assert not set(shown) & set(';|,"\\[]\0\t')


def test_amounts_have_all_six_decimals() -> None:
    assert six_decimals(Money(-1, "USD")) == "-0.000001 USD"
    assert six_decimals(Money(2**63 - 1, "COIN")) == "9223372036854.775807 COIN"


@pytest.fixture(params=sorted(DIALECTS))
def program(request: pytest.FixtureRequest) -> str:
    """Run a test once per program."""
    name: str = request.param
    return name


def _export(program: str, path: Path, **days: dt.date) -> Path:
    export(program, since=days.get("since"), until=days.get("until"), path=path)
    return path


def _accepted(program: str, path: Path) -> bool:
    if program == "hledger":
        return programs.ask_hledger(path, "check", "--strict").returncode == 0
    return programs.ask_bean_check(path).returncode == 0


def _balances(
    program: str, path: Path, *, before: dt.date = dt.date(2100, 1, 1)
) -> programs.Balances:
    if program == "hledger":
        return programs.hledger_balances(path, "--end", str(before))
    return programs.beancount_balances(path, before=before)


@on_real_books
@pytest.mark.parametrize("seed", [1, 2])
def test_random_books_are_accepted_and_agreed_with_to_the_micro_unit(
    seed: int, tmp_path: Path
) -> None:
    programs.make_history(seed=seed, entry_count=120)
    for program in DIALECTS:
        path = _export(program, tmp_path / program)
        assert _accepted(program, path)
        found = _balances(program, path)
        assert found == programs.our_balances()
        assert _trial(found) == {
            (row.kind.pattern, row.currency): row.debit.micros - row.credit.micros
            for row in trial_balance()
            if row.debit != row.credit
        }


def _trial(balances: programs.Balances) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for (name, code), micros in balances.items():
        sums[account_kind(name).pattern, code] += micros
    return {key: micros for key, micros in sums.items() if micros}


@on_real_books
def test_a_month_begins_with_what_was_there_and_ends_with_what_is(tmp_path: Path) -> None:
    programs.make_history(seed=4, entry_count=100)
    for program in DIALECTS:
        whole = _export(program, tmp_path / "whole")
        past = _export(program, tmp_path / "past", until=NOVEMBER)
        month = _export(program, tmp_path / "month", since=OCTOBER, until=NOVEMBER)
        rest = _export(program, tmp_path / "rest", since=NOVEMBER)
        at_the_end = _balances(program, whole, before=NOVEMBER)
        assert at_the_end not in ({}, programs.our_balances())
        assert _balances(program, past) == at_the_end
        assert _balances(program, month) == at_the_end
        assert _balances(program, rest) == programs.our_balances()


@on_real_books
def test_each_program_proves_the_file_itself(program: str, tmp_path: Path) -> None:
    """A micro-unit more on both sides of one transfer is still balanced, and is found."""
    make_prepaid("4.25")
    make_prepaid("1")
    path = _export(program, tmp_path / "journal")
    assert _accepted(program, path)
    text = path.read_text()
    path.write_text(
        text.replace(" 1.000000 USD", " 1.000001 USD").replace("-1.000000", "-1.000001")
    )
    assert not _accepted(program, path)


@on_real_books
def test_no_memo_breaks_the_file_or_imitates_a_posting(tmp_path: Path) -> None:
    paid = move("bank", "advertiser:7:prepaid", "4.25")
    post(drafts=[make_entry(paid, memo=memo) for memo in programs.MEMOS], at=NOON)
    told = json.loads(
        programs.hledger(_export("hledger", tmp_path / "h"), "print", "--output-format", "json")
    )
    *told, closing = told
    assert closing["tdescription"] == "Closing balances"
    assert {(one["tdate"], len(one["tpostings"])) for one in told} == {("2026-11-02", 2)}
    assert {unquote(one["tdescription"]) for one in told} == {
        "prepaid_received" + (f" | {memo}" if memo else "") for memo in programs.MEMOS
    }
    found = programs.beancount_entries(_export("beancount", tmp_path / "b"))
    entries = [entry for entry in found if isinstance(entry, data.Transaction)]
    assert {(entry.payee, len(entry.postings)) for entry in entries} == {("prepaid_received", 2)}
    assert {unquote(entry.narration or "") for entry in entries} == set(programs.MEMOS)


@on_real_books
def test_every_entry_tells_what_it_is(program: str, tmp_path: Path) -> None:
    drafts = programs.make_history(seed=5, entry_count=20)
    path = _export(program, tmp_path / "journal")
    entries = list(journal())
    assert {entry.says.id for entry in entries} >= {draft.id for draft in drafts}
    assert [entry.number for entry in entries] == sorted(entry.number for entry in entries)
    assert any(entry.reverses for entry in entries)
    facts = _facts(program, path)
    for entry in entries:
        told = facts[str(entry.number)]
        assert told["id"] == str(entry.says.id)
        assert unquote(told["reference"]) == entry.says.reference
        assert told["policy"] == entry.says.policy_version
        assert dt.datetime.fromisoformat(told["occurred"]) == entry.says.occurred_at
        assert dt.datetime.fromisoformat(told["posted"]) == entry.posted_at
        assert told.get("reverses") == (str(entry.reverses) if entry.reverses else None)


def _facts(program: str, path: Path) -> dict[str, dict[str, str]]:
    """Return what each program knows of each entry, by its number."""
    if program == "beancount":
        found = programs.beancount_entries(path)
        return {entry.meta["number"]: entry.meta for entry in found if "number" in entry.meta}
    printed = json.loads(programs.hledger(path, "print", "--output-format", "json"))
    return {told["tcode"]: dict(told["ttags"]) for told in printed}


@on_real_books
def test_hledger_reads_the_signs_as_we_mean_them(tmp_path: Path) -> None:
    """What we own and what we owe both grow; a sale is revenue, a fee is an expense."""
    draft = make_entry(
        move("bank", "advertiser:7:prepaid", "100"),
        move("advertiser:7:prepaid", "platform:revenue:ads", "40"),
        move("platform:fees", "bank", "3"),
    )
    post(drafts=[draft], at=draft.occurred_at)
    path = _export("hledger", tmp_path / "journal")
    sheet = programs.hledger(path, "balancesheet", "-O", "csv")
    assert '"assets:bank","97.000000 USD"' in sheet
    assert '"liabilities:advertiser:7:prepaid","60.000000 USD"' in sheet
    income = programs.hledger(path, "incomestatement", "-O", "csv")
    assert '"income:platform:revenue:ads","40.000000 USD"' in income
    assert '"expenses:platform:fees","3.000000 USD"' in income


@on_real_books
def test_empty_books_are_an_empty_journal(program: str, tmp_path: Path) -> None:
    path = _export(program, tmp_path / "journal")
    assert _accepted(program, path)
    assert _balances(program, path) == {}
    assert _accepted(program, _export(program, tmp_path / "month", since=OCTOBER, until=NOVEMBER))


@on_real_books
def test_a_month_in_which_nothing_happened_carries_on(program: str, tmp_path: Path) -> None:
    make_prepaid("1")
    later = dt.date(2027, 1, 1)
    path = _export(program, tmp_path / "journal", since=later)
    assert _accepted(program, path)
    assert _balances(program, path) == programs.our_balances()


@on_real_books
def test_a_range_that_ends_before_it_begins_is_refused_and_leaves_the_file(tmp_path: Path) -> None:
    path = _export("hledger", tmp_path / "journal")
    before = path.read_bytes()
    with pytest.raises(NoDays, match="from 2026-11-01 up to 2026-10-01"):
        _export("hledger", path, since=NOVEMBER, until=OCTOBER)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@on_real_books
def test_without_a_file_it_is_printed(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    make_prepaid("4.25")
    export("hledger", since=None, until=None, path=None)
    assert b"    assets:bank  4.250000 USD\n" in capsysbinary.readouterr().out


@on_real_books
def test_progress_is_told_to_the_last_entry() -> None:
    programs.make_history(seed=6, entry_count=3)
    told: list[tuple[int, int]] = []
    list(journal_text(dialect=HLEDGER, progress=lambda _, done, total: told.append((done, total))))
    total = len(list(journal()))
    assert told == [(0, total), (total, total)]


@pytest.mark.django_db
def test_what_stood_is_what_happened_until_then() -> None:
    make_prepaid("4.25")
    assert list(standings(before=dt.date(2026, 11, 2))) == []
    stood = {row.account: row.amount for row in standings(before=dt.date(2026, 11, 3))}
    assert stood == {"advertiser:7:prepaid": -usd("4.25"), "bank": usd("4.25")}
    assert stood == {row.account: row.amount for row in standings()}
