"""Opening balances: all lines or none, once per day, each fault with its line."""

import datetime as dt
from pathlib import Path

import pytest

from config.commands.opening import import_opening as command
from takings.core import clock
from takings.core.ids import derived
from takings.ledger.actions import reverse
from takings.ledger.actions.opening import OtherOpening, import_opening
from takings.ledger.actions.posting import Posted
from takings.ledger.queries import balance, check_books, entry
from takings.ledger.rules import UnknownAccount, account_kind
from takings.ledger.rules.opening import BadOpening, opening_drafts, read_opening
from takings.money import Money
from takings.money.money import LARGEST
from tests.make.ledger import POLICY, all_balances, dollars, make_prepaid, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 10, 1)
HEAD = "account,currency,amount\n"
FILE = """account,currency,amount
bank,USD,1000.000001
advertiser:7:prepaid,USD,600

creator:7:payable,USD,-12.5
creator:8:payable,USD,300.25
bank,EUR,40
viewer:3:coins,COIN,120
viewer:4:bonus_coins,COIN,5
"""

FAULTS = [
    ("bank:main,USD,1", "“bank:main” is not an account of the chart"),
    ("bank,XXQ,1", "“XXQ” is not a currency we know"),
    ("bank,usd,1", "“usd” is not a currency we know"),
    ("bank,COIN,1", "“bank” cannot hold COIN"),
    ("viewer:3:coins,USD,1", "“viewer:3:coins” cannot hold USD"),
    ("bank,USD,1.0000001", "1.0000001 has more than six decimals"),
    ("bank,USD,1.0000000000000000000000000000001", "has more than six decimals"),
    ("bank,USD,9223372036854.775808", "is more than an account can hold"),
    ("bank,USD,99999999999999", "is not an amount"),
    ("bank,USD,1e3", "“1e3” is not an amount"),
    ("bank,USD,1_000", "“1_000” is not an amount"),
    ('bank,USD,"1,000.00"', "“1,000.00” is not an amount"),
    ("bank,USD,١", "“١” is not an amount"),
    ("bank,USD,", "“” is not an amount"),
    ("bank,USD,NaN", "“NaN” is not an amount"),
    ("bank,USD,0.00", "“bank” begins with nothing anyway"),
    ("advertiser:7:prepaid,USD,-1", "“advertiser:7:prepaid” may not be negative; -1 is"),
    ("creator:9:payable,USD,2", "“creator:9:payable” in USD is on line 2 already"),
    ("opening:USD,USD,1", "“opening:USD” is the other side of opening balances"),
    ("coins:issued,COIN,1", "“coins:issued” is the other side of opening balances"),
    ("bank,USD", "Each line has three columns"),
    ("bank,USD,1,2", "Each line has three columns"),
    ('bank,USD,"1', "Line 3: unexpected end of data"),
    ('bank,USD,"1"2', "Line 3: ',' expected after"),
]


def _import(text: str, *, on: dt.date = DAY) -> dict[str, Posted]:
    return import_opening(content=text.encode(), on=on, policy_version=POLICY, at=NOON)


def test_what_stood_elsewhere_stands_here() -> None:
    became = _import(FILE)
    assert sorted(became) == ["COIN", "EUR", "USD"]
    assert {posted.outcome for posted in became.values()} == {"posted"}
    assert dollars("bank") == usd("1000.000001")
    assert dollars("advertiser:7:prepaid") == usd(600)
    assert dollars("creator:7:payable") == usd("-12.5")
    assert dollars("creator:8:payable") == usd("300.25")
    assert dollars("opening:USD") == usd("112.250001")
    assert balance(name="opening:EUR", currency="EUR") == Money.parse(40, "EUR")
    assert check_books() == []


def test_coins_in_wallets_are_coins_issued_from_the_beginning() -> None:
    _import(FILE)
    assert balance(name="coins:issued", currency="COIN") == Money.parse(125, "COIN")
    assert not [key for key in all_balances() if key == ("opening:COIN", "COIN")]


def test_each_currency_is_one_entry_of_that_day() -> None:
    posted = entry(id=_import(FILE)["USD"].entry_id)
    assert (posted.kind, posted.reference) == ("opening_balance", "opening:2026-10-01")
    assert (posted.policy_version, posted.memo) == (POLICY, "Opening balances in USD")
    assert posted.occurred_at == dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    assert len(posted.transfers) == 4


def test_the_same_file_again_changes_nothing_in_whatever_order() -> None:
    first = _import(FILE)
    before = all_balances()
    head, *lines = FILE.strip().splitlines()
    again = _import("\n".join([head, *reversed(lines)]))
    assert {posted.outcome for posted in again.values()} == {"already_posted"}
    assert [again[code].entry_id for code in first] == [first[code].entry_id for code in first]
    assert all_balances() == before


@pytest.mark.parametrize(
    "other",
    [
        FILE.replace("600", "601"),
        FILE.replace("bank,EUR,40\n", ""),
        FILE + "bank,JPY,9\n",
        HEAD + "bank,JPY,9\n",
        HEAD + "bank,EUR,40\n",
    ],
    ids=["an amount", "one currency less", "one more", "another", "one of three"],
)
def test_another_file_for_the_same_day_is_refused_and_changes_nothing(other: str) -> None:
    _import(FILE)
    before = all_balances()
    with pytest.raises(OtherOpening, match="of 2026-10-01 were imported before"):
        _import(other)
    assert all_balances() == before


def test_another_day_is_another_opening() -> None:
    _import(FILE)
    _import(HEAD + "bank,USD,1\n", on=dt.date(2026, 10, 2))
    assert dollars("bank") == usd("1001.000001")


def test_an_opening_can_be_undone() -> None:
    before = all_balances()
    for code, posted in _import(FILE).items():
        reverse(entry_id=posted.entry_id, id=derived("undo", code), at=NOON, memo="Wrong file")
    assert {key for key, micros in all_balances().items() if micros} == before.keys()


@pytest.mark.parametrize(("line", "sentence"), FAULTS, ids=range(len(FAULTS)))
def test_a_faulty_line_is_named_and_nothing_is_imported(line: str, sentence: str) -> None:
    make_prepaid("5")
    before = all_balances()
    with pytest.raises(BadOpening) as refusal:
        _import(f"{HEAD}creator:9:payable,USD,1\n{line}\n")
    told = str(refusal.value)
    assert told.startswith("Nothing was imported. Line 3: ")
    assert sentence in told
    assert all_balances() == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Line 1: Each line has three columns, and the first says so"),
        (b"bank,USD,1\n", "Line 1: Each line has three columns"),
        (b"account;currency;amount\nbank;USD;1\n", "Line 1: Each line has three columns"),
        (HEAD.encode(), "The file holds no balance"),
        (b"account,currency,amount\nbank,USD,\xff\n", "The file is not UTF-8 text"),
    ],
    ids=["empty", "no heading", "semicolons", "heading only", "not UTF-8"],
)
def test_a_file_of_another_shape_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(BadOpening, match=sentence):
        read_opening(content)


def test_all_faulty_lines_are_named_at_once_up_to_twenty() -> None:
    with pytest.raises(BadOpening) as refusal:
        read_opening((HEAD + "bank,USD,x\n" * 23).encode())
    told = str(refusal.value).splitlines()
    assert len(told) == 21
    assert told[19] == "Line 21: “x” is not an amount; write it like 4.25."
    assert told[20] == "And 3 more."


def test_a_spreadsheets_file_is_read() -> None:
    [only] = read_opening("\ufeffaccount, currency, amount\r\nbank, USD, 4.25\r\n".encode())
    assert (only.account, only.amount) == ("bank", usd("4.25"))
    [largest] = read_opening((HEAD + "bank,USD,9223372036854.775807\n").encode())
    assert largest.amount == Money(LARGEST, "USD")


def test_what_an_account_can_never_hold_is_not_of_the_chart() -> None:
    assert account_kind("opening:EUR").nature == "clearing"
    assert not account_kind("opening:COIN").holds("COIN")
    with pytest.raises(UnknownAccount):
        account_kind("opening")


def test_the_id_follows_from_day_and_currency() -> None:
    one, two = (read_opening(f"{HEAD}bank,USD,{amount}\n".encode()) for amount in (1, 2))
    ids = {
        opening_drafts(balances, on=on, policy_version=POLICY)["USD"].id
        for balances in (one, two)
        for on in (DAY, DAY + dt.timedelta(days=1))
    }
    assert len(ids) == 2


def test_the_command_says_what_became_of_each_currency(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    path = tmp_path / "opening.csv"
    path.write_text(FILE)
    command(path, on=DAY)
    assert capsys.readouterr().out.count("is posted.") == 3
    command(path, on=DAY)
    assert capsys.readouterr().out.count("was there already.") == 3
    assert check_books() == []
