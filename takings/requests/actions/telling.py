"""Letters: what happened to a request, told to whoever did not do it, and what comes next."""

import datetime as dt

from django.urls import reverse

from takings.people.actions.letters import send_letter
from takings.requests.models import Step
from takings.requests.rules import Act, Side

BOTH = (Side.FAN, Side.CREATOR)
CREATORS_ONLY = frozenset({Act.PAY, Act.BANK_TOOK})
FANS_ONLY = frozenset({Act.GAVE_BACK, Act.NOT_GIVEN})


def tell_step(*, step_id: int, at: dt.datetime) -> int:
    """Write to who should know of a step; return to how many.

    Nobody is told what they did. An unpaid request that ends is nothing to its creator. A job
    killed right after the letter sends another one: twice is better than never.
    """
    step = Step.objects.select_related("request__fan", "request__creator__user").get(pk=step_id)
    one = step.request
    people = {Side.FAN: one.fan, Side.CREATOR: one.creator.user}
    sides = [side for side in BOTH if side != step.side and _concerns(step, side)]
    for side in sides:
        user = people[side]
        told = {
            "user": user,
            "step": step,
            "request": one,
            "is_fan": side is Side.FAN,
            "at": at,
        }
        send_letter(
            address=user.email,
            subject=f"{step.get_act_display()}: {one.title}",
            letter="requests/letters/step.txt",
            told=told,
            page=reverse("requests:room", args=[one.pk]),
        )
    return len(sides)


def _concerns(step: Step, side: Side) -> bool:
    if step.act in CREATORS_ONLY:
        return side is Side.CREATOR
    if step.act in FANS_ONLY or (step.act == Act.LAPSE and step.request.paid_at is None):
        return side is Side.FAN
    return True
