"""Payment advices: one for every payout that was sent, a second one for what came back."""

import datetime as dt

from takings.core import ids
from takings.insights.models import IssuedAdvice, Tells
from takings.insights.queries.advices import advice_content, advices_of, unadvised
from takings.insights.rules.issued import digest
from takings.payouts.models import Payout


def issue_advices(*, at: dt.datetime) -> int:
    """Issue every advice that is missing; returns how many. A crash leaves whole ones."""
    return sum(
        _issue(payout, tells, at=at)
        for tells in (Tells.SENT, Tells.RETURNED)
        for payout in unadvised(tells=tells).iterator()
    )


def issue_advices_of(*, payout: Payout, at: dt.datetime) -> list[IssuedAdvice]:
    """Return a payout's advices, issued now if nobody did before; none if it was not sent."""
    for tells in (Tells.SENT, Tells.RETURNED):
        for one in unadvised(tells=tells).filter(pk=payout.pk):
            _issue(one, tells, at=at)
    return advices_of(payout)


def _issue(payout: Payout, tells: Tells, *, at: dt.datetime) -> bool:
    identifier = ids.uuid7(at=at)
    said = advice_content(payout=payout, tells=tells, id=identifier, at=at)
    content = said.canonical()
    _, is_new = IssuedAdvice.objects.get_or_create(
        payout=payout,
        tells=tells,
        defaults={
            "id": identifier,
            "number": said.number,
            "content": content.decode(),
            "digest": digest(content),
            "issued_at": at,
        },
    )
    return is_new
