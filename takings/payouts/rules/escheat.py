"""Balances that nobody comes for: first a notice, then the state. Days are UTC."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from takings.payouts.rules.deciding import Gate, Reason, check_gate
from takings.policies.rules import EscheatRule

UNREACHED = frozenset(
    (
        *(Reason.NO_PROFILE, Reason.PROFILE_REJECTED, Reason.FORM_EXPIRED),
        *(Reason.NO_METHOD, Reason.CAME_BACK),
    )
)
"""Why nobody can be paid because nobody comes; what waits for us, or for a court, never falls."""


class Stage(StrEnum):
    """How near a balance is to the state."""

    AWAKE = "awake"
    NOTICE = "notice"
    NOTICED = "noticed"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Rest:
    """Since when nothing moved and nobody came, and when its owner was told so."""

    since: dt.date
    noticed_on: dt.date | None = None


def falls_on(rest: Rest, *, rule: EscheatRule) -> dt.date:
    """Return the first day on which the state may have it: after the rest and after the notice."""
    rested = rest.since + dt.timedelta(days=rule.rest_days)
    told = rest.noticed_on or rested - dt.timedelta(days=rule.notice_days)
    return max(rested, told + dt.timedelta(days=rule.notice_days))


def stage_of(rest: Rest, *, rule: EscheatRule, on: dt.date) -> Stage:
    """Say what is to be done with a balance on a day; without a notice it never falls."""
    if rest.noticed_on is None:
        told_from = falls_on(rest, rule=rule) - dt.timedelta(days=rule.notice_days)
        return Stage.AWAKE if on < told_from else Stage.NOTICE
    return Stage.NOTICED if on < falls_on(rest, rule=rule) else Stage.DUE


def is_unreached(*, gate: Gate, at: dt.datetime) -> bool:
    """Tell whether nobody can be paid because nobody comes for it."""
    left_out = check_gate(gate=gate, at=at)
    return left_out is not None and left_out.reason in UNREACHED
