"""What creators sold in a year, and what of their payouts that was."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import ExtractQuarter

from takings.money import Money
from takings.payouts.models import Line, Payout
from takings.payouts.rules.sales import GOODS, SALES, Sold, nothing_sold, part_of
from takings.settlement.models import DirectEarning, ShareLine

Key = tuple[int, str]
Sums = Mapping[tuple[int, int, str], int]


@dataclass(frozen=True, slots=True)
class Parts:
    """What of payouts sales brought: goods by quarter, all of them, and that from the source."""

    goods: dict[int, Money]
    settled: Money
    source: Money


def sold_in(start: dt.datetime, end: dt.datetime) -> dict[Key, dict[bool, dict[int, Sold]]]:
    """Return what was sold between two instants, by creator and currency.

    Then by whether it was goods, and by quarter of the day on which it was earned or went back.
    """
    rows = DirectEarning.objects.filter(
        product__in=SALES, earned_at__gte=start, earned_at__lt=end
    ).annotate(quarter=ExtractQuarter("earned_at", tzinfo=dt.UTC))
    first = Q(count__gt=0)
    sums = rows.values_list("creator_id", "currency", "product", "quarter").annotate(
        gross=Sum("total_micros"),
        shares=Sum("share_micros"),
        many=Sum("count"),
        first=Sum("total_micros", filter=first, default=0),
        first_many=Sum("count", filter=first, default=0),
    )
    found: dict[Key, dict[bool, dict[int, Sold]]] = defaultdict(lambda: {True: {}, False: {}})
    for who, code, product, quarter, gross, shares, many, before, made in sums.order_by():
        fees = Money(gross - shares, code)
        new = Sold(Money(gross, code), fees, many, Money(before, code), made)
        quarters = found[who, code][product in GOODS]
        quarters[quarter] = quarters.get(quarter, nothing_sold(code)).plus(new)
    return found


def parts_paid(payouts: QuerySet[Payout], *, source_country: str) -> dict[Key, Parts]:
    """Return what sales brought of payouts, by creator and currency paid.

    A statement that was paid counts by the part of it that its lines say.
    """
    lines = Line.objects.filter(payout__in=payouts, statement__isnull=False)
    rows = lines.annotate(quarter=ExtractQuarter("payout__sent_at", tzinfo=dt.UTC)).values_list(
        "payout__creator_id",
        "payout__currency",
        "quarter",
        "worth_micros",
        "statement__period_id",
        "statement__currency",
        "statement__amount_micros",
    )
    goods, sales = _brought(GOODS), _brought(SALES)
    source = _brought(SALES, country=source_country)
    found: dict[Key, Parts] = {}
    for creator, code, quarter, micros, period, stated_code, stated in rows:
        key, worth = (period, creator, stated_code), Money(micros, code)
        if key not in sales:
            continue
        nothing = Money.zero(code)
        had = found.get((creator, code), Parts({}, nothing, nothing))
        of_goods = part_of(worth, brought=goods.get(key, 0), stated=stated)
        found[creator, code] = Parts(
            had.goods | {quarter: had.goods.get(quarter, nothing) + of_goods},
            had.settled + part_of(worth, brought=sales[key], stated=stated),
            had.source + part_of(worth, brought=source.get(key, 0), stated=stated),
        )
    return found


def _brought(products: Iterable[str], *, country: str = "") -> Sums:
    """Return what products brought to each statement: by period, creator and currency."""
    rows = ShareLine.objects.filter(product__in=products)
    if country:
        rows = rows.filter(country=country)
    sums = rows.values_list("period_id", "creator_id", "currency").annotate(
        sum=Sum("amount_micros")
    )
    return {(period, who, code): micros for period, who, code, micros in sums.order_by()}
