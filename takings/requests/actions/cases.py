"""Cases: one side asks an operator, who decides how much goes back: nothing, a part, all."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict, Invalid
from takings.money import Money, format_money
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import request_rule
from takings.requests.actions.keeping import begin, conclude, go, take_step
from takings.requests.models import Case, Request
from takings.requests.queries import said_well
from takings.requests.rules import Act, NotNow, State


class TooLateForCase(Conflict):
    """A case is opened while what happened can still be seen."""

    code = "too_late_for_case"
    sentence = "A case can be opened within {days} days after a delivery, and once."


class BadDecision(Invalid):
    """What goes back is a part of what was paid, in whole cents, with a reason."""

    code = "bad_decision"
    sentence = (
        "Give back from nothing to {price}, in whole cents, and write why; both sides read it."
    )


@transaction.atomic
def open_case(*, request: Request, by: User, why: str, at: dt.datetime) -> Request:
    """Ask an operator to look at it; the clock stops until they decide.

    Refuses: NotNow, TooLateForCase, and what ``check_text`` refuses.
    """
    locked = begin(request, Act.OPEN_CASE, by=by)
    one, rule = locked.request, request_rule(locked.request.rule_version)
    if locked.is_again:
        return one
    is_late = one.delivered_at is None or at > one.delivered_at + rule.case
    if is_late or Case.objects.filter(pk=one.pk).exists():
        raise TooLateForCase(days=rule.case.days)
    said = said_well(why, creator=one.creator, most=rule.message_chars)
    Case.objects.create(request=one, opened_by=by, why=said, opened_at=at)
    go(one, State.CASE)
    take_step(one, Act.OPEN_CASE, side=locked.side, by=by, note=said, at=at)
    return one


@transaction.atomic
def decide(
    *, operator: User, request: Request, back: Money, reason: str, at: dt.datetime
) -> Request:
    """Decide a case: so much goes back to the card, tax in proportion, the rest is the creator's.

    What was earned before is taken back as far as it goes back. Decided once.
    Refuses: NotNow, BadDecision, PeriodIsBeingClosed.
    """
    locked = begin(request, Act.DECIDE, by=operator)
    one, price = locked.request, locked.request.price
    assert price is not None  # noqa: S101 - it was paid
    is_part = back.currency == price.currency and Money.zero(price.currency) <= back <= price
    if not is_part or back.split_payable()[1] or not reason.strip():
        raise BadDecision(price=format_money(price))
    if locked.is_again:
        if one.back != back:
            raise NotNow(state=one.words)
        return one
    case = Case.objects.get(pk=one.pk)
    case.decided_by, case.decided_at = operator, at
    case.back_micros, case.reason = back.micros, reason.strip()[:500]
    case.save()
    note = f"{format_money(back)} go back. {case.reason}"
    take_step(one, Act.DECIDE, side=locked.side, by=operator, note=note, at=at)
    conclude(locked, back=back, why=f"An operator decided: {case.reason}", at=at)
    record_staff_act(
        operator=operator,
        act="requests.decide",
        target=f"request:{one.pk}",
        reason=note[:500],
        at=at,
    )
    return one
