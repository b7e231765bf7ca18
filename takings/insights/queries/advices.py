"""Payment advices: what one says when it is issued, and those of a payout."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from takings.core import ids
from takings.insights.models import IssuedAdvice, Tells
from takings.insights.queries.issued import VERIFY
from takings.insights.rules.advice import Advice, Back, Changed, part
from takings.insights.rules.exact import percent
from takings.insights.rules.issued import Bar, Payee, number_of
from takings.ledger import queries as ledger
from takings.money import format_money
from takings.payouts import queries as payouts
from takings.payouts.models import Payout, PayoutState
from takings.payouts.queries import ChangeRow, TaxRow

WENT = (PayoutState.SENT, PayoutState.SETTLED, PayoutState.RETURNED)


def advices_of(payout: Payout) -> list[IssuedAdvice]:
    """Return what was issued of a payout: that it was sent, then that it came back."""
    return list(payout.advices.order_by("-tells"))


def unadvised(*, tells: Tells) -> QuerySet[Payout]:
    """Return the payouts that were sent, or came back, and have no advice of it yet."""
    known = IssuedAdvice.objects.filter(payout=OuterRef("pk"), tells=tells)
    came = Q(state=PayoutState.RETURNED) if tells == Tells.RETURNED else Q(state__in=WENT)
    rows = Payout.objects.filter(came, ~Exists(known))
    return rows.select_related("creator", "method", "batch").order_by("pk")


def advice_content(
    *,
    payout: Payout,
    tells: Tells,
    id: UUID,  # noqa: A002 - the row's own
    at: dt.datetime,
) -> Advice:
    """Return all that an advice says."""
    assert payout.sent_at is not None  # noqa: S101 - PostgreSQL holds it: what went knows when
    return Advice(
        number=number_of(id, letter="P"),
        tells="returned" if tells == Tells.RETURNED else "sent",
        issued_at=at,
        verify_at=f"{settings.PUBLIC_URL}{VERIFY}",
        payee=Payee(id=payout.creator_id, handle=payout.creator.handle, name=payout.creator.name),
        payout=str(payout.pk),
        to=str(payout.method),
        sent_at=payout.sent_at,
        policy=payout.batch.policy_version,
        currency=payout.currency,
        parts=tuple(
            part(period=line.period, amount=line.amount, worth=line.worth)
            for line in payouts.lines_of(payout)
        ),
        changed=tuple(_changed(one) for one in payouts.changes_of(payout)),
        gross=payout.gross_micros,
        taxes=tuple(_tax(one) for one in payouts.taxes_of(payout)),
        net=payout.net_micros,
        remainder=payout.remainder_micros,
        back=_back(payout) if tells == Tells.RETURNED else None,
    )


def _changed(one: ChangeRow) -> Changed:
    return Changed(one.amount.micros, one.amount.currency, one.worth.micros, one.rate)


def _tax(one: TaxRow) -> Bar:
    note = f"{one.reason}: {percent(one.rate.ratio)} of {format_money(one.base, exact=True)}"
    return Bar(f"Tax withheld for {one.jurisdiction}", note, one.amount.micros, "taken")


def _back(payout: Payout) -> Back:
    """Return what the books say of the return: its entry carries the reason."""
    found = ledger.entry(id=ids.derived("payout_returned", payout.pk))
    return Back(at=found.occurred_at, reason=found.memo)
