"""Balances that nobody comes for: paid below the minimum, or handed to the state."""

import datetime as dt
from enum import StrEnum

from takings.money import Money
from takings.policies.rules import DormancyRule

MONTHS_A_YEAR = 12


class Dormancy(StrEnum):
    """What becomes of a balance that rests."""

    AWAKE = "awake"
    PAID = "paid"
    LOST = "lost"
    ESCHEAT = "escheat"


def months_between(*, start: dt.date, end: dt.date) -> int:
    """Return the full months from one day to another."""
    months = (end.year - start.year) * MONTHS_A_YEAR + end.month - start.month
    return months - (end.day < start.day)


def decide_dormancy(
    *, rule: DormancyRule, balance: Money, idle_months: int, unpaid_months: int, can_be_paid: bool
) -> Dormancy:
    """Say whether a balance rests long enough to be paid whatever the minimum (WE-29).

    It rests after ``idle_months`` without new earnings or ``unpaid_months`` without a payout. If
    nobody can be paid then, the policy says whether it is lost or handed to the state.
    """
    if balance <= Money.zero(balance.currency):
        return Dormancy.AWAKE
    if idle_months < rule.idle_months and unpaid_months < rule.unpaid_months:
        return Dormancy.AWAKE
    if can_be_paid:
        return Dormancy.PAID
    return Dormancy.LOST if rule.unreachable == "lost" else Dormancy.ESCHEAT
