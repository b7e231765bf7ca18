"""Invoices that we write in creators' names, and the statements that wait for one."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Sum

from takings.core.errors import NotFound
from takings.invoicing.models import Invoice
from takings.invoicing.queries import seller
from takings.ledger.queries.rates import NoRate, rate_on
from takings.ledger.rules.converting import DatedRate
from takings.money import Money
from takings.payouts.models import BilledStatement, Profile, SelfBill
from takings.payouts.queries.papers import papers_of, standing
from takings.payouts.rules.deciding import ProfileState
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.self_billing import national_currency, why_not_billed
from takings.people.models import Creator
from takings.people.queries import Visitor, access_own_creator
from takings.settlement.models import ShareLine, Statement

NEWEST = 50
DAY = dt.timedelta(days=1)
CHECKED = {ProfileState.VERIFIED, ProfileState.EXPIRED}


class NoSuchBill(NotFound):
    """No invoice has this id, or it is in somebody else's name."""

    code = "no_such_bill"
    sentence = "There is no such invoice in your name."


def creators_to_bill() -> list[Creator]:
    """Return who ever agreed to self-billing and has released statements that are on no invoice."""
    agreed = Profile.objects.filter(self_billing=True).values("creator_id")
    waiting = Statement.objects.filter(
        creator_id__in=agreed, release__isnull=False, amount_micros__gt=0
    ).exclude(pk__in=BilledStatement.objects.values("statement_id"))
    keys = waiting.values("creator_id")
    return list(Creator.objects.filter(pk__in=keys).order_by("pk"))


def billing_papers(*, creator: Creator, on: dt.date) -> tuple[Papers | None, str]:
    """Return the papers under which we write somebody's invoices, or why we write none."""
    found = standing(creator=creator)
    if found.profile is None or found.state(on=on) not in CHECKED:
        return None, "Who you are has to be known first."
    papers = papers_of(found.profile)
    why = why_not_billed(papers)
    return (None, why) if why else (papers, "")


def statements_to_bill(*, creator: Creator) -> list[Statement]:
    """Return the statements that wait: released while their creator agreed, oldest first."""
    versions = list(Profile.objects.filter(creator=creator).order_by("number"))
    billed = BilledStatement.objects.filter(statement__creator=creator).values("statement_id")
    rows = Statement.objects.filter(creator=creator, amount_micros__gt=0).exclude(pk__in=billed)
    released = rows.filter(release__isnull=False).select_related("period", "release")
    return [
        one
        for one in released.order_by("currency", "release__released_at", "pk")
        if _agreed(versions, at=one.release.released_at)
    ]


def _agreed(versions: Sequence[Profile], *, at: dt.datetime) -> bool:
    """Tell whether the version of an instant agrees: an agreement is never made backwards."""
    known = [one for one in versions if one.submitted_at <= at]
    return bool(known) and known[-1].self_billing


def brought_by(statement: Statement) -> dict[str, int]:
    """Return what each product brought to a statement, in micro-units: the proportion counts."""
    rows = ShareLine.objects.filter(
        period=statement.period_id, creator=statement.creator_id, currency=statement.currency
    )
    return dict(rows.values_list("product").annotate(sum=Sum("amount_micros")).order_by("product"))


def agreed_on(*, creator: Creator) -> dt.date:
    """Return since when somebody agrees, without a break; call it of who does."""
    since = dt.datetime.max.replace(tzinfo=dt.UTC)
    for one in Profile.objects.filter(creator=creator).order_by("-number"):
        if not one.self_billing:
            break
        since = one.submitted_at
    return since.date()


def vat_rate(*, code: str, papers: Papers, on: dt.date) -> DatedRate | None:
    """Return the rate at which VAT is told in its country's currency; ``None``: no need of it.

    Refuses: NoRate.
    """
    national = national_currency(papers.country)
    if national == code or papers.country != seller().party.country:
        return None
    return rate_on(base=code, quote=national, on=on)


def without_rate(*, at: dt.datetime) -> list[tuple[Creator, str]]:
    """Return whose invoices wait for an exchange rate, each with which."""
    found = []
    for creator in creators_to_bill():
        papers, _ = billing_papers(creator=creator, on=at.date())
        if papers is None:
            continue
        newest = {one.currency: one for one in statements_to_bill(creator=creator)}
        for code, one in newest.items():
            try:
                vat_rate(code=code, papers=papers, on=last_day(one))
            except NoRate as missing:
                found.append((creator, str(missing)))
    return found


def last_day(statement: Statement) -> dt.date:
    """Return the last day of a statement's period: services are supplied when it ends."""
    return (statement.period.ends_at - DAY).date()


def unbilled_rest(*, creator: Creator, currency: str) -> Money:
    """Return what of the statements on invoices was less than a cent."""
    rows = BilledStatement.objects.filter(statement__creator=creator, statement__currency=currency)
    sums = rows.aggregate(stated=Sum("statement__amount_micros"), billed=Sum("amount_micros"))
    return Money((sums["stated"] or 0) - (sums["billed"] or 0), currency)


def bills(*, creator: Creator | None = None, limit: int = NEWEST) -> list[SelfBill]:
    """Return the newest invoices in a creator's name, or in anybody's."""
    rows = SelfBill.objects.select_related("invoice", "creator")
    if creator is not None:
        rows = rows.filter(creator=creator)
    return list(rows.order_by("-invoice__issued_at", "-invoice__number")[:limit])


def access_bill(*, user: Visitor, invoice_id: UUID) -> Invoice:
    """Return an invoice to its creator, or to an operator. Refuses: NoSuchBill, NoStudio."""
    rows = SelfBill.objects.select_related("invoice").filter(pk=invoice_id)
    if not getattr(user, "is_staff", False):
        rows = rows.filter(creator=access_own_creator(user=user))
    found = rows.first()
    if found is None:
        raise NoSuchBill
    return found.invoice
