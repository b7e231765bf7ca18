"""Everything that changes passes, one file per concern; import the verbs from here."""

from takings.memberships.actions.buying import PassByCard, PassRuns, buy_pass
from takings.memberships.actions.changing import (
    CannotResume,
    NotRunning,
    TooLateToWithdraw,
    cancel_pass,
    resume_pass,
    withdraw,
)
from takings.memberships.actions.earning import earn_fees
from takings.memberships.actions.renewing import renew_passes
from takings.memberships.actions.telling import tell_fees
from takings.memberships.actions.writing import tell_declined

__all__ = [
    "CannotResume",
    "NotRunning",
    "PassByCard",
    "PassRuns",
    "TooLateToWithdraw",
    "buy_pass",
    "cancel_pass",
    "earn_fees",
    "renew_passes",
    "resume_pass",
    "tell_declined",
    "tell_fees",
    "withdraw",
]
