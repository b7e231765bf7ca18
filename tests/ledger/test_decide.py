"""PostgreSQL and ``decide`` are two implementations of posting: on any history they agree."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from takings.ledger.actions.columns import send
from takings.ledger.actions.posting import account_ids
from takings.ledger.models import Account, Balance
from takings.ledger.queries import check_books
from takings.ledger.rules.calls import Call, integers, packed_ids, unless_empty
from takings.ledger.rules.decide import State, advance, decide
from takings.ledger.rules.items import Item, Leg, Mode, Terms, Totals
from takings.ledger.rules.outcomes import OF_NUMBER, Outcome
from takings.money.money import LARGEST
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

NAMES = [
    ("bank", "USD"),
    ("advertiser:1:prepaid", "USD"),
    ("advertiser:2:prepaid", "USD"),
    ("creator:1:pending", "USD"),
    ("creator:1:payable", "USD"),
    ("platform:revenue:ads", "USD"),
    ("provider:p", "USD"),
    ("bank", "EUR"),
    ("fx:EUR", "EUR"),
]
NOWHERE = 7 * 27**4 + 1

ids = st.integers(1, 24).map(lambda n: UUID(int=n))
amounts = st.one_of(
    st.integers(1, 12), st.integers(-1, 12), st.sampled_from([LARGEST, LARGEST - 5, 2**62])
)
places = st.integers(0, len(NAMES) - 1).map(lambda n: n)


@st.composite
def legs(draw: st.DrawFn, accounts: list[int]) -> Leg:
    debit = draw(st.sampled_from(accounts))
    credit = draw(st.sampled_from(accounts))
    return Leg(debit, credit, draw(amounts), draw(st.sampled_from([False, False, False, True])))


@st.composite
def items(draw: st.DrawFn, state: State, *, accounts: list[int], group: int) -> Item:
    holds = {k: i.legs[0] for k, (i, _) in state.items.items() if i.mode is Mode.HOLD}
    undoable = {k: v for k, v in state.items.items() if v[0].mode is not Mode.HOLD}
    mode = draw(st.sampled_from([Mode.ENTRY] * 5 + [Mode.HOLD, Mode.POST_HOLD, Mode.VOID_HOLD]))
    if mode is Mode.EXPIRE_HOLD or mode is Mode.VOID_HOLD:
        mode = draw(st.sampled_from([Mode.VOID_HOLD, Mode.EXPIRE_HOLD]))
    key, hold, reverses, expires = draw(ids), None, None, None
    moves: tuple[Leg, ...]
    if mode is Mode.ENTRY:
        moves = tuple(draw(st.lists(legs(accounts), min_size=1, max_size=3)))
        reverses = draw(st.one_of(st.none(), st.none(), st.none(), ids))
        if undoable and draw(st.sampled_from([False, False, True])):
            reverses = draw(st.sampled_from(sorted(undoable)))
            was, moved = undoable[reverses]
            undone = zip(was.legs, moved, strict=True)
            moves = tuple(Leg(leg.credit, leg.debit, micros) for leg, micros in undone)[::-1]
    else:
        moves = (draw(legs(accounts)),)
        moves = (Leg(moves[0].debit, moves[0].credit, moves[0].amount),)
    if mode is Mode.HOLD:
        expires = draw(st.sampled_from([None, NOON, NOON + dt.timedelta(hours=5)]))
    if mode >= Mode.POST_HOLD:
        hold = (
            draw(st.sampled_from(sorted(holds)))
            if len(holds) * draw(st.integers(0, 1))
            else draw(ids)
        )
        if hold in holds and draw(st.sampled_from([True, True, False])):
            kept = holds[hold]
            part = draw(st.sampled_from([kept.amount, max(1, kept.amount // 2)]))
            moves = (Leg(kept.debit, kept.credit, part),)
        key = hold if mode >= Mode.VOID_HOLD else key
    content = (draw(st.sampled_from(["paid", "sent"])), "fact", "house@1", "")
    when = NOON - dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 40])))
    return Item(key, moves, content, when, group, mode, reverses, hold, expires)


def _call(asked: list[Item]) -> Call:
    return Call(
        ids=packed_ids([item.id for item in asked]),
        kinds=[str(item.content[0]) for item in asked],
        references=["fact"],
        policy_versions=["house@1"],
        occurred_at=[item.occurred_at for item in asked],
        debits=integers([leg.debit for item in asked for leg in item.legs]),
        credits=integers([leg.credit for item in asked for leg in item.legs]),
        amounts=integers([leg.amount for item in asked for leg in item.legs]),
        currencies=[_code(leg.debit) for item in asked for leg in item.legs],
        counts=integers([len(item.legs) for item in asked]),
        groups=integers([item.group for item in asked]),
        up_to=unless_empty([leg.up_to for item in asked for leg in item.legs]),
        modes=integers([item.mode for item in asked]),
        reverses=unless_empty([item.reverses for item in asked]),
        holds=unless_empty([item.hold for item in asked]),
        expires_at=unless_empty([item.expires_at for item in asked]),
    )


def _code(account: int) -> str:
    return "EUR" if account % 27**4 == _EUR else "USD"


_EUR = 5 * 27**3 + 21 * 27**2 + 18 * 27


def _restart() -> tuple[State, list[int]]:
    accounts = list(account_ids(NAMES).values())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_account DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_account SET ceiling_micros = 25 WHERE name = 'creator:1:payable'"
        )
        cursor.execute("UPDATE ledger_account SET closed_at = now() WHERE name = 'fx:EUR'")
        cursor.execute("ALTER TABLE ledger_account ENABLE TRIGGER USER")
    rows = Account.objects.all()
    terms = {
        row.id: Terms(
            row.side == "credit", row.floor_micros, row.ceiling_micros, row.closed_at is not None
        )
        for row in rows
    }
    return State(terms=terms), [*accounts, NOWHERE]


@pytest.mark.no_cover
@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(st.data())
def test_on_any_history_they_give_the_same_answers_and_balances(data: st.DataObject) -> None:
    with transaction.atomic():
        state, accounts = _restart()
        if data.draw(st.booleans(), label="locked"):
            state.locked_before = NOON - dt.timedelta(days=30)
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO ledger_periodlock (locked_before, reason, locked_at)"
                    " VALUES (%s, '', now())",
                    [state.locked_before],
                )
        for number in range(data.draw(st.integers(1, 6), label="calls")):
            at = NOON + dt.timedelta(hours=number)
            groups = data.draw(
                st.lists(st.sampled_from([1, 1, 1, 2, 3]), min_size=1, max_size=6), label="groups"
            )
            asked = [
                data.draw(items(state, accounts=accounts, group=group))
                for group, size in enumerate(groups, start=1)
                for _ in range(size)
            ]
            verdicts = decide(state, asked, at=at)
            answer = send(_call(asked), at=at)
            codes = answer.codes or [0] * len(asked)
            outcomes = [OF_NUMBER[code] for code in codes]
            assert outcomes == [verdict.outcome for verdict in verdicts], asked
            moved = [m for v in verdicts for m in v.moved if v.outcome is Outcome.POSTED]
            posted = iter(answer.posted)
            told = [
                amount
                for item, verdict in zip(asked, verdicts, strict=True)
                for amount in [next(posted) for _ in item.legs]
                if verdict.outcome is Outcome.POSTED and item.mode in {Mode.ENTRY, Mode.POST_HOLD}
            ]
            assert told == [
                m
                for item, v in zip(asked, verdicts, strict=True)
                if item.mode in {Mode.ENTRY, Mode.POST_HOLD}
                for m in v.moved
            ], moved
            advance(state, asked, verdicts)
            assert _balances() == {
                key: totals for key, totals in state.totals.items() if totals != Totals()
            }
        assert [f for f in check_books() if "policy" not in f.invariant] == []
        transaction.set_rollback(True)


def _balances() -> dict[int, Totals]:
    return {
        row.pk: totals
        for row in Balance.objects.all()
        if (
            totals := Totals(
                row.debits_micros,
                row.credits_micros,
                row.held_debits_micros,
                row.held_credits_micros,
            )
        )
        != Totals()
    }


def test_what_an_item_that_fell_had_undone_may_be_undone_again() -> None:
    state, _ = _restart()
    bank, prepaid = (account_ids(NAMES)[name, "USD"] for name in ("bank", "advertiser:1:prepaid"))
    content = ("paid", "fact", "house@1", "")

    def ask(number: int, leg: Leg, reverses: UUID | None = None) -> Item:
        return Item(UUID(int=number), (leg,), content, NOON, 1, Mode.ENTRY, reverses=reverses)

    there, back = Leg(bank, prepaid, 5), Leg(prepaid, bank, 5)
    calls = (
        ([ask(1, there)], [Outcome.POSTED]),
        (
            [ask(2, back, UUID(int=1)), ask(3, back, UUID(int=1))],
            [Outcome.LINKED_FAILED, Outcome.ALREADY_REVERSED],
        ),
        ([ask(4, back, UUID(int=1))], [Outcome.POSTED]),
    )
    for asked, outcomes in calls:
        verdicts = decide(state, asked, at=NOON)
        assert [verdict.outcome for verdict in verdicts] == outcomes
        codes = send(_call(asked), at=NOON).codes or [0] * len(asked)
        assert [OF_NUMBER[code] for code in codes] == outcomes
        advance(state, asked, verdicts)
    assert [f for f in check_books() if "policy" not in f.invariant] == []
