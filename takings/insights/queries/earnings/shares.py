"""A creator's place in each country's pool of a closed period."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from takings.insights.rules.arithmetic import PoolNumbers
from takings.insights.rules.earnings import CountryShare, ProductShare
from takings.money import Money
from takings.people.models import Creator
from takings.policies.queries import policy
from takings.policies.rules import DIRECT
from takings.settlement.models import CountLine, PoolResult, ShareLine
from takings.settlement.queries import direct_of_lines
from takings.settlement.rules import PRODUCT


def country_shares(*, creator: Creator, period: str, currency: str) -> tuple[CountryShare, ...]:
    """Return each country where feed ads earned, the largest first; a final period's only."""
    own = (
        ShareLine.objects.filter(
            creator=creator, period__name=period, currency=currency, product=PRODUCT
        )
        .values("country")
        .annotate(seen=Sum("views"), micros=Sum("amount_micros"))
    )
    mine = {row["country"]: (int(row["seen"]), int(row["micros"])) for row in own}
    pools = PoolResult.objects.filter(
        period__name=period, currency=currency, country__in=mine, product=PRODUCT
    ).select_related("period")
    tracks = tracks_of(period=period, countries=list(mine))
    shares = [
        CountryShare(
            country=pool.country,
            pool=pool_numbers(pool, by_tracks=tracks[pool.country]),
            own_views=mine[pool.country][0],
            paid=Money(mine[pool.country][1], currency),
            platform=Money(pool.platform_micros, currency),
            rights=Money(pool.rights_micros, currency),
            entry_id=pool.entry_id,
        )
        for pool in pools
    ]
    return tuple(sorted(shares, key=lambda share: (-share.paid.micros, share.country)))


def product_shares(*, creator: Creator, period: str, currency: str) -> tuple[ProductShare, ...]:
    """Return what the creator earned from pools that are not of feed ads, the largest first."""
    lines = ShareLine.objects.filter(creator=creator, period__name=period, currency=currency)
    direct = _direct(creator, period, currency)
    rows = lines.exclude(product=PRODUCT).values("product", "country", "entry_id")
    return tuple(
        ProductShare(
            product=row["product"],
            country=row["country"],
            views=int(row["seen"]),
            amount=Money(int(row["micros"]), currency),
            entry_id=row["entry_id"],
            ads=direct[place][0] if place[0] in DIRECT else 0,
            gross=direct[place][1] if place[0] in DIRECT else None,
        )
        for row in rows.annotate(seen=Sum("views"), micros=Sum("amount_micros")).order_by(
            "-micros", "product", "country"
        )
        for place in [(row["product"], row["country"])]
    )


def _direct(
    creator: Creator, period: str, currency: str
) -> dict[tuple[str, str], tuple[int, Money]]:
    """Return how many ads, gifts or sales paid in each country, and what they cost."""
    found: dict[tuple[str, str], tuple[int, Money]] = {}
    for product, lines in direct_of_lines(period=period, creator_id=creator.pk).items():
        for (country, code, *_), (count, cost) in lines.items():
            if code == currency:
                ads, gross = found.get((product, country), (0, Money.zero(code)))
                found[product, country] = (ads + count, gross + cost)
    return found


def pool_numbers(pool: PoolResult, *, by_tracks: Mapping[int, int]) -> PoolNumbers:
    """Return a pool's numbers under the policy it was shared by."""
    return PoolNumbers(
        total=Money(pool.total_micros, pool.currency),
        views=pool.views,
        sharing_views=by_tracks,
        rule=policy(pool.period.policy_version).pool,
    )


def tracks_of(*, period: str, countries: list[str]) -> dict[str, dict[int, int]]:
    """Return the views that share in each country's pool of feed ads, by number of tracks.

    Where not all counted views of sharing creators do (members watched without ads, a gate), they
    are read from the pool's lines, which takes longer.
    """
    counted = CountLine.objects.filter(period__name=period, country__in=countries, shares=True)
    found = _by_tracks(counted.values_list("country", "holders__len"))
    pools = PoolResult.objects.filter(period__name=period, country__in=countries, product=PRODUCT)
    sharing = dict(pools.values_list("country", "sharing_views"))
    others = [one for one in found if sum(found[one].values()) != sharing.get(one, 0)]
    if others:
        here = {name: OuterRef(name) for name in ("period", "country", "video", "day")}
        tracks = CountLine.objects.filter(**here).values("holders__len")[:1]
        lines = ShareLine.objects.filter(period__name=period, country__in=others, product=PRODUCT)
        found |= _by_tracks(
            lines.annotate(tracks=Subquery(tracks)).values_list("country", "tracks")
        )
    return found


def _by_tracks(rows: QuerySet[Any, tuple[Any, ...]]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for country, tracks, seen in rows.annotate(seen=Sum("views")):
        found[country][tracks] = int(seen)
    return found
