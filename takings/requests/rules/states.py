"""Where a request stands, what may be done then, by whom, and where the clock leads alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from takings.core.errors import Conflict


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    UNPAID = "unpaid"
    PAID = "paid"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    CASE = "case"
    RELEASED = "released"
    RETURNING = "returning"
    RETURNED = "returned"
    SPLIT = "split"
    ENDED = "ended"


class Side(StrEnum):
    """Who acts; the clock and the card company act, too."""

    FAN = "fan"
    CREATOR = "creator"
    OPERATOR = "operator"
    NOBODY = "nobody"


class Act(StrEnum):
    """What is done to a request; each is written down as a step."""

    ASK = "asked"
    QUOTE = "quoted"
    PAY = "paid"
    ACCEPT = "accepted"
    DECLINE = "declined"
    CANCEL = "cancelled"
    GIVE_UP = "given_up"
    DELIVER = "delivered"
    REVISE = "revised"
    TAKE = "taken"
    OPEN_CASE = "case_opened"
    DECIDE = "decided"
    LAPSE = "lapsed"
    BANK_TOOK = "bank_took"
    BANK_GAVE = "bank_gave"
    GAVE_BACK = "gave_back"
    NOT_GIVEN = "not_given"
    RATE = "rated"


@dataclass(frozen=True, slots=True)
class Move:
    """Who may do it, and in which states."""

    side: Side
    states: frozenset[State]


FROM_DELIVERY = frozenset({State.DELIVERED, State.RELEASED})
MOVES: Mapping[Act, tuple[Move, ...]] = {
    Act.QUOTE: (Move(Side.CREATOR, frozenset({State.ASKED})),),
    Act.ACCEPT: (Move(Side.CREATOR, frozenset({State.PAID})),),
    Act.DECLINE: (Move(Side.CREATOR, frozenset({State.ASKED, State.UNPAID, State.PAID})),),
    Act.CANCEL: (Move(Side.FAN, frozenset({State.ASKED, State.UNPAID, State.PAID})),),
    Act.GIVE_UP: (Move(Side.CREATOR, frozenset({State.ACCEPTED})),),
    Act.DELIVER: (Move(Side.CREATOR, frozenset({State.ACCEPTED})),),
    Act.REVISE: (Move(Side.FAN, frozenset({State.DELIVERED})),),
    Act.TAKE: (Move(Side.FAN, frozenset({State.DELIVERED})),),
    Act.OPEN_CASE: (
        Move(Side.FAN, FROM_DELIVERY),
        Move(Side.CREATOR, frozenset({State.DELIVERED, State.ACCEPTED})),
    ),
    Act.DECIDE: (Move(Side.OPERATOR, frozenset({State.CASE})),),
    Act.RATE: (Move(Side.FAN, frozenset({State.RELEASED, State.SPLIT})),),
}
"""Whatever is not here is refused. A creator opens a case once something was delivered."""

TIMED = frozenset({State.ASKED, State.UNPAID, State.PAID, State.ACCEPTED, State.DELIVERED})
"""States that end by themselves."""
WORKING = frozenset({State.UNPAID, State.PAID, State.ACCEPTED})
"""Requests that take one of the places a service has at once."""
OPEN = TIMED | {State.CASE}
"""Requests of which somebody still waits for somebody."""
HOLDING = frozenset({State.PAID, State.ACCEPTED, State.DELIVERED, State.CASE, State.RETURNING})
"""Requests whose money may be in escrow."""

STATE_WORDS: Mapping[State, str] = {
    State.ASKED: "Waits for a price",
    State.UNPAID: "Waits for payment",
    State.PAID: "Paid, waits for an answer",
    State.ACCEPTED: "Being made",
    State.DELIVERED: "Delivered",
    State.CASE: "Looked at by an operator",
    State.RELEASED: "Done",
    State.RETURNING: "Money on its way back",
    State.RETURNED: "Money given back",
    State.SPLIT: "Settled by an operator",
    State.ENDED: "Ended, nothing was paid",
}


class NotNow(Conflict):
    """Somebody was faster, or the clock was: it stands otherwise by now."""

    code = "request_not_now"
    sentence = "This cannot be done now: “{state}”. Open the request again to see where it stands."


def check_may(act: Act, *, side: Side, state: State) -> None:
    """Refuse with :class:`NotNow` what this side may not do in this state."""
    if not any(one.side is side and state in one.states for one in MOVES[act]):
        raise NotNow(state=STATE_WORDS[state])


def may(*, side: Side, state: State) -> frozenset[Act]:
    """Return what a side may do in a state."""
    return frozenset(
        act
        for act, moves in MOVES.items()
        if any(one.side is side and state in one.states for one in moves)
    )
