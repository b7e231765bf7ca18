"""Reconciliation: a provider's report of a day against the books, line by line.

What differs is a case. What the provider sent to our bank is booked here: it is told nowhere else.
"""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.ledger.actions import PeriodLocked, post
from takings.ledger.queries import is_posted
from takings.ledger.rules import EntryDraft
from takings.money import format_money
from takings.payments.actions.cases import open_case
from takings.payments.models import Case, Reconciliation
from takings.payments.providers import provider_named
from takings.payments.queries import booked_on, standing_at_end
from takings.payments.rules import PAYOUT, Report, ReportLine, between, compare
from takings.policies.queries import policy_at

DAY = dt.timedelta(days=1)


class DayNotOver(Conflict):
    """A day is compared when it is over (UTC)."""

    code = "day_not_over"
    sentence = "{day} is not over yet; its report would not be whole."


def reconcile(*, provider: str, day: dt.date, at: dt.datetime) -> Reconciliation:
    """Compare a day; every difference becomes a case. Again finds the same cases, not new ones.

    Refuses: DayNotOver, UnknownProvider, ProviderRefused, ProviderSilent.
    """
    if at < dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) + DAY:
        raise DayNotOver(day=day)
    report = provider_named(provider).report(day)
    return _compare(provider, report, at=at)


@transaction.atomic
def _compare(provider: str, report: Report, *, at: dt.datetime) -> Reconciliation:
    for line in report.lines:
        if line.key.startswith(PAYOUT):
            _book_payout(provider, line, at=at)
    found = compare(booked=booked_on(provider=provider, day=report.day), reported=report.lines)
    for one in found:
        key = f"{report.day} {one.key}"
        kind = Case.Kind(one.kind)
        open_case(provider=provider, kind=kind, key=key, sentence=one.sentence, at=at)
    return Reconciliation.objects.create(
        provider=provider,
        day=report.day,
        line_count=len(report.lines),
        difference_count=len(found) + _compare_balances(provider, report, at=at),
        reconciled_at=at,
    )


def _compare_balances(provider: str, report: Report, *, at: dt.datetime) -> int:
    """Open a case for each currency in which the provider holds something else than we think."""
    count = 0
    for theirs in report.closing:
        ours = standing_at_end(provider=provider, day=report.day, currency=theirs.currency)
        if ours != theirs:
            count += 1
            told = f"{provider} says it held {format_money(theirs, exact=True)} for us at the "
            told += f"end of {report.day}; the books say {format_money(ours, exact=True)}."
            key = f"{report.day} {theirs.currency}"
            kind = Case.Kind.BALANCE_DIFFERS
            open_case(provider=provider, kind=kind, key=key, sentence=told, at=at)
    return count


def _book_payout(provider: str, line: ReportLine, *, at: dt.datetime) -> None:
    """Post what came to our bank: ``bank → provider:<name>``, once."""
    entry_id = ids.derived("provider_settled", provider, line.key)
    if is_posted(id=entry_id):
        return
    draft = EntryDraft(
        id=entry_id,
        kind="provider_settled",
        reference=line.key,
        policy_version=policy_at(at=at).version,
        occurred_at=line.occurred_at,
        memo=f"{provider} paid out to the bank",
        transfers=(between("bank", f"provider:{provider}", -line.gross),),
    )
    try:
        post(drafts=[draft], at=at)
    except PeriodLocked:  # told too late for its own time
        post(drafts=[replace(draft, occurred_at=at)], at=at)
