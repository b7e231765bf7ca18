"""Two act at once: a request has one outcome, and its money leaves the escrow once."""

from collections.abc import Callable
from itertools import combinations_with_replacement
from uuid import uuid4

import pytest

from takings.ledger.queries import balance, check_books
from takings.people.models import User
from takings.requests import actions
from takings.requests.actions import Made, keep_clocks
from takings.requests.models import Request
from takings.requests.rules import OPEN, Act, ServiceFull, State
from takings.settlement.models import DirectEarning
from tests.gifts.test_at_once import at_once
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.requests import Pair, eur, fresh, make_pair

pytestmark = pytest.mark.django_db(transaction=True)
Do = Callable[[], object]


def answers(pair: Pair, one: Request, time: Time) -> dict[State, list[Do]]:
    """Return what either side and the clock can do to a request, by where it stands."""
    fan, maker, now = pair.fan, pair.maker, time.now
    late = time.go(2, 20)
    return {
        State.PAID: [
            lambda: actions.accept(request=one, by=maker, at=now),
            lambda: actions.decline(request=one, by=maker, note="", at=now),
            lambda: actions.cancel(request=one, by=fan, at=now),
            lambda: keep_clocks(at=late),
        ],
        State.ACCEPTED: [
            lambda: actions.deliver(request=one, by=maker, made=Made(uuid4(), "Hi"), at=now),
            lambda: actions.give_up(request=one, by=maker, note="", at=now),
            lambda: keep_clocks(at=late),
        ],
        State.DELIVERED: [
            lambda: actions.take(request=one, by=fan, at=now),
            lambda: actions.revise(request=one, by=fan, note="Louder", at=now),
            lambda: actions.open_case(request=one, by=fan, why="Wrong", at=now),
            lambda: actions.open_case(request=one, by=maker, why="They shout", at=now),
            lambda: keep_clocks(at=late),
        ],
        State.CASE: [
            lambda who=who, back=back: actions.decide(  # type: ignore[misc]
                operator=who, request=one, back=eur(back), reason="So.", at=now
            )
            for who, back in ((operator("A"), "0"), (operator("B"), "25"), (operator("C"), "10"))
        ],
    }


def operator(name: str) -> User:
    return make_operator(name)


def stand(pair: Pair, state: State) -> Request:
    """Let a request stand so."""
    made: dict[State, Callable[[], Request]] = {
        State.PAID: pair.paid,
        State.ACCEPTED: pair.accepted,
        State.DELIVERED: pair.delivered,
        State.CASE: lambda: actions.open_case(
            request=pair.delivered(), by=pair.fan, why="Wrong", at=pair.service.made_at
        ),
    }
    return made[state]()


@pytest.mark.parametrize("state", [State.PAID, State.ACCEPTED, State.DELIVERED, State.CASE])
def test_peer_bug_1_of_every_two_acts_at_once_one_decides_and_escrow_leaves_once(
    time: Time, state: State
) -> None:
    """Approve and reject at once paid both sides at a peer."""
    pairs = list(combinations_with_replacement(range(len(answers_in(state))), 2))
    for first, second in pairs:
        time.go(1, 25)
        pair = make_pair()
        one = stand(pair, state)
        acts = answers(pair, one, time)[state]
        at_once([acts[first], acts[second]])
        time.go(2, 20)
        for _ in range(3):
            keep_clocks(at=time.go(3, 1))
        one = fresh(one)
        left = {row.share_micros for row in DirectEarning.objects.filter(creator=pair.creator)}
        told = (state, first, second, one.state)
        assert (one.state in OPEN) == (one.state == State.CASE), told
        if one.state != State.CASE:  # one that was opened after the clock took it
            assert balance(name=one.escrow, currency="EUR") == eur("0"), told
            assert bool(left) == (one.state in {State.RELEASED, State.SPLIT}), told
        assert one.steps.filter(act__in=[Act.DECIDE, Act.GAVE_BACK]).count() <= 2, told
    assert check_books() == []


def answers_in(state: State) -> range:
    """Return one number for each act of a state."""
    return range({State.PAID: 4, State.ACCEPTED: 3, State.DELIVERED: 5, State.CASE: 3}[state])


def test_no_more_than_a_service_can_make_are_asked_for_at_once(time: Time) -> None:
    pair = make_pair()
    fans = [make_pair(name="X").fan for _ in range(5)]
    pairs = [Pair(fan, pair.creator, pair.service) for fan in fans]
    assert at_once([each.ask for each in pairs]) == pair.service.most_open == 3
    assert Request.objects.count() == 3
    with pytest.raises(ServiceFull):
        pair.ask()
    assert keep_clocks(at=time.go(1, 26)) == 3
    pair.ask()
