"""Every answer that ``decide`` gives, asked for by a story that does not wait for chance."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest

from takings.ledger.rules.decide import State, advance, decide
from takings.ledger.rules.items import Item, Leg, Mode, Terms, Totals
from takings.ledger.rules.outcomes import Outcome
from takings.money.money import LARGEST
from tests.make.people import NOON

A, B, EUROS, CLOSED = 27**4 + 1, 2 * 27**4 + 1, 3 * 27**4 + 2, 4 * 27**4 + 1
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


def test_a_hold_that_is_not_there_or_between_other_accounts_is_not_ended() -> None:
    for mode in (Mode.POST_HOLD, Mode.VOID_HOLD):
        asked = _item(mode, Leg(B, A, 5), hold=KEPT)
        assert decide(_held(), [asked], at=NOON)[0].outcome is Outcome.NOT_WHAT_IS_HELD
        unknown = replace(asked, hold=OTHER)
        assert decide(_held(), [unknown], at=NOON)[0].outcome is Outcome.UNKNOWN_HOLD


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
    verdicts = decide(state, undo, at=NOON)
    outcomes = [verdict.outcome for verdict in verdicts]
    assert outcomes == [Outcome.POSTED, Outcome.ALREADY_REVERSED, Outcome.NOT_ITS_REVERSAL]
    advance(state, undo, verdicts)
    assert (state.reversed, state.totals[A]) == ({OTHER}, Totals(5, 10, held_debits=5))
    once_more = replace(undo[0], id=ID)
    assert decide(state, [once_more], at=NOON)[0].outcome is Outcome.ALREADY_REVERSED


def test_more_than_the_books_can_count_is_refused() -> None:
    state = _held()
    state.totals[B] = Totals(debits=LARGEST - 4, held_credits=5)
    legs = [Leg(B, A, 4), Leg(B, A, 5), Leg(A, B, LARGEST)]
    asked = [
        _item(Mode.ENTRY, leg, id=UUID(int=9 + number), group=number)
        for number, leg in enumerate(legs, start=1)
    ]
    hold = _item(Mode.HOLD, Leg(A, B, LARGEST), group=4)
    outcomes = [verdict.outcome for verdict in decide(state, [*asked, hold], at=NOON)]
    too_large = Outcome.BALANCE_TOO_LARGE
    assert outcomes == [Outcome.POSTED, too_large, Outcome.INSUFFICIENT_FUNDS, too_large]


def test_no_more_goes_into_an_account_than_its_limit_nor_out_than_there_is() -> None:
    state = _held()
    state.terms[B] = Terms(is_credit=True, ceiling=10)
    state.totals[B] = Totals(credits=7)
    asked = [
        _item(Mode.ENTRY, Leg(A, B, amount), id=UUID(int=9 + group), group=group)
        for group, amount in enumerate((3, 3, 1), start=1)
    ]
    outcomes = [verdict.outcome for verdict in decide(state, asked, at=NOON)]
    assert outcomes == [Outcome.POSTED, Outcome.INSUFFICIENT_FUNDS, Outcome.LIMIT_EXCEEDED]


def _outcomes(state: State, *asked: Item) -> list[Outcome]:
    return [verdict.outcome for verdict in decide(state, asked, at=NOON)]


@pytest.mark.parametrize(
    ("leg", "outcome"),
    [
        (Leg(A, 9 * 27**4 + 1, 1), Outcome.UNKNOWN_ACCOUNT),
        (Leg(A, A, 1), Outcome.ACCOUNTS_ARE_THE_SAME),
        (Leg(A, EUROS, 1), Outcome.CURRENCY_MISMATCH),
        (Leg(A, B, 0), Outcome.AMOUNT_NOT_POSITIVE),
        (Leg(A, CLOSED, 1), Outcome.ACCOUNT_CLOSED),
        (Leg(CLOSED, A, 1), Outcome.ACCOUNT_CLOSED),
        (Leg(A, B, 6), Outcome.INSUFFICIENT_FUNDS),
    ],
)
def test_what_is_wrong_with_a_transfer_is_said(leg: Leg, outcome: Outcome) -> None:
    state = _held()
    state.terms[EUROS] = state.terms[B]
    state.terms[CLOSED] = Terms(is_credit=False, is_closed=True)
    assert _outcomes(state, _item(Mode.ENTRY, leg)) == [outcome]


def test_a_hold_on_an_account_that_was_closed_since_can_be_given_up() -> None:
    state = _held()
    state.terms[B] = Terms(is_credit=False, is_closed=True)
    assert _outcomes(state, _item(Mode.VOID_HOLD, Leg(A, B, 5), hold=KEPT)) == [Outcome.POSTED]


def test_up_to_moves_what_there_is_above_both_floors_and_nothing_is_too_little() -> None:
    state = _held()
    state.terms[B] = Terms(is_credit=False, floor=2)
    state.totals = {A: Totals(credits=10), B: Totals(debits=6)}
    asked = [
        _item(Mode.ENTRY, leg, id=UUID(int=9 + group), group=group)
        for group, leg in enumerate([Leg(A, B, 3, up_to=True), Leg(A, B, 9, up_to=True)] * 2, 1)
    ]
    first, second, *others = decide(state, asked, at=NOON)
    assert (first.moved, second.moved) == ((3,), (1,))
    assert {verdict.outcome for verdict in others} == {Outcome.INSUFFICIENT_FUNDS}
    advance(state, asked[:2], [first, second])
    assert state.totals == {A: Totals(debits=4, credits=10), B: Totals(debits=6, credits=4)}
    state.terms[B] = Terms(is_credit=False)
    [boundless] = decide(state, [replace(asked[1], id=OTHER)], at=NOON)
    assert boundless.moved == (6,)


def test_an_id_says_one_thing_within_a_call_and_after_it() -> None:
    state = _held()
    fits, other = _item(Mode.ENTRY, Leg(A, B, 4)), _item(Mode.ENTRY, Leg(A, B, 3))
    too_much = _item(Mode.ENTRY, Leg(A, B, 60), id=OTHER)
    asked = [replace(item, group=group) for group, item in enumerate([fits, fits, other], 1)]
    asked += [replace(too_much, group=group) for group in (4, 5)]
    again = [Outcome.ALREADY_POSTED, Outcome.SAME_ID_OTHER_CONTENT]
    refused = [Outcome.INSUFFICIENT_FUNDS] * 2
    verdicts = decide(state, asked, at=NOON)
    assert [verdict.outcome for verdict in verdicts] == [Outcome.POSTED, *again, *refused]
    advance(state, asked, verdicts)
    asked = [replace(item, group=group) for group, item in enumerate([fits, other, too_much], 1)]
    assert _outcomes(state, *asked) == [*again, Outcome.INSUFFICIENT_FUNDS]


def test_a_group_falls_as_a_whole_and_a_hold_given_up_in_it_stays() -> None:
    state = _held()
    void = _item(Mode.VOID_HOLD, Leg(A, B, 5), id=KEPT, hold=KEPT)
    too_much = _item(Mode.ENTRY, Leg(A, B, 60))
    assert _outcomes(state, void, too_much) == [Outcome.LINKED_FAILED, Outcome.INSUFFICIENT_FUNDS]
    asked = [void, replace(too_much, legs=(Leg(A, B, 10),))]
    verdicts = decide(state, asked, at=NOON)
    assert [verdict.outcome for verdict in verdicts] == [Outcome.POSTED] * 2
    advance(state, asked, verdicts)
    assert (state.ended, KEPT in state.refused) == ({KEPT: Mode.VOID_HOLD}, False)
    assert state.totals[A] == Totals(debits=10, credits=10)


def test_what_happened_in_a_locked_period_is_refused() -> None:
    state = _held()
    state.locked_before = NOON
    early = _item(Mode.ENTRY, Leg(A, B, 1), occurred_at=NOON - dt.timedelta(days=1))
    on_time = _item(Mode.ENTRY, Leg(A, B, 1), id=OTHER, group=2)
    assert _outcomes(state, early, on_time) == [Outcome.PERIOD_LOCKED, Outcome.POSTED]
