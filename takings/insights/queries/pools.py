"""A creator's pools of feed ads: the creator's own part, beside the sums it follows from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from takings.ads.models import Charge
from takings.ads.queries.traffic import flaws_in_pools
from takings.core.errors import NotFound
from takings.insights.queries.earnings.shares import pool_numbers, tracks_of
from takings.insights.queries.earnings.sums import own_lines
from takings.insights.rules.earnings import CountryShare, PeriodFacts
from takings.insights.rules.own_pools import EstimatedPool, Filled, FinalPool
from takings.insights.rules.words import country_words, period_words
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.settlement.models import EstimateLine, PoolResult
from takings.settlement.rules import PRODUCT, PoolKey


class NoPoolThere(NotFound):
    """The creator earned nothing in this country in this period."""

    code = "no_pool_there"
    sentence = "No view of yours in {country} shares in {period}."


@dataclass(frozen=True, slots=True)
class OwnCountry:
    """A country the creator's views share in, and what they earn there."""

    country: str
    views: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose pools of which period, in which currency."""

    creator: Creator
    period: PeriodFacts
    currency: str


def own_countries(*, asked: Asked, country: str = "") -> list[OwnCountry]:
    """Return where the creator has a part, the largest first; only one country if it is asked for.

    Refuses NoPoolThere for a country without one.
    """
    lines = own_lines(creator=asked.creator, period=asked.period).filter(
        currency=asked.currency, product=PRODUCT
    )
    if country:
        lines = lines.filter(country=country)
    rows = lines.values("country").annotate(seen=Sum("views"), micros=Sum("amount_micros"))
    found = [
        OwnCountry(row["country"], int(row["seen"]), Money(int(row["micros"]), asked.currency))
        for row in rows.order_by("-micros", "country")
    ]
    if country and not found:
        raise NoPoolThere(country=country_words(country), period=period_words(asked.period.name))
    return found


def own_pools(*, asked: Asked, places: Sequence[OwnCountry]) -> list[FinalPool | EstimatedPool]:
    """Return the pools of these countries, in their order."""
    filled = _filled(asked, {place.country for place in places})
    make = _final if asked.period.is_final else _estimated
    return make(asked, places, filled)


def _final(
    asked: Asked, places: Sequence[OwnCountry], filled: dict[str, Filled]
) -> list[FinalPool | EstimatedPool]:
    countries = [place.country for place in places]
    results = PoolResult.objects.select_related("period").filter(
        period__name=asked.period.name,
        currency=asked.currency,
        country__in=countries,
        product=PRODUCT,
    )
    by_country = {row.country: row for row in results}
    tracks = tracks_of(period=asked.period.name, countries=countries)
    return [
        FinalPool(
            share=CountryShare(
                country=place.country,
                pool=pool_numbers(row, by_tracks=tracks[place.country]),
                own_views=place.views,
                paid=place.amount,
                platform=Money(row.platform_micros, row.currency),
                rights=Money(row.rights_micros, row.currency),
                entry_id=row.entry_id,
            ),
            filled=filled.get(place.country, Filled(0, 0)),
        )
        for place in places
        for row in [by_country[place.country]]
    ]


def _estimated(
    asked: Asked, places: Sequence[OwnCountry], filled: dict[str, Filled]
) -> list[FinalPool | EstimatedPool]:
    lines = EstimateLine.objects.filter(
        period__name=asked.period.name,
        currency=asked.currency,
        country__in=[place.country for place in places],
        product=PRODUCT,
    )
    rows = lines.values("country").annotate(seen=Sum("views"), micros=Sum("amount_micros"))
    whole = {row["country"]: row for row in rows.order_by()}
    return [
        EstimatedPool(
            country=place.country,
            filled=filled.get(place.country, Filled(0, 0)),
            total=_balance(asked, place.country),
            creators=Money(int(row["micros"]), asked.currency),
            views=int(row["seen"]),
            own_views=place.views,
            paid=place.amount,
        )
        for place in places
        for row in [whole[place.country]]
    ]


def _balance(asked: Asked, country: str) -> Money:
    key = PoolKey(asked.period.name, country, asked.currency)
    return ledger.balance(name=key.account, currency=asked.currency)


def _filled(asked: Asked, countries: Collection[str]) -> dict[str, Filled]:
    rows = (
        Charge.objects.filter(
            period=asked.period.name,
            currency=asked.currency,
            country__in=countries,
            creator=None,
        )
        .values("country")
        .annotate(seen=Sum("impression_count"), campaigns=Count("campaign", distinct=True))
    )
    back = flaws_in_pools(period=asked.period.name, currency=asked.currency)
    return {
        row["country"]: Filled(
            int(row["seen"]), row["campaigns"], tuple(back.get(row["country"], ()))
        )
        for row in rows
    }
