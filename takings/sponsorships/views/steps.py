"""What the buttons of a room do: one step each, then the room again."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from takings.core import clock
from takings.core.errors import NotFound, Refusal
from takings.sponsorships import actions, queries
from takings.sponsorships.queries import Seat

Act = Callable[[Seat, QueryDict, dt.datetime], object]


class NoSuchDealStep(NotFound):
    """A room has its buttons, and no others."""

    code = "no_such_deal_step"
    sentence = "There is nothing here."


def _number(said: QueryDict) -> int:
    number = said.get("number", "")
    return int(number) if number.isdecimal() and len(number) < 5 else 0  # noqa: PLR2004 - small


def _uuid(said: QueryDict, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(said.get(name, ""))
    except ValueError:
        return uuid.UUID(int=0)


def _words(said: QueryDict) -> str:
    return said.get("words", "")[:2000]


STEPS: dict[str, tuple[Act, str]] = {
    "accept": (
        lambda seat, said, at: actions.accept_offer(seat=seat, number=_number(said), at=at),
        "Agreed. The brand pays in now; work begins when the money is there.",
    ),
    "decline": (
        lambda seat, said, at: actions.decline_offer(
            seat=seat, number=_number(said), words=_words(said), at=at
        ),
        "Declined.",
    ),
    "withdraw": (
        lambda seat, said, at: actions.withdraw_deal(seat=seat, words=_words(said), at=at),
        "Taken back.",
    ),
    "hand-in": (
        lambda seat, said, at: actions.hand_in(
            seat=seat, number=_number(said), video_id=_uuid(said, "video"), at=at
        ),
        "Handed in. The brand looks at it now.",
    ),
    "approve": (
        lambda seat, said, at: actions.approve_draft(seat=seat, number=_number(said), at=at),
        "Approved, and paid for.",
    ),
    "revise": (
        lambda seat, said, at: actions.ask_revision(
            seat=seat, number=_number(said), words=_words(said), at=at
        ),
        "Sent back with what to change.",
    ),
    "publish": (
        lambda seat, said, at: actions.publish_video(seat=seat, number=_number(said), at=at),
        "Published. It is public now, with the label of the deal.",
    ),
    "give-up": (
        lambda seat, said, at: actions.give_up(seat=seat, words=_words(said), at=at),
        "The deal is over; what was held goes back to the brand.",
    ),
    "dispute": (
        lambda seat, said, at: actions.open_dispute(
            seat=seat, reason=_words(said), id=_uuid(said, "id"), at=at
        ),
        "An operator looks at it. All clocks stand still until then.",
    ),
    "settle": (
        lambda seat, said, at: actions.withdraw_dispute(seat=seat, at=at),  # noqa: ARG005
        "The deal goes on; its clocks go on where they stopped.",
    ),
    "send": (
        lambda seat, said, at: actions.send_product(seat=seat, words=_words(said), at=at),
        "It is on its way; the creator reads it.",
    ),
    "receive": (
        lambda seat, said, at: actions.receive_product(seat=seat, at=at),  # noqa: ARG005
        "Good. The days for your drafts begin now.",
    ),
    "say": (
        lambda seat, said, at: actions.say(seat=seat, words=_words(said), at=at),
        "Sent.",
    ),
}


@require_POST
def step(request: HttpRequest, deal_id: uuid.UUID, name: str) -> HttpResponse:
    """Take one step of a deal, and show its room again."""
    seat = queries.access_seat(user=request.user, deal_id=deal_id)
    if name not in STEPS:
        raise NoSuchDealStep
    act, done = STEPS[name]
    try:
        act(seat, request.POST, clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("sponsorships:room", deal_id=deal_id)
