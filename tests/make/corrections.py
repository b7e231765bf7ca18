"""Corrections of a closed November, up to where a test wants them."""

import datetime as dt
from uuid import UUID, uuid4

from takings.people.models import User
from takings.settlement.actions import (
    CountViews,
    Wanted,
    approve_correction,
    find_changes,
    post_correction,
    propose_correction,
)
from takings.settlement.models import (
    Correction,
)
from tests.make.people import make_operator
from tests.make.settlement import (
    DECEMBER,
)

LATER = DECEMBER + dt.timedelta(days=2)
REASON = "A view farm was found."


def proposed(
    lake: CountViews,
    *,
    id: UUID | None = None,  # noqa: A002 - its own
    reason: str = REASON,
    operator: User | None = None,
) -> Correction:
    """Let an operator look at what was found, and propose it."""
    seen = find_changes(name="2026-11", count=lake).worked.lines_digest
    wanted = Wanted(id or uuid4(), operator or make_operator(), "2026-11", reason, seen, LATER)
    return propose_correction(wanted=wanted, count=lake)


def approved(lake: CountViews) -> Correction:
    """Let another operator approve it."""
    return approve_correction(
        correction=proposed(lake), operator=make_operator("Pavel"), answer="I saw it.", at=LATER
    )


def corrected(lake: CountViews, *, at: dt.datetime = LATER) -> Correction:
    """Correct November all the way."""
    return post_correction(correction=approved(lake), at=at)
