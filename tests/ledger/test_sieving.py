"""Calls in which some ask for too much: the answers and amounts of one entry after the other.

Most of such calls are decided with sets (``ledger_sieve``): what cannot stand, whoever else falls,
is taken out first, and often nobody else has anything to fear then.
"""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from takings.ledger.actions import account_ids, post_columns
from takings.ledger.actions.columns import Answer
from takings.ledger.models import Account, Balance
from takings.ledger.queries import check_books
from takings.ledger.rules.calls import Call, integers, packed_ids
from takings.ledger.rules.decide import State, advance, decide
from takings.ledger.rules.items import Item, Leg, Terms, Totals
from takings.ledger.rules.outcomes import OF_NUMBER, Outcome
from takings.money.money import LARGEST
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

NAMES = ["bank", *(f"advertiser:{n}:prepaid" for n in range(1, 6)), "creator:1:payable"]
places = st.integers(0, len(NAMES) - 1)
amounts = st.one_of(st.integers(1, 9), st.sampled_from([40, 10**6, 2**61, LARGEST - 3]))
legs = st.tuples(places, places, amounts).filter(lambda leg: leg[0] != leg[1])
passing = st.permutations(range(len(NAMES))).flatmap(  # takes first what it brings itself
    lambda way: amounts.map(lambda n: [(way[1], way[2], n), (way[0], way[1], n)])
)
moves = st.one_of(
    st.lists(legs, min_size=1, max_size=1), st.lists(legs, min_size=1, max_size=3), passing
)
groups = st.one_of(st.lists(moves, min_size=1, max_size=1), st.lists(moves, min_size=1, max_size=3))
calls = st.lists(groups, min_size=1, max_size=12)
openings = st.lists(st.integers(1, 60), min_size=len(NAMES), max_size=len(NAMES))

Moves = Sequence[tuple[int, int, int]]


@pytest.mark.no_cover
@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(openings, st.lists(calls, min_size=1, max_size=3))
def test_what_cannot_stand_falls_as_it_would_one_by_one(
    opened: Sequence[int], drawn: Sequence[Sequence[Sequence[Moves]]]
) -> None:
    with transaction.atomic():
        _live(opened, drawn)
        assert check_books() == []
        transaction.set_rollback(True)


def _live(opened: Sequence[int], drawn: Sequence[Sequence[Sequence[Moves]]]) -> None:
    keys = account_ids([(name, "USD") for name in [*NAMES, "opening:USD"]])
    accounts = [keys[name, "USD"] for name in NAMES]
    other = keys["opening:USD", "USD"]
    first = [_item([Leg(other, key, n)], 1) for key, n in zip(accounts, opened, strict=True)]
    state = State(terms=_terms())
    for call in [[first], *([_items(group, accounts) for group in call] for call in drawn)]:
        asked = [
            Item(item.id, item.legs, item.content, NOON, number)
            for number, group in enumerate(call, start=1)
            for item in group
        ]
        _ask(state, asked)
    kept = {key: totals for key, totals in state.totals.items() if totals != Totals()}
    found = {row.pk: Totals(row.debits_micros, row.credits_micros) for row in Balance.objects.all()}
    assert {key: totals for key, totals in found.items() if totals != Totals()} == kept


def _ask(state: State, asked: list[Item]) -> None:
    verdicts = decide(state, asked, at=NOON)
    answer = post_columns(call=_call(asked), at=NOON)
    codes = answer.codes or [Outcome.POSTED.number] * len(asked)
    assert [OF_NUMBER[code] for code in codes] == [verdict.outcome for verdict in verdicts]
    for number, verdict in enumerate(verdicts):
        if verdict.outcome is Outcome.INSUFFICIENT_FUNDS:
            before = State(terms=state.terms, totals=dict(state.totals))
            ahead = [item for item in asked if item.group < asked[number].group]
            advance(before, ahead, verdicts[: len(ahead)])
            _check_amounts(before, asked, answer=answer, number=number)
    advance(state, asked, verdicts)


def _check_amounts(before: State, asked: list[Item], *, answer: Answer, number: int) -> None:
    """Check that it tells what those before it left, and what the transfer at fault wanted."""
    fault, culprit = answer.faults[number], answer.culprits[number]
    assert fault is not None
    assert culprit is not None
    leg = [leg for item in asked for leg in item.legs][fault - 1]
    terms, totals = before.terms[culprit], before.totals.get(culprit, Totals())
    assert culprit in {leg.debit, leg.credit}
    assert terms.floor is not None
    assert answer.available[number] == totals.available(terms) - terms.floor
    assert answer.asked[number] == leg.amount


def _items(group: Sequence[Moves], accounts: Sequence[int]) -> list[Item]:
    return [_item([Leg(accounts[a], accounts[b], n) for a, b, n in moves], 0) for moves in group]


def _item(moved: Sequence[Leg], group: int) -> Item:
    return Item(uuid4(), tuple(moved), ("paid", "fact", "house@2026-01-01", ""), NOON, group)


def _call(asked: Sequence[Item]) -> Call:
    moved = [leg for item in asked for leg in item.legs]
    return Call(
        ids=packed_ids([item.id for item in asked]),
        kinds=["paid"],
        references=["fact"],
        policy_versions=["house@2026-01-01"],
        occurred_at=[NOON],
        debits=integers([leg.debit for leg in moved]),
        credits=integers([leg.credit for leg in moved]),
        amounts=integers([leg.amount for leg in moved]),
        currencies=["USD"],
        counts=integers([len(item.legs) for item in asked]),
        groups=integers([item.group for item in asked]),
    )


def _terms() -> dict[int, Terms]:
    rows = Account.objects.all()
    return {row.id: Terms(row.side == "credit", row.floor_micros) for row in rows}
