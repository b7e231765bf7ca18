"""Cases: what does not fit, by age."""

from takings.core.errors import NotFound
from takings.payments.models import Case
from takings.people.queries import Visitor, access_operator


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
    """Return how many cases wait."""
    return Case.objects.filter(closed_at__isnull=True).count()
