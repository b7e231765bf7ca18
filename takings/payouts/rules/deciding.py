"""Who is paid in a batch and who is not, with the reason in words that the creator reads too."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from takings.money import Money, format_money
from takings.payouts.rules.dormancy import Dormancy
from takings.policies.rules import ScheduleRule


class ProfileState(StrEnum):
    """How far a creator's papers are."""

    MISSING = "missing"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Why a balance is left out."""

    NOTHING = "nothing"
    OWED = "owed"
    NO_PROFILE = "no_profile"
    PROFILE_SUBMITTED = "profile_submitted"
    PROFILE_REJECTED = "profile_rejected"
    FORM_EXPIRED = "form_expired"
    LISTED = "listed"
    NO_METHOD = "no_method"
    ACCOUNT_NOT_READY = "account_not_ready"
    COOLING = "cooling"
    CAME_BACK = "came_back"
    CURRENCY_NOT_PAID = "currency_not_paid"
    NO_RATE = "no_rate"
    OTHER_TAX_CURRENCY = "other_tax_currency"
    BELOW_MINIMUM = "below_minimum"
    IN_A_BATCH = "in_a_batch"
    ESCHEAT = "escheat"
    LOST = "lost"

    @property
    def words(self) -> str:
        """What operators read above the number of those it concerns."""
        return _WORDS[self]


_WORDS = {
    Reason.NOTHING: "nothing to pay",
    Reason.OWED: "owe us something",
    Reason.NO_PROFILE: "have not told who they are",
    Reason.PROFILE_SUBMITTED: "wait for a verdict",
    Reason.PROFILE_REJECTED: "were rejected",
    Reason.FORM_EXPIRED: "have an old tax form",
    Reason.LISTED: "are on a sanctions list",
    Reason.NO_METHOD: "have no account to pay to",
    Reason.ACCOUNT_NOT_READY: "have an account at a provider that is not ready",
    Reason.COOLING: "changed their account lately",
    Reason.CAME_BACK: "have an account that gave money back",
    Reason.CURRENCY_NOT_PAID: "hold a currency that is not paid",
    Reason.NO_RATE: "need a rate of exchange",
    Reason.OTHER_TAX_CURRENCY: "need an account in their tax currency",
    Reason.BELOW_MINIMUM: "are below the minimum",
    Reason.IN_A_BATCH: "are in another batch",
    Reason.ESCHEAT: "fall to the state",
    Reason.LOST: "may be lost",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A reason and its sentence."""

    reason: Reason
    sentence: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What is known of somebody who might be paid, apart from the amount.

    ``came_back`` is why the bank gave the newest payout to the same account back; ``account`` says
    what an account at a provider lacks.
    """

    profile: ProfileState
    is_listed: bool = False
    has_method: bool = True
    usable_from: dt.datetime | None = None
    is_in_a_batch: bool = False
    came_back: str = ""
    account: str = ""


def check_gate(*, gate: Gate, at: dt.datetime) -> LeftOut | None:
    """Return why this person cannot be paid now, whatever the amount; None when they can."""
    papers = {
        ProfileState.MISSING: LeftOut(
            Reason.NO_PROFILE, "Who you are and where you pay tax is not known yet."
        ),
        ProfileState.SUBMITTED: LeftOut(
            Reason.PROFILE_SUBMITTED, "What you told about yourself is being checked."
        ),
        ProfileState.REJECTED: LeftOut(
            Reason.PROFILE_REJECTED, "What you told about yourself was not accepted."
        ),
        ProfileState.EXPIRED: LeftOut(
            Reason.FORM_EXPIRED, "Your tax form is too old; sign a new one."
        ),
    }
    if gate.profile in papers:
        return papers[gate.profile]
    cools_to = gate.usable_from if gate.usable_from and gate.usable_from > at else None
    from_when = f"The new bank account is paid from {cools_to or at:%d %B %Y} on."
    came_back = f"The last payout to this account came back: {gate.came_back}"
    obstacles = (
        (gate.is_listed, Reason.LISTED, "A legal check of your name has to be finished first."),
        (not gate.has_method, Reason.NO_METHOD, "There is no bank account to pay to."),
        (bool(gate.account), Reason.ACCOUNT_NOT_READY, gate.account),
        (cools_to is not None, Reason.COOLING, from_when),
        (bool(gate.came_back), Reason.CAME_BACK, came_back),
        (gate.is_in_a_batch, Reason.IN_A_BATCH, "This balance is in a payout that is being made."),
    )
    return next((LeftOut(reason, told) for is_so, reason, told in obstacles if is_so), None)


def account_words(*, provider: str, state: str, missing: str) -> str:
    """Say what an account at a provider lacks, and what to do.

    >>> account_words(provider="stripe", state="restricted", missing="id number")
    'Your account at stripe cannot be paid yet: id number. Complete it there.'
    """
    if state == "onboarding" and not missing:
        return f"Your account at {provider} is not complete. Complete it there."
    why = missing or f"{provider} does not say why"
    return f"Your account at {provider} cannot be paid yet: {why}. Complete it there."


def check_amount(
    *, rule: ScheduleRule, balance: Money, net: Money, dormancy: Dormancy
) -> LeftOut | None:
    """Return why this amount is not paid, or None; both amounts are in the currency paid.

    What rests too long is paid below the minimum as well.
    """
    zero = Money.zero(balance.currency)
    if balance < zero:
        owed = format_money(-balance, exact=True)
        return LeftOut(Reason.OWED, f"{owed} is owed: more was taken back than there was.")
    minimum = rule.minimums.get(balance.currency)
    if minimum is None:
        return LeftOut(
            Reason.CURRENCY_NOT_PAID, f"{balance.currency} is not among the currencies paid."
        )
    if not balance or not net:
        return LeftOut(Reason.NOTHING, "There is nothing to pay.")
    if dormancy is Dormancy.PAID:
        return None
    amount = net if rule.minimum_of == "net" else balance
    if minimum.is_met(amount):
        return None
    missing = format_money(minimum.amount - amount, exact=True)
    least = format_money(minimum.amount)
    return LeftOut(Reason.BELOW_MINIMUM, f"{missing} below the minimum of {least}.")


def unreachable(*, dormancy: Dormancy, left_out: LeftOut) -> LeftOut:
    """Return the reason for a balance that rests too long and cannot be paid."""
    if dormancy is Dormancy.ESCHEAT:
        sentence = f"It rests too long and falls to the state: {left_out.sentence}"
        return LeftOut(Reason.ESCHEAT, sentence)
    if dormancy is Dormancy.LOST:
        return LeftOut(Reason.LOST, f"It rests too long and may be lost: {left_out.sentence}")
    return left_out
