"""Drafts are right by construction, and the chart knows every account."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.ledger.rules import (
    CHART,
    AccountsAreTheSame,
    AmountNotPositive,
    EmptyEntry,
    EntryDraft,
    TransferDraft,
    UnknownAccount,
    UnnamedEntry,
    WrongMoney,
    account_kind,
    reversed_transfers,
)
from takings.money import Money
from tests.make.ledger import make_entry, move, usd
from tests.make.people import NOON


@pytest.mark.parametrize(
    ("name", "side", "floor"),
    [
        ("provider:stripe", "debit", None),
        ("bank", "debit", 0),
        ("advertiser:7:prepaid", "credit", 0),
        ("pool:feed_ads:DE:2026-11.2", "credit", 0),
        ("creator:12:pending", "credit", 0),
        ("creator:12:payable", "credit", None),
        ("viewer:0192f2c8-7b1e-7000-8000-000000000001:coins", "credit", 0),
        ("coins:issued", "debit", 0),
        ("escrow:deal:9", "credit", 0),
        ("platform:revenue:ads", "credit", None),
        ("platform:fees", "debit", None),
        ("tax:DE:vat", "credit", 0),
        ("rights:north-records", "credit", 0),
        ("fx:EUR", "credit", None),
    ],
)
def test_the_chart_knows_side_and_floor(name: str, side: str, floor: int | None) -> None:
    kind = account_kind(name)
    assert (kind.side, kind.floor_micros) == (side, floor)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "bank:",
        "creator:12",
        "creator::pending",
        "creator:1:2:pending",
        "mine",
        "pool:a:b:" + "c" * 120,
    ],
)
def test_a_name_outside_the_chart_is_refused(name: str) -> None:
    with pytest.raises(UnknownAccount):
        account_kind(name)


def test_every_line_of_the_chart_matches_its_own_example_and_no_other() -> None:
    for kind in CHART:
        example = kind.pattern.replace("<", "").replace(">", "")
        assert account_kind(example) == kind


@pytest.mark.parametrize("micros", [0, -1, -60_000_000_000])
def test_peers_bug_4_a_quantity_that_is_not_positive_mints_nothing(micros: int) -> None:
    """rustchain-bounties 71: a quantity of −1000 minted 60 000."""
    with pytest.raises(AmountNotPositive):
        TransferDraft(debit="bank", credit="platform:revenue:ads", amount=Money(micros, "USD"))


def test_a_transfer_to_its_own_account_is_refused() -> None:
    with pytest.raises(AccountsAreTheSame):
        move("bank", "bank", "1")


def test_coins_stay_out_of_money_accounts_and_money_out_of_wallets() -> None:
    with pytest.raises(WrongMoney, match="bank"):
        move("bank", "advertiser:7:prepaid", Money(1, "COIN"))
    with pytest.raises(WrongMoney, match="coins:issued"):
        move("coins:issued", "viewer:3:coins", "1")


def test_an_entry_needs_a_transfer() -> None:
    with pytest.raises(EmptyEntry):
        make_entry()


@pytest.mark.parametrize(
    ("missing", "change"),
    [
        ("kind", {"kind": "Paid!"}),
        ("kind", {"kind": ""}),
        ("reference", {"reference": ""}),
        ("policy version", {"policy_version": ""}),
        ("time with a zone", {"occurred_at": dt.datetime(2026, 11, 2)}),  # noqa: DTZ001 - naive
    ],
)
def test_an_entry_names_its_kind_fact_policy_and_time(
    missing: str, change: dict[str, str | dt.datetime]
) -> None:
    whole: dict[str, object] = {
        "id": uuid4(),
        "kind": "prepaid_received",
        "reference": "receipt:77",
        "policy_version": "house@2026-01-01",
        "occurred_at": NOON,
        "memo": "",
        "transfers": (move("bank", "advertiser:7:prepaid", "1"),),
    }
    with pytest.raises(UnnamedEntry, match=missing):
        EntryDraft(**(whole | change))  # type: ignore[arg-type]


def test_the_last_transfer_is_undone_first() -> None:
    one = move("bank", "advertiser:7:prepaid", usd(1))
    two = move("advertiser:7:prepaid", "advertiser:7:reserved", usd(1))
    assert reversed_transfers((one, two)) == (
        move("advertiser:7:reserved", "advertiser:7:prepaid", "1"),
        move("advertiser:7:prepaid", "bank", "1"),
    )
