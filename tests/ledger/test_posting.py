"""Posting: all or nothing, once per id, never below a floor."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from takings.ledger import queries
from takings.ledger.actions import (
    AlreadyReversed,
    BalanceTooLarge,
    InsufficientFunds,
    ReversalIsFinal,
    SameIdOtherContent,
    post,
    reverse,
)
from takings.ledger.queries import UnknownEntry, check_books
from takings.money import Money
from takings.money.money import LARGEST
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

PREPAID, RESERVED = "advertiser:7:prepaid", "advertiser:7:reserved"


def test_a_brand_pays_in_a_hundred_dollars() -> None:
    posted = make_prepaid("100")
    assert posted.outcome == "posted"
    assert dollars("bank") == dollars(PREPAID) == usd(100)
    assert dollars(RESERVED) == usd(0)
    assert check_books() == []


def test_one_entry_may_pass_money_on() -> None:
    make_posted(move("bank", PREPAID, "100"), move(PREPAID, RESERVED, "100"))
    assert dollars(PREPAID) == usd(0)
    assert dollars(RESERVED) == usd(100)


def test_all_drafts_of_a_call_stand_or_fall_together() -> None:
    make_prepaid("10")
    before = all_balances()
    good, bad = move(PREPAID, RESERVED, "10"), move(RESERVED, "platform:revenue:ads", "11")
    with pytest.raises(InsufficientFunds):
        post(drafts=[make_entry(good), make_entry(bad)], at=NOON)
    assert all_balances() == before
    assert check_books() == []


def test_a_refused_call_leaves_the_callers_transaction_usable() -> None:
    with transaction.atomic():
        make_prepaid("10")
        with pytest.raises(InsufficientFunds):
            make_posted(move(PREPAID, RESERVED, "11"))
        make_posted(move(PREPAID, RESERVED, "9"))
    assert dollars(PREPAID) == usd(1)


def test_nobody_spends_what_is_not_there_and_the_refusal_says_how_much_there_is() -> None:
    make_prepaid("10")
    with pytest.raises(InsufficientFunds) as refusal:
        make_posted(move(PREPAID, RESERVED, "10.000001"))
    assert refusal.value.facts == {
        "account": PREPAID,
        "available": usd(10),
        "asked": usd("10.000001"),
    }
    assert dollars(PREPAID) == usd(10)


def test_an_asset_has_a_floor_too() -> None:
    make_posted(move("platform:fees", "creator:1:payable", "5"))
    with pytest.raises(InsufficientFunds, match="bank"):
        make_posted(move("creator:1:payable", "bank", "5"))


def test_a_clawback_may_leave_a_creator_owing() -> None:
    make_posted(move("creator:1:payable", "platform:loss", "5"))
    assert dollars("creator:1:payable") == usd(-5)
    assert check_books() == []


def test_peers_bug_6_held_money_is_in_another_account_and_cannot_be_spent() -> None:
    """BoTTube 1066: a pending withdrawal was still spendable."""
    make_posted(move("platform:fees", "creator:1:pending", "5"))
    make_posted(move("creator:1:pending", "creator:1:held", "5"))
    with pytest.raises(InsufficientFunds):
        make_posted(move("creator:1:pending", "creator:1:payable", "5"))
    assert dollars("creator:1:held") == usd(5)


@pytest.mark.parametrize("times", [2, 5])
def test_peers_bug_7_and_9_a_retry_changes_nothing(times: int) -> None:
    """BoTTube 1929: a reward was credited on every retry; gumroad 650: a balance raised twice."""
    draft = make_entry(move("bank", PREPAID, "100"))
    outcomes = [post(drafts=[draft], at=NOON)[0].outcome for _ in range(times)]
    assert outcomes == ["posted"] + ["already_posted"] * (times - 1)
    assert dollars(PREPAID) == usd(100)


def test_the_same_fact_twice_in_one_call_is_posted_once() -> None:
    draft = make_entry(move("bank", PREPAID, "100"))
    assert [p.outcome for p in post(drafts=[draft, draft], at=NOON)] == ["posted", "already_posted"]
    assert dollars(PREPAID) == usd(100)


def test_a_retry_posts_what_is_new_beside_what_is_known() -> None:
    known = make_entry(move("bank", PREPAID, "1"))
    post(drafts=[known], at=NOON)
    fresh = make_entry(move("bank", PREPAID, "2"))
    answers = post(drafts=[fresh, known], at=NOON)
    assert [p.outcome for p in answers] == ["posted", "already_posted"]
    assert [p.entry_id for p in answers] == [fresh.id, known.id]
    assert dollars(PREPAID) == usd(3)


def test_a_retry_the_next_day_keeps_the_first_times() -> None:
    draft = make_entry(move("bank", PREPAID, "1"))
    post(drafts=[draft], at=NOON)
    tomorrow = NOON + dt.timedelta(days=1)
    later = make_entry(move("bank", PREPAID, "1"), id=draft.id, occurred_at=tomorrow)
    assert post(drafts=[later], at=tomorrow)[0].outcome == "already_posted"
    assert queries.entry(id=draft.id).occurred_at == NOON


def test_peers_bug_15_the_same_id_for_something_else_is_refused() -> None:
    """Lago 5870: the same top-up posted twice; same key and other body must be a conflict."""
    draft = make_entry(move("bank", PREPAID, "100"))
    post(drafts=[draft], at=NOON)
    before = all_balances()
    other = make_entry(move("bank", PREPAID, "101"), id=draft.id)
    for drafts in ([other], [other, draft], [draft, other]):
        with pytest.raises(SameIdOtherContent):
            post(drafts=drafts, at=NOON)
    assert all_balances() == before


def test_posting_nothing_is_nothing() -> None:
    assert post(drafts=[], at=NOON) == []


def test_an_account_cannot_hold_more_than_bigint() -> None:
    whole = Money(LARGEST, "USD")
    make_posted(move("bank", PREPAID, whole))
    before = all_balances()
    with pytest.raises(BalanceTooLarge):
        make_posted(move("bank", "advertiser:8:prepaid", Money(1, "USD")))
    assert all_balances() == before
    assert check_books() == []


def test_peers_bug_16_payer_and_payee_may_be_the_same_person() -> None:
    """Opencollective 7083: a self-transfer wrote the credit without its debit."""
    make_posted(move("platform:fees", "creator:1:payable", "5"))
    make_posted(move("creator:1:payable", "creator:1:pending", "5"))
    assert dollars("creator:1:payable") == usd(0)
    assert dollars("creator:1:pending") == usd(5)
    assert check_books() == []


def test_one_entry_may_hold_two_currencies_each_balanced() -> None:
    make_posted(
        move("provider:stripe", "coins:liability", "1"),
        move("coins:issued", "viewer:3:coins", Money.parse(100, "COIN")),
    )
    assert queries.balance(name="viewer:3:coins", currency="COIN") == Money.parse(100, "COIN")
    assert check_books() == []


def _reversed(entry_id: UUID, *, id: UUID | None = None) -> str:  # noqa: A002 - an entry's id
    return reverse(entry_id=entry_id, id=id or uuid4(), at=NOON, memo="A mistake").outcome


def test_peers_bug_17_undoing_returns_every_account_to_its_exact_former_balance() -> None:
    """Opencollective 6230, 5044: fees were given back twice."""
    make_prepaid("10")
    before = all_balances()
    posted = make_posted(move(PREPAID, RESERVED, "7"), move(RESERVED, "platform:revenue:ads", "3"))
    assert _reversed(posted.entry_id) == "posted"
    changed = {key: micros for key, micros in all_balances().items() if micros != before.get(key)}
    assert not any(changed.values())
    assert check_books() == []


def test_an_entry_is_reversed_once() -> None:
    posted = make_prepaid("10")
    undo = uuid4()
    assert _reversed(posted.entry_id, id=undo) == "posted"
    assert _reversed(posted.entry_id, id=undo) == "already_posted"
    before = all_balances()
    with pytest.raises(AlreadyReversed, match=str(undo)):
        _reversed(posted.entry_id)
    assert all_balances() == before
    original, reversal = queries.entry(id=posted.entry_id), queries.entry(id=undo)
    assert original.reversed_by == undo
    assert reversal.reverses == posted.entry_id
    assert reversal.kind == "entry_reversed"


def test_a_reversal_is_not_reversed() -> None:
    undo = uuid4()
    _reversed(make_prepaid("10").entry_id, id=undo)
    with pytest.raises(ReversalIsFinal):
        _reversed(undo)


def test_what_was_spent_cannot_be_reversed_away() -> None:
    posted = make_prepaid("10")
    make_posted(move(PREPAID, RESERVED, "10"))
    before = all_balances()
    with pytest.raises(InsufficientFunds):
        _reversed(posted.entry_id)
    assert all_balances() == before
    assert queries.entry(id=posted.entry_id).reversed_by is None


def test_a_reversal_needs_an_id_of_its_own() -> None:
    first, second = make_prepaid("10"), make_prepaid("10")
    undo = uuid4()
    _reversed(first.entry_id, id=undo)
    with pytest.raises(SameIdOtherContent):
        _reversed(second.entry_id, id=undo)
    assert queries.entry(id=second.entry_id).reversed_by is None


def test_nothing_is_reversed_that_was_never_posted() -> None:
    with pytest.raises(UnknownEntry):
        _reversed(uuid4())
