"""When a gift waits to be looked at: it is held, never seized, for a reason and until a day."""

import datetime as dt
from dataclasses import dataclass

from takings.money import Money
from takings.policies.rules import GiftRule


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a sender: since when they are here, and what they sent in 24 hours.

    ``was_given`` says whether the gift's creator sent one to them not long ago.
    """

    joined_at: dt.datetime
    sent: Money
    was_given: bool


def why_held(signs: Signs, *, asked: Money, rule: GiftRule, at: dt.datetime) -> str:
    """Return why a gift is held, as both sides read it; nothing when it is not."""
    if signs.was_given:
        return f"Two who send gifts to each other within {rule.circle.days} days are looked at."
    is_new = at - signs.joined_at < rule.new_account
    if is_new and (signs.sent + asked).micros >= rule.new_account_micros:
        return f"A large gift of an account younger than {rule.new_account.days} days is looked at."
    return ""
