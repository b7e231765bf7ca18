"""Year-end summaries: payouts of a year that stand in the books, by creator and currency."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractQuarter

from takings.core.cells import cell
from takings.core.errors import NotFound
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payouts.models import Payout, PayoutState, Profile, Withholding
from takings.payouts.queries.files import payer
from takings.payouts.queries.papers import papers_of
from takings.payouts.rules.year_end import (
    HEAD,
    QUARTERS,
    Quarter,
    Report,
    Year,
    belongs_on,
    gaps_of,
    row_of,
    write_dac7,
)
from takings.people.models import Creator
from takings.policies.queries import payout_policy_at
from takings.policies.rules import ReportRule

FIRST_YEAR = 2025
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class LateReturn:
    """A payout that a year's report held, and when it came back."""

    payout: Payout
    came_back_at: dt.datetime


class NoSuchYear(NotFound):
    """Nobody was paid before the first policy, nor will have been paid after today."""

    code = "no_such_year"
    sentence = "There are no payouts of {year}."


def report_years(*, at: dt.datetime) -> list[int]:
    """Return the years that may be asked for, the newest first."""
    return list(range(at.year, FIRST_YEAR - 1, -1))


def report_csv(*, report: Report, year: int, at: dt.datetime) -> bytes:
    """Return those whose year is reported there as a CSV file. Refuses: NoSuchYear."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(HEAD)
    rows.writerows([cell(value) for value in row_of(one)] for one in reported(report, year, at=at))
    return out.getvalue().encode()


def dac7_xml(*, year: int, at: dt.datetime) -> bytes:
    """Return the DAC7 report as XML. Refuses: NoSuchYear."""
    years = reported(Report.DAC7, year, at=at)
    return write_dac7(platform=payer().name, years=years, made_at=at)


def reported(report: Report, year: int, *, at: dt.datetime) -> Iterator[Year]:
    """Return those whose year is reported there, by creator, under the policy of that year.

    Refuses: NoSuchYear.
    """
    years = _known(year, at=at)
    rule = _rule(year)
    return (one for one in years if belongs_on(report, year=one, rule=rule))


def gaps(*, year: int, at: dt.datetime) -> list[tuple[Year, str]]:
    """Return whose year no report can hold as it is, each with what is to be done.

    Refuses: NoSuchYear.
    """
    rule = _rule(year)
    return [(one, gap) for one in _known(year, at=at) for gap in gaps_of(one, rule=rule)]


def late_returns(*, year: int, at: dt.datetime) -> list[LateReturn]:
    """Return the payouts of a year that came back after it: a filed report is to be corrected.

    Refuses: NoSuchYear.
    """
    _check_year(year, at=at)
    returned = _sent_in(year).filter(state=PayoutState.RETURNED).select_related("creator")
    payouts = {one.pk: one for one in returned.order_by("sent_at", "pk")}
    undone = ledger.reversals_of(entry_ids=list(payouts))
    found = [
        LateReturn(payout, ledger.entry(id=undone[key]).posted_at)
        for key, payout in payouts.items()
    ]
    return [one for one in found if one.came_back_at.year > year]


def _known(year: int, *, at: dt.datetime) -> Iterator[Year]:
    _check_year(year, at=at)
    return _years(year)


def _check_year(year: int, *, at: dt.datetime) -> None:
    if year not in report_years(at=at):
        raise NoSuchYear(year=year)


def _rule(year: int) -> ReportRule:
    return payout_policy_at(at=dt.datetime(year, 12, 31, tzinfo=dt.UTC)).reports


def _years(year: int) -> Iterator[Year]:
    quarters = _quarters(year)
    sources = _sources(year)
    withheld = _withheld_for_source(year)
    creators = Creator.objects.in_bulk([key for key, _ in quarters])
    profiles = Profile.objects.in_bulk([profile for _, profile in sources.values()])
    for key, code in sorted(quarters):
        source, profile = sources[key, code]
        nothing = Quarter(Money.zero(code), Money.zero(code), 0)
        yield Year(
            handle=creators[key].handle,
            papers=papers_of(profiles[profile]),
            year=year,
            source=Money(source, code),
            withheld=Money(withheld.get((key, code), 0), code),
            quarters={one: quarters[key, code].get(one, nothing) for one in QUARTERS},
        )


def _quarters(year: int) -> dict[Key, dict[int, Quarter]]:
    rows = _paid(year).annotate(quarter=ExtractQuarter("sent_at", tzinfo=dt.UTC))
    sums = rows.values_list("creator_id", "currency", "quarter").annotate(
        paid=Sum("gross_micros"), taxes=Sum("withheld_micros"), count=Count("pk")
    )
    found: dict[Key, dict[int, Quarter]] = defaultdict(dict)
    for key, code, quarter, paid, taxes, count in sums.order_by():
        found[key, code][quarter] = Quarter(Money(paid, code), Money(taxes, code), count)
    return found


def _sources(year: int) -> dict[Key, tuple[int, UUID]]:
    """Return what came from the source country, and the newest papers used."""
    newest = _paid(year).order_by("creator_id", "currency", "-sent_at", "-pk")
    used = newest.distinct("creator_id", "currency")
    papers = {
        (key, code): profile
        for key, code, profile in used.values_list("creator_id", "currency", "profile_id")
    }
    sums = _paid(year).values_list("creator_id", "currency").annotate(sum=Sum("source_micros"))
    return {(key, code): (sum_, papers[key, code]) for key, code, sum_ in sums.order_by()}


def _withheld_for_source(year: int) -> dict[Key, int]:
    policy = payout_policy_at(at=dt.datetime(year, 12, 31, tzinfo=dt.UTC))
    country = policy.withholding.source_country
    rows = Withholding.objects.filter(payout__in=_paid(year), jurisdiction=country)
    sums = rows.values_list("payout__creator_id", "payout__currency").annotate(
        sum=Sum("amount_micros")
    )
    return {(key, code): micros for key, code, micros in sums.order_by()}


def _paid(year: int) -> QuerySet[Payout]:
    """Return the payouts of a year that stand; check-books compares each with its entry."""
    return _sent_in(year).filter(state__in=(PayoutState.SENT, PayoutState.SETTLED))


def _sent_in(year: int) -> QuerySet[Payout]:
    start, end = (dt.datetime(one, 1, 1, tzinfo=dt.UTC) for one in (year, year + 1))
    return Payout.objects.filter(sent_at__gte=start, sent_at__lt=end)
