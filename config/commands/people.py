"""Commands about people."""

from config.show import out
from takings.core import clock
from takings.people import actions
from takings.people.queries import person_by_email


def appoint(email: str) -> None:
    """Make a person an operator, with an audit row."""
    person = person_by_email(email=email)
    actions.appoint_operator(user=person)
    actions.record_staff_act(
        operator=person,
        act="operator_appointed",
        target=f"user:{person.pk}",
        reason="on the command line",
        at=clock.now(),
    )
    out.print(f"{person.display_name} <{person.email}> is an operator now.", markup=False)
