"""What one may ask about the demo world."""

from dataclasses import asdict

from takings.demo.rules.cast import OPERATOR, SECOND, logins
from takings.people.models import StaffAct, User

SEEDED = "demo_seeded"


def demo_logins() -> list[dict[str, str]]:
    """Return a login for each role: role, name, email, password, landing page."""
    return [asdict(login) for login in logins()]


def demo_operator() -> User | None:
    """Return the demo's operator: the first to arrive, so the world began when they joined."""
    return User.objects.filter(email=OPERATOR.email).first()


def second_operator() -> User:
    """Return the one who approves what the first one drafts; they join with everybody else."""
    return User.objects.get(email=SECOND.email)


def is_seeded() -> bool:
    """Tell whether the demo world is complete; an interrupted seed is not."""
    return StaffAct.objects.filter(operator__email=OPERATOR.email, act=SEEDED).exists()
