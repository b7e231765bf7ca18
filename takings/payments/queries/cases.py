"""Cases: what does not fit, by age."""

from takings.core.errors import NotFound
from takings.payments.models import Case
from takings.people.queries import Visitor, access_operator

UNREFUNDED = (Case.Kind.NOT_REFUNDED, Case.Kind.NO_ANSWER)


class NoSuchCase(NotFound):
    """There is no such case."""

    code = "no_such_case"
    sentence = "There is no such case."


def access_case(*, user: Visitor, case_id: int) -> Case:
    """Return a case, to operators. Refuses: OperatorsOnly, NoSuchCase."""
    access_operator(user=user)
    found = Case.objects.select_related("owner", "payment").filter(pk=case_id).first()
    if found is None:
        raise NoSuchCase
    return found


def cases(*, are_open: bool = True, limit: int = 200) -> list[Case]:
    """Return open cases, the oldest first, or closed ones, the newest first."""
    found = Case.objects.select_related("owner", "payment").filter(closed_at__isnull=are_open)
    return list(found.order_by("opened_at" if are_open else "-closed_at", "pk")[:limit])


def open_case_count() -> int:
    """Return how many cases wait; refunds that did not go through are counted apart."""
    return Case.objects.filter(closed_at__isnull=True).exclude(kind__in=UNREFUNDED).count()


def open_refund_cases() -> list[Case]:
    """Return the refunds, of whatever was sold, that did not go through; the oldest first."""
    found = Case.objects.filter(closed_at__isnull=True, kind__in=UNREFUNDED)
    return list(found.select_related("owner", "payment__payer").order_by("opened_at", "pk"))
