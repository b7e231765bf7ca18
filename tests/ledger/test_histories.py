"""Three at once against one after the other: `decide`, replayed in the order of posting numbers.

Who comes first is PostgreSQL's choice; its numbers say what it chose. In that order the pure rules
must give each call the same answers, and every account the same totals.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from takings.ledger.actions import account_ids, post_columns
from takings.ledger.models import Account, Balance
from takings.ledger.queries import check_books
from takings.ledger.rules.calls import Call, integers, packed_ids, unless_empty
from takings.ledger.rules.decide import State, advance, decide
from takings.ledger.rules.items import Item, Leg, Terms, Totals
from takings.ledger.rules.outcomes import OF_NUMBER, Outcome
from tests.make.people import NOON

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 3
NAMES = [
    *("bank", "advertiser:1:prepaid", "advertiser:2:prepaid", "creator:1:payable"),
    *("creator:1:pending", "coins:liability", "platform:fees"),  # with lanes
]
CONTENT = ("paid", "fact", "house@2026-01-01", "")
accounts = st.integers(0, len(NAMES) - 1)
legs = st.tuples(
    accounts, accounts, st.integers(1, 12), st.sampled_from([False, False, True])
).filter(lambda leg: leg[0] != leg[1])
FACTS = 20  # of which everybody draws, so that many ask the same under the same id
facts = st.lists(st.lists(legs, min_size=1, max_size=2), min_size=FACTS, max_size=FACTS)
groups = st.lists(st.integers(0, FACTS - 1), min_size=1, max_size=2)
calls = st.lists(groups, min_size=1, max_size=4)
histories = st.lists(st.lists(calls, min_size=1, max_size=5), min_size=THREADS, max_size=THREADS)

Facts = Sequence[Sequence[tuple[int, int, int, bool]]]
Calls = Sequence[Sequence[Sequence[int]]]  # of each client: calls, their groups, their facts


@dataclass(frozen=True)
class Answered:
    """A call and what PostgreSQL said: the number it posted under, and a word for each item."""

    items: list[Item]
    number: int | None
    outcomes: list[Outcome]


@pytest.mark.no_cover
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # who comes first does not repeat itself
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(facts, histories)
def test_many_at_once_are_answered_as_one_after_the_other(
    drawn: Facts, history: Sequence[Calls]
) -> None:
    opened = account_ids([(name, "USD") for name in NAMES])
    items = _items(drawn, [opened[name, "USD"] for name in NAMES])
    state = State(terms=_terms(), totals=_balances())
    asked = [[_call(items, call) for call in calls] for calls in history]
    start = Barrier(THREADS)

    def live(mine: list[list[Item]]) -> list[Answered]:
        try:
            start.wait(timeout=20)
            return [_ask(items) for items in mine]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [answer for lives in pool.map(live, asked) for answer in lives]
    written = [answer for answer in answers if answer.number is not None]
    for answer in sorted(written, key=lambda answer: answer.number or 0):
        verdicts = decide(state, answer.items, at=NOON)
        assert [verdict.outcome for verdict in verdicts] == answer.outcomes, answer
        advance(state, answer.items, verdicts)
    kept = {key: totals for key, totals in state.totals.items() if totals != Totals()}
    assert _balances() == kept
    for answer in answers:  # what left nothing behind had been said before
        if answer.number is None:
            again = decide(state, answer.items, at=NOON)
            for verdict, outcome in zip(again, answer.outcomes, strict=True):
                may_stand_by_now = outcome is Outcome.LINKED_FAILED  # in another group
                assert verdict.outcome is outcome or may_stand_by_now, answer
    assert check_books() == []


def _items(drawn: Facts, opened: Sequence[int]) -> list[Item]:
    return [
        Item(
            id=uuid4(),
            legs=tuple(Leg(opened[a], opened[b], micros, up) for a, b, micros, up in moves),
            content=CONTENT,
            occurred_at=NOON,
            group=0,
        )
        for moves in drawn
    ]


def _call(items: Sequence[Item], groups: Sequence[Sequence[int]]) -> list[Item]:
    return [
        replace(items[fact], group=number)
        for number, group in enumerate(groups, start=1)
        for fact in group
    ]


def _ask(items: list[Item]) -> Answered:
    moves = [leg for item in items for leg in item.legs]
    call = Call(
        ids=packed_ids([item.id for item in items]),
        kinds=[str(CONTENT[0])],
        references=[str(CONTENT[1])],
        policy_versions=[str(CONTENT[2])],
        occurred_at=[NOON],
        debits=integers([leg.debit for leg in moves]),
        credits=integers([leg.credit for leg in moves]),
        amounts=integers([leg.amount for leg in moves]),
        currencies=["USD"],
        counts=integers([len(item.legs) for item in items]),
        groups=integers([item.group for item in items]),
        up_to=unless_empty([leg.up_to for leg in moves]),
    )
    with transaction.atomic():
        answer = post_columns(call=call, at=NOON)
    codes = answer.codes or [Outcome.POSTED.number] * len(items)
    return Answered(items, answer.number, [OF_NUMBER[code] for code in codes])


def _terms() -> dict[int, Terms]:
    rows = Account.objects.all()
    return {row.id: Terms(row.side == "credit", row.floor_micros) for row in rows}


def _balances() -> dict[int, Totals]:
    rows = {
        row.pk: Totals(row.debits_micros, row.credits_micros, row.held_debits_micros)
        for row in Balance.objects.all()
    }
    return {key: totals for key, totals in rows.items() if totals != Totals()}
