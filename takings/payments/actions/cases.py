"""Cases: opened by whoever finds what does not fit, closed by a person who says what it was."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.money import Money, format_money
from takings.payments.models import Case, Payment
from takings.people.actions import record_staff_act
from takings.people.models import User


class CaseIsClosed(Conflict):
    """A case ends once; found again, it is a new one."""

    code = "case_is_closed"
    sentence = "This case was closed before."


def open_case(
    *,
    provider: str,
    kind: Case.Kind,
    key: str,
    sentence: str,
    at: dt.datetime,
    payment: Payment | None = None,
) -> Case:
    """Open a case, or return the open one of the same kind and key."""
    case, _ = Case.objects.get_or_create(
        provider=provider,
        kind=kind,
        key=key,
        closed_at=None,
        defaults={"sentence": sentence, "payment": payment, "opened_at": at},
    )
    return case


def open_payment_case(
    payment: Payment, kind: Case.Kind, key: str, *, sentence: str, at: dt.datetime
) -> Case:
    """Open a case about a payment."""
    return open_case(
        provider=payment.provider, kind=kind, key=key, sentence=sentence, payment=payment, at=at
    )


def refund_failed(payment: Payment, amount: Money, *, why: str, at: dt.datetime) -> None:
    """Open a case of a refund that went back to nobody: one for an amount, however often tried."""
    told = f"{format_money(amount)} did not go back to {payment.payer}: {why}"
    open_payment_case(
        payment, Case.Kind.NOT_REFUNDED, _refund_key(payment, amount), sentence=told[:500], at=at
    )


def refund_went(payment: Payment, amount: Money, *, at: dt.datetime) -> None:
    """Close the case of a refund that goes through after all; there may be none."""
    Case.objects.filter(
        provider=payment.provider,
        kind=Case.Kind.NOT_REFUNDED,
        key=_refund_key(payment, amount),
        closed_at=None,
    ).update(closed_at=at, closed_why="Asked for again, it went through.")


@transaction.atomic
def take_case(*, operator: User, case_id: int, at: dt.datetime) -> Case:
    """Make an operator the owner of a case. Refuses: CaseIsClosed."""
    case = _lock(case_id)
    if case.owner_id != operator.pk:
        case.owner = operator
        case.save(update_fields=["owner"])
        _record(case, operator=operator, act="payments.take_case", reason=case.sentence, at=at)
    return case


@transaction.atomic
def close_case(*, operator: User, case_id: int, reason: str, at: dt.datetime) -> Case:
    """Close a case with what it was; the operator becomes its owner. Refuses: CaseIsClosed."""
    case = _lock(case_id)
    case.owner, case.closed_at, case.closed_why = operator, at, reason
    case.save(update_fields=["owner", "closed_at", "closed_why"])
    _record(case, operator=operator, act="payments.close_case", reason=reason, at=at)
    return case


def _refund_key(payment: Payment, amount: Money) -> str:
    return f"{payment.pk}:{amount.micros}"


def _lock(case_id: int) -> Case:
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.closed_at is not None:
        raise CaseIsClosed
    return case


def _record(case: Case, *, operator: User, act: str, reason: str, at: dt.datetime) -> None:
    record_staff_act(operator=operator, act=act, target=f"case:{case.pk}", reason=reason, at=at)
