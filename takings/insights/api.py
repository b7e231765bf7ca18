"""The answers over JSON: earnings, and the trace of any id."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import StringConstraints

from takings.core import clock
from takings.insights.queries import find_trace, reader_of, trace
from takings.insights.queries.earnings import Earnings, current_period, earnings, period_named
from takings.insights.rules.trace import RefKind, Trace
from takings.people.queries import access_own_creator

router = Router(tags=["insights"])
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=120)]
PeriodName = Annotated[str, StringConstraints(max_length=16)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^([A-Z]{3,4})?$")]


@router.get("/studio/earnings", response=Earnings)
def my_earnings(
    request: HttpRequest, period: PeriodName = "", currency: CurrencyCode = ""
) -> Earnings:
    """Return a period's earnings by day and video; without a name, the running period's estimate.

    ``period.status`` says whether they are estimated or final. Amounts are micro-units.
    """
    creator = access_own_creator(user=request.user)
    chosen = period_named(name=period) if period else current_period(at=clock.now())
    return earnings(creator=creator, period=chosen, currency=currency)


@router.get("/trace/find", response=Trace)
def find_anything(request: HttpRequest, id: Identifier) -> Trace:  # noqa: A002 - as users know it
    """Return the trace of whatever this id names."""
    return find_trace(id=id, reader=reader_of(user=request.user))


@router.get("/trace/{kind}/{path:id}", response=Trace)
def trace_of(request: HttpRequest, kind: RefKind, id: Path[Identifier]) -> Trace:  # noqa: A002
    """Return everything behind one amount, and where it went."""
    return trace(kind=kind, id=id, reader=reader_of(user=request.user))
