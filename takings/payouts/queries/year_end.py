"""Year-end summaries: payouts and exchanges of a year that stand, by creator and currency."""

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractQuarter

from takings.core.cells import cell
from takings.core.errors import NotFound
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payouts.models import ExchangedIncome, Payout, PayoutState, Profile, Withholding
from takings.payouts.queries.files import payer
from takings.payouts.queries.papers import papers_of
from takings.payouts.queries.sales import Parts, parts_paid, sold_in
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
    """A payout or an exchange that a year's report held, and when it came back."""

    id: UUID
    creator: Creator
    paid_at: dt.datetime | None
    came_back_at: dt.datetime
    gross: Money
    is_exchange: bool


@dataclass(frozen=True, slots=True)
class _Incomes:
    """Rows that are income, and what they call its parts: an exchange is income as a payout is."""

    rows: QuerySet[Payout] | QuerySet[ExchangedIncome]
    whose: str
    code: str
    on: str
    gross: str
    taxes: str


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
    return write_dac7(platform=payer().name, years=years, rule=_rule(year), made_at=at)


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
    """Return what of a year came back after it: a filed report is to be corrected.

    Refuses: NoSuchYear.
    """
    _check_year(year, at=at)
    returned = _sent_in(year).filter(state=PayoutState.RETURNED).select_related("creator")
    payouts = {one.pk: one for one in returned.order_by("sent_at", "pk")}
    undone = ledger.reversals_of(entry_ids=list(payouts))
    found = [
        LateReturn(
            id=key,
            creator=one.creator,
            paid_at=one.sent_at,
            came_back_at=ledger.entry(id=undone[key]).posted_at,
            gross=one.gross,
            is_exchange=False,
        )
        for key, one in payouts.items()
    ]
    given_back = _exchanged_in(year).filter(exchange__returned__isnull=False)
    for income in given_back.select_related("exchange__returned", "exchange__creator"):
        one = income.exchange
        found.append(
            LateReturn(
                id=one.pk,
                creator=one.creator,
                paid_at=one.exchanged_at,
                came_back_at=one.returned.returned_at,
                gross=one.amount,
                is_exchange=True,
            )
        )
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
    incomes = (_of_payouts(year), _of_exchanges(year))
    quarters, sources = _quarters(incomes), _sources(incomes)
    withheld, sold = _withheld_for_source(year), sold_in(*_span(year))
    parts = parts_paid(_paid(year), source_country=_source_country(year))
    told = _told_by(sold, sources)
    creators = Creator.objects.in_bulk([key for key, _ in told])
    profiles = Profile.objects.in_bulk(list(told.values()))
    goods = Counter(key for (key, _), found in sold.items() if found[True])
    for key, code in sorted(told):
        zero = Money.zero(code)
        nothing, part = Quarter(zero, zero, 0), parts.get((key, code), Parts({}, zero, zero))
        source = Money(sources.get((key, code), (0,))[0], code)
        yield Year(
            handle=creators[key].handle,
            papers=papers_of(profiles[told[key, code]]),
            year=year,
            source=source,
            withheld=Money(withheld.get((key, code), 0), code),
            quarters={one: quarters.get((key, code), {}).get(one, nothing) for one in QUARTERS},
            goods=part.goods,
            settled=part.settled,
            source_sales=min(part.source, source),
            sold=sold[key, code][True] if (key, code) in sold else {},
            served=sold[key, code][False] if (key, code) in sold else {},
            is_mixed=goods[key] > 1,
        )


def _told_by(sold: Iterable[Key], sources: Mapping[Key, tuple[int, UUID]]) -> dict[Key, UUID]:
    """Return whose years there are, each with the papers that count.

    Who was paid, by those then used; who sold something and waits to be paid, by their newest.
    """
    found = {key: profile for key, (_, profile) in sources.items()}
    unpaid = [key for key in sold if key not in found]
    newest = Profile.objects.filter(creator_id__in={who for who, _ in unpaid})
    rows = newest.order_by("creator_id", "-number").distinct("creator_id")
    papers = dict(rows.values_list("creator_id", "pk"))
    return found | {key: papers[key[0]] for key in unpaid if key[0] in papers}


def _of_payouts(year: int) -> _Incomes:
    names = ("creator_id", "currency", "sent_at", "gross_micros", "withheld_micros")
    return _Incomes(_paid(year), *names)


def _of_exchanges(year: int) -> _Incomes:
    names = ("creator_id", "currency", "exchanged_at", "amount_micros", "withheld_micros")
    return _Incomes(_exchanged(year), *(f"exchange__{name}" for name in names))


def _quarters(incomes: Iterable[_Incomes]) -> dict[Key, dict[int, Quarter]]:
    found: dict[Key, dict[int, Quarter]] = defaultdict(dict)
    for one in incomes:
        dated = one.rows.annotate(quarter=ExtractQuarter(one.on, tzinfo=dt.UTC))
        sums = dated.values_list(one.whose, one.code, "quarter").annotate(
            paid=Sum(one.gross), tax=Sum(one.taxes), count=Count("pk")
        )
        for key, code, quarter, paid, tax, count in sums.order_by():
            new = Quarter(Money(paid, code), Money(tax, code), count)
            known = found[key, code].get(quarter)
            found[key, code][quarter] = known.plus(new) if known else new
    return found


def _sources(incomes: Iterable[_Incomes]) -> dict[Key, tuple[int, UUID]]:
    """Return what came from the source country, and the newest papers used."""
    newest: dict[Key, tuple[dt.datetime, UUID]] = {}
    micros: Counter[Key] = Counter()
    for one in incomes:
        who = (one.whose, one.code)
        used = one.rows.order_by(*who, f"-{one.on}", "-pk").distinct(*who)
        for key, code, on, profile in used.values_list(*who, one.on, "profile_id"):
            newest[key, code] = max(newest.get((key, code), (on, profile)), (on, profile))
        sums = one.rows.values_list(*who).annotate(sum=Sum("source_micros"))
        for key, code, sum_ in sums.order_by():
            micros[key, code] += sum_
    return {key: (micros[key], profile) for key, (_, profile) in newest.items()}


def _source_country(year: int) -> str:
    policy = payout_policy_at(at=dt.datetime(year, 12, 31, tzinfo=dt.UTC))
    return policy.withholding.source_country


def _withheld_for_source(year: int) -> dict[Key, int]:
    country = _source_country(year)
    of_payouts = Withholding.objects.filter(payout__in=_paid(year), jurisdiction=country)
    of_exchanges = _exchanged(year).filter(jurisdiction=country)
    sums = (
        of_payouts.values_list("payout__creator_id", "payout__currency")
        .annotate(sum=Sum("amount_micros"))
        .order_by(),
        of_exchanges.values_list("exchange__creator_id", "exchange__currency")
        .annotate(sum=Sum("exchange__withheld_micros"))
        .order_by(),
    )
    found: Counter[Key] = Counter()
    for key, code, micros in chain(*sums):
        found[key, code] += micros
    return found


def _exchanged(year: int) -> QuerySet[ExchangedIncome]:
    """Return the exchanges of a year that stand; check-books compares each with its entry."""
    return _exchanged_in(year).filter(exchange__returned=None)


def _exchanged_in(year: int) -> QuerySet[ExchangedIncome]:
    start, end = _span(year)
    return ExchangedIncome.objects.filter(
        exchange__exchanged_at__gte=start, exchange__exchanged_at__lt=end
    )


def _paid(year: int) -> QuerySet[Payout]:
    """Return the payouts of a year that stand; check-books compares each with its entry."""
    return _sent_in(year).filter(state__in=(PayoutState.SENT, PayoutState.SETTLED))


def _sent_in(year: int) -> QuerySet[Payout]:
    start, end = _span(year)
    return Payout.objects.filter(sent_at__gte=start, sent_at__lt=end)


def _span(year: int) -> tuple[dt.datetime, dt.datetime]:
    return dt.datetime(year, 1, 1, tzinfo=dt.UTC), dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC)
