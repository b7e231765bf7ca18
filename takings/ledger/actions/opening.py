"""Opening balances: what stood elsewhere is brought in, all of it or nothing, once."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.ledger.actions.posting import Posted, post
from takings.ledger.actions.refusals import SameIdOtherContent
from takings.ledger.queries.opening import opened_currencies
from takings.ledger.rules.opening import opening_drafts, read_opening


class OtherOpening(Conflict):
    """The day was opened before, with something else."""

    code = "other_opening"
    sentence = (
        "The opening balances of {on} were imported before and this file says something else, so "
        "nothing was imported. Reverse what was wrong and import what is right under another day."
    )


def import_opening(
    *, content: bytes, on: dt.date, policy_version: str, at: dt.datetime
) -> dict[str, Posted]:
    """Post a CSV file of opening balances as one entry per currency; returns what became of each.

    The file of a day a second time changes nothing, in whatever order its lines are.
    Refuses: BadOpening, OtherOpening, BalanceTooLarge.
    """
    drafts = opening_drafts(read_opening(content), on=on, policy_version=policy_version)
    with transaction.atomic():
        if opened_currencies(on=on) not in (set(), set(drafts)):
            raise OtherOpening(on=on)
        try:
            answers = post(drafts=list(drafts.values()), at=at)
        except SameIdOtherContent:
            raise OtherOpening(on=on) from None
    return dict(zip(drafts, answers, strict=True))
