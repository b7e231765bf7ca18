"""Many in one call: each gets an answer, in order, and the refused ones stay refused."""

import datetime as dt
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction

from takings.core.errors import Refusal
from takings.ledger.actions import account_ids, post, post_columns, post_each, reverse
from takings.ledger.actions.terms import close_account
from takings.ledger.models import LedgerRefusal
from takings.ledger.queries import balance, check_books, entry
from takings.ledger.rules import EntryDraft, Outcome, TransferDraft
from takings.ledger.rules.calls import MOST_ITEMS, Call, CallTooLarge, UnevenColumns, packed_ids
from takings.ledger.rules.outcomes import OF_NUMBER
from takings.money import Money
from takings.money.money import LARGEST
from tests.make.ledger import all_balances, dollars, make_entry, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

PREPAID, RESERVED = "advertiser:7:prepaid", "advertiser:8:prepaid"


def _outcomes(*groups: list[EntryDraft]) -> list[list[str]]:
    answers = post_each(groups=groups, at=NOON)
    return [[str(answer.outcome) for answer in group] for group in answers]


def _lease(amount: str, *, id: UUID | None = None) -> EntryDraft:  # noqa: A002 - an entry's id
    return make_entry(move(PREPAID, RESERVED, amount), id=id, kind="budget_leased")


def test_each_is_answered_in_its_order_and_sees_what_those_before_it_left() -> None:
    make_prepaid("10")
    assert _outcomes([_lease("6")], [_lease("6")], [_lease("4")], [_lease("1")]) == [
        ["posted"],
        ["insufficient_funds"],
        ["posted"],
        ["insufficient_funds"],
    ]
    assert dollars(PREPAID) == usd(0)
    assert dollars(RESERVED) == usd(10)
    assert check_books() == []


def test_a_group_stands_or_falls_and_says_who_was_at_fault() -> None:
    make_prepaid("10")
    good, bad = _lease("4"), _lease("7")
    [[first, second], [third]] = post_each(groups=[[good, bad], [_lease("10")]], at=NOON)
    assert (first.outcome, second.outcome) == ("insufficient_funds", "insufficient_funds")
    assert (third.outcome, second.culprit, second.fault) == ("posted", PREPAID, 0)
    assert (second.available, second.asked) == (usd(10), usd(7))
    assert dollars(PREPAID) == usd(0)


def test_of_a_refused_entry_the_innocent_transfers_fell_with_the_guilty_one() -> None:
    make_prepaid("10")
    draft = make_entry(move("bank", "advertiser:5:prepaid", "1"), move(PREPAID, RESERVED, "11"))
    [[answer]] = post_each(groups=[[draft]], at=NOON)
    assert [answer.of_transfer(n) for n in (0, 1)] == ["linked_failed", "insufficient_funds"]
    [[linked, _]] = post_each(groups=[[_lease("1"), _lease_of_nobody()]], at=NOON)
    assert linked.outcome == "linked_failed"
    assert dollars("advertiser:5:prepaid") == usd(0)


def _lease_of_nobody() -> EntryDraft:
    return make_entry(move("advertiser:9:prepaid", "advertiser:9:reserved", "1"))


def test_a_refused_id_stays_refused_even_when_the_money_comes() -> None:
    draft = _lease("5")
    assert _outcomes([draft]) == [["insufficient_funds"]]
    make_prepaid("10")
    assert _outcomes([draft]) == [["insufficient_funds"]]
    assert _outcomes([_lease("5")], [draft]) == [["posted"], ["insufficient_funds"]]
    assert dollars(PREPAID) == usd(5)
    assert check_books() == []


def test_a_refused_group_gets_the_same_answers_whatever_happened_since() -> None:
    """Nobody in it is judged anew: not what an account has left, nor that it was closed since."""
    make_prepaid("10")
    closing = "escrow:deal:9"
    sweep = make_entry(TransferDraft(PREPAID, RESERVED, usd(5), up_to=True))
    group = [sweep, make_entry(move("bank", closing, "1")), _lease_of_nobody()]
    answers = _outcomes(group)
    assert answers == [["linked_failed", "linked_failed", "insufficient_funds"]]
    _outcomes([_lease("10")])
    close_account(name=closing, currency="USD", reason="done", at=NOON)
    before = all_balances()
    assert _outcomes(group) == answers
    assert all_balances() == before
    assert LedgerRefusal.objects.count() == 1


def test_what_post_refuses_by_raising_may_be_tried_again() -> None:
    draft = _lease("5")
    with pytest.raises(Refusal, match="available"):
        post(drafts=[draft], at=NOON)
    make_prepaid("10")
    assert post(drafts=[draft], at=NOON)[0].outcome == "posted"


def test_the_answers_are_the_same_however_the_calls_are_cut() -> None:
    drafts = [_lease(amount) for amount in ("3", "9", "4", "4", "3")]
    make_prepaid("10")
    together = [outcome for [outcome] in _outcomes(*([draft] for draft in drafts))]
    again = [outcome for draft in drafts for [outcome] in _outcomes([draft])]
    assert together == ["posted", "insufficient_funds", "posted", "insufficient_funds", "posted"]
    assert again == [o.replace("posted", "already_posted") for o in together]
    assert dollars(PREPAID) == usd(0)


def test_the_same_id_for_something_else_is_refused_without_a_trace() -> None:
    make_prepaid("10")
    draft = _lease("1")
    other = _lease("2", id=draft.id)
    assert _outcomes([draft], [other], [draft]) == [
        ["posted"],
        ["same_id_other_content"],
        ["already_posted"],
    ]
    assert _outcomes([other]) == [["same_id_other_content"]]
    assert dollars(RESERVED) == usd(1)


def test_up_to_takes_what_there_is_and_no_more() -> None:
    make_prepaid("10")
    sweep = TransferDraft(debit=PREPAID, credit=RESERVED, amount=usd(25), up_to=True)
    draft = make_entry(move(PREPAID, "platform:revenue:ads", "3"), sweep)
    [posted] = post(drafts=[draft], at=NOON)
    assert posted.moved == (usd(3), usd(7))
    assert entry(id=draft.id).transfers[1].amount == usd(7)
    assert post(drafts=[draft], at=NOON)[0].outcome == "already_posted"
    assert _outcomes([make_entry(sweep)]) == [["insufficient_funds"]]
    assert check_books() == []


def test_up_to_of_an_account_that_may_owe_takes_all_that_is_asked() -> None:
    sweep = TransferDraft("creator:1:payable", "platform:loss", usd(5), up_to=True)
    [posted] = post(drafts=[make_entry(sweep)], at=NOON)
    assert posted.moved == (usd(5),)
    assert dollars("creator:1:payable") == usd(-5)


def _columns(
    pairs: list[tuple[str, str, int]], *, currency: str = "USD", ids: list[UUID] | None = None
) -> Call:
    names = account_ids([(name, currency) for pair in pairs for name in pair[:2]])
    return Call(
        ids=packed_ids(ids or [uuid4() for _ in pairs]),
        kinds=["paid"],
        references=[f"fact:{number}" for number, _ in enumerate(pairs)],
        policy_versions=["house@2026-01-01"],
        occurred_at=[NOON],
        debits=np.array([names[debit, currency] for debit, _, _ in pairs], dtype=np.int64),
        credits=np.array([names[credit, currency] for _, credit, _ in pairs], dtype=np.int64),
        amounts=np.array([amount for _, _, amount in pairs], dtype=np.int64),
        currencies=[currency],
    )


def _of(call: Call) -> list[str]:
    answer = post_columns(call=call, at=NOON)
    codes = answer.codes or [0] * len(call.ids)
    return [str(OF_NUMBER[code]) for code in codes]


@pytest.mark.parametrize(
    ("micros", "outcome"),
    [
        (0, "amount_not_positive"),
        (-1, "amount_not_positive"),
        (-(2**63), "amount_not_positive"),
        (LARGEST, "posted"),
        (1, "posted"),
    ],
)
def test_columns_with_a_wrong_amount_are_answered_by_name(micros: int, outcome: str) -> None:
    assert _of(_columns([("bank", PREPAID, micros), ("bank", "fx:USD", 0)])) == [
        outcome,
        "amount_not_positive",
    ]
    assert check_books() == []


def test_columns_beyond_bigint_are_answered_by_name() -> None:
    assert _of(_columns([("bank", PREPAID, LARGEST), ("bank", PREPAID, 1)])) == [
        "posted",
        "balance_too_large",
    ]
    assert _of(_columns([("bank", PREPAID, 1)])) == ["balance_too_large"]
    assert all_balances()["bank", "USD"] == LARGEST


def test_columns_of_unknown_mixed_or_equal_accounts_are_answered_by_name() -> None:
    call = _columns([("bank", PREPAID, 5), ("bank", PREPAID, 5), ("bank", PREPAID, 5)])
    [euros] = account_ids([("bank", "EUR")]).values()
    call.credits[0] = 3
    call.credits[1] = euros
    call.debits[2] = call.credits[2]
    assert _of(call) == ["unknown_account", "currency_mismatch", "accounts_are_the_same"]
    assert not any(all_balances().values())


@pytest.mark.no_cover
def test_a_hundred_thousand_are_posted_in_one_call_and_one_more_is_refused() -> None:
    pairs = [("bank", f"advertiser:{number % 50}:prepaid", 1) for number in range(MOST_ITEMS)]
    assert set(_of(_columns(pairs))) == {"posted"}
    assert all_balances()["bank", "USD"] == MOST_ITEMS
    with pytest.raises(CallTooLarge, match="100000"):
        _columns([*pairs, pairs[0]])
    assert check_books() == []


def test_columns_that_do_not_fit_are_refused_before_anything_is_sent() -> None:
    call = _columns([("bank", PREPAID, 1)])
    with pytest.raises(UnevenColumns, match="references"):
        Call(
            **{
                name: getattr(call, name)
                for name in ("ids", "kinds", "policy_versions", "occurred_at", "currencies")
            },
            references=["a", "b"],
            debits=call.debits,
            credits=call.credits,
            amounts=call.amounts,
        )


def test_a_clock_that_goes_back_never_takes_an_account_back_in_time() -> None:
    make_prepaid("10")
    before = NOON - dt.timedelta(days=3)
    [late] = post(drafts=[_lease("4")], at=before)
    assert entry(id=late.entry_id).posted_at == NOON
    assert check_books() == []


@pytest.mark.django_db(transaction=True)
def test_another_isolation_level_is_refused_before_anything_is_read() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="READ COMMITTED"):
            post(drafts=[_lease("1")], at=NOON)


def test_two_reversals_in_one_call_undo_once() -> None:
    posted = make_prepaid("10")
    reverse(entry_id=posted.entry_id, id=uuid4(), at=NOON, memo="")
    with pytest.raises(Refusal, match="reversed before"):
        reverse(entry_id=posted.entry_id, id=uuid4(), at=NOON, memo="")
    assert dollars(PREPAID) == usd(0)


def test_coins_and_dollars_go_in_one_call() -> None:
    coins = move("coins:issued", "viewer:3:coins", Money.parse(100, "COIN"))
    assert _outcomes([make_entry(coins)], [make_entry(move("bank", PREPAID, "1"))]) == [
        ["posted"],
        ["posted"],
    ]
    assert balance(name="viewer:3:coins", currency="COIN") == Money.parse(100, "COIN")


def test_every_outcome_has_its_number_and_its_word() -> None:
    assert len(OF_NUMBER) == len(Outcome)
    assert all(outcome == outcome.name.lower() for outcome in Outcome)
