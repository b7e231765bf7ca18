"""Where a pool's money came from: deposits, campaigns, and single impressions."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from takings.ads.models import BilledImpression, Charge, Deposit, TrafficCredit
from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Fact, Part, Ref, Stop
from takings.insights.rules.words import period_words, place_words, product_words
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.settlement.models import EstimateLine, PoolResult, ShareLine
from takings.settlement.rules import PRODUCT, PoolKey

FEW = 10


@dataclass(frozen=True, slots=True)
class CampaignInPool:
    """What one campaign put into one pool."""

    campaign_id: UUID
    campaign: str
    brand_id: int
    brand: str
    impressions: int
    amount: Money


def result_of(key: PoolKey) -> PoolResult | None:
    """Return how a pool was shared, once it was."""
    return (
        PoolResult.objects.select_related("period")
        .filter(
            period__name=key.period,
            country=key.country,
            currency=key.currency,
            product=key.product,
        )
        .first()
    )


def charges_of(key: PoolKey) -> QuerySet[Charge]:
    """Return the charges that filled a pool; advertisers pay into those of feed ads alone.

    What was shown inside a video that pays its creator was in none.
    """
    rows = Charge.objects if key.product == PRODUCT else Charge.objects.none()
    return rows.filter(period=key.period, country=key.country, currency=key.currency, creator=None)


def refunded_from(key: PoolKey) -> Money:
    """Return what advertisers got back of a pool, for views that were no person's."""
    rows = TrafficCredit.objects if key.product == PRODUCT else TrafficCredit.objects.none()
    found = rows.filter(period=key.period, country=key.country, currency=key.currency, creator=None)
    return Money(int(found.aggregate(sum=Sum("amount_micros"))["sum"] or 0), key.currency)


def earns_from(key: PoolKey, *, reader: Reader) -> bool:
    """Tell whether the reader earns from this pool; operators may always look."""
    if reader.is_operator:
        return True
    own = {
        "creator_id": reader.creator_id,
        "period__name": key.period,
        "country": key.country,
        "product": key.product,
    }
    return reader.creator_id is not None and (
        ShareLine.objects.filter(**own).exists() or EstimateLine.objects.filter(**own).exists()
    )


def has_part_in(key: PoolKey, *, reader: Reader) -> bool:
    """Tell whether the reader earns from this pool or paid into it."""
    paid_in = charges_of(key).filter(campaign__brand_id__in=reader.brand_ids)
    return earns_from(key, reader=reader) or paid_in.exists()


def campaigns_in(key: PoolKey) -> list[CampaignInPool]:
    """Return the campaigns that filled a pool, the largest first."""
    rows = (
        charges_of(key)
        .values(
            "campaign_id",
            "campaign__name",
            "campaign__brand_id",
            "campaign__brand__name",
        )
        .annotate(seen=Sum("impression_count"), micros=Sum("amount_micros"))
        .order_by("-micros", "campaign_id")
    )
    return [
        CampaignInPool(
            campaign_id=row["campaign_id"],
            campaign=row["campaign__name"],
            brand_id=row["campaign__brand_id"],
            brand=row["campaign__brand__name"],
            impressions=int(row["seen"]),
            amount=Money(int(row["micros"]), key.currency),
        )
        for row in rows
    ]


def money_in_stops(*, key: PoolKey, reader: Reader) -> tuple[Stop, ...]:
    """Return the stops from the advertisers' deposits to the pool; of others, the pool alone."""
    if key.product != PRODUCT:
        return (pool_stop(key=key, reader=reader),)
    campaigns = campaigns_in(key)
    if earns_from(key, reader=reader):
        shown = campaigns
    else:
        shown = [one for one in campaigns if reader.owns_brand(one.brand_id)]
    return (
        _deposits(shown, key=key, reader=reader),
        _impressions(shown, campaigns, key=key),
        pool_stop(key=key, reader=reader),
    )


def pool_stop(*, key: PoolKey, reader: Reader) -> Stop:
    """Return the pool: what was charged into it, and the entry that emptied it once shared."""
    place = place_words(key.country)
    result = result_of(key)
    left = ledger.balance(name=key.account, currency=key.currency)
    charged = charges_of(key).aggregate(micros=Sum("amount_micros"))["micros"]
    back = refunded_from(key)
    filled = Money(int(charged or 0), key.currency) - back if key.product == PRODUCT else left
    total = Money(result.total_micros, key.currency) if result else filled
    facts = [
        Fact("Account", key.account),
        Fact("In it now", format_money(left, exact=True)),
    ]
    if back:
        facts.append(Fact("Given back to advertisers", format_money(back, exact=True)))
    if result and result.entry_id and has_part_in(key, reader=reader):
        facts.append(
            Fact("Emptied by", "the entry that shared it", Ref("entry", str(result.entry_id)))
        )
    ending = "The close shared it out to the last micro-unit." if result else "It is still filling."
    is_ads = key.product == PRODUCT
    money = "All ad money" if is_ads else f"The money of “{product_words(key.product)}”"
    return Stop(
        kind="pool",
        title="They filled one pool" if is_ads else "One pool",
        sentence=f"{money} of {place} in {period_words(key.period)} is in one account. {ending}",
        amount=total,
        facts=tuple(facts),
    )


def impression_part(row: BilledImpression, *, currency: str) -> Part:
    """Return one paid impression as a part: which campaign, when, its price."""
    return Part(
        label=row.campaign.name,
        note=f"paid by {row.campaign.brand.name}",
        at=row.viewed_at,
        amount=Money(row.price_micros, currency),
        ref=Ref("impression", str(row.decision_id)),
    )


def deposit_parts(*, brand_ids: list[int], currency: str, until: dt.datetime) -> tuple[Part, ...]:
    """Return the newest deposits that these brands had made by then, each with its entry."""
    rows = Deposit.objects.filter(
        brand_id__in=brand_ids, currency=currency, deposited_at__lte=until
    ).select_related("brand")
    return tuple(
        Part(
            label=row.brand.name,
            note="paid in",
            at=row.deposited_at,
            amount=row.amount,
            ref=Ref("entry", str(row.pk)),
        )
        for row in rows.order_by("-deposited_at", "pk")[:FEW]
    )


def _deposits(campaigns: list[CampaignInPool], *, key: PoolKey, reader: Reader) -> Stop:
    """Show deposits to those whose money they are; to others only who paid and how much of it."""
    brands: dict[tuple[int, str], int] = {}
    for one in campaigns:
        brand = one.brand_id, one.brand
        brands[brand] = brands.get(brand, 0) + one.amount.micros
    visible = [brand_id for brand_id, _ in brands if reader.owns_brand(brand_id)]
    hidden = tuple(
        Part(label=name, note="prepaid, charged here", amount=Money(micros, key.currency))
        for (brand_id, name), micros in brands.items()
        if brand_id not in visible
    )
    return Stop(
        kind="deposit",
        title="Advertisers paid in advance",
        sentence=(
            "An ad is shown only on money that is already here, so nobody's earnings wait "
            "for an invoice."
        ),
        parts=(
            *deposit_parts(brand_ids=visible, currency=key.currency, until=_last_charge(key)),
            *hidden,
        ),
    )


def _last_charge(key: PoolKey) -> dt.datetime:
    """Return when money came into a pool last; deposits made after it paid for nothing in it."""
    last: dt.datetime | None = charges_of(key).aggregate(at=Max("charged_at"))["at"]
    return last or dt.datetime.min.replace(tzinfo=dt.UTC)


def _impressions(
    shown: list[CampaignInPool], campaigns: list[CampaignInPool], *, key: PoolKey
) -> Stop:
    """Show campaigns, then the newest single impressions, so that each can be opened."""
    ids = [one.campaign_id for one in shown]
    charges = charges_of(key).filter(campaign_id__in=ids).order_by("-charged_at")
    entries = list(charges.values_list("entry_id", flat=True)[:FEW])
    newest = (
        BilledImpression.objects.filter(entry_id__in=entries)
        .select_related("campaign__brand")
        .order_by("-viewed_at")[:FEW]
    )
    seen = sum(one.impressions for one in campaigns)
    amount = Money(sum(one.amount.micros for one in campaigns), key.currency)
    return Stop(
        kind="impressions",
        title=f"Ads were seen in {place_words(key.country)}",
        sentence=(
            f"{seen:,} paid impressions, views or clicks, each at the exact price of its decision."
        ),
        amount=amount,
        parts=_campaign_parts(shown, campaigns, currency=key.currency),
        samples=tuple(impression_part(row, currency=key.currency) for row in newest),
        left_out=max(0, seen - len(newest)),
    )


def _campaign_parts(
    shown: list[CampaignInPool], campaigns: list[CampaignInPool], *, currency: str
) -> tuple[Part, ...]:
    """Name the campaigns to show, and sum up those of advertisers the reader may not see."""
    named = tuple(
        Part(
            label=one.campaign,
            note=f"{one.brand}, {price_of_one(one.amount, count=one.impressions)}",
            count=one.impressions,
            amount=one.amount,
        )
        for one in shown
    )
    others = [one for one in campaigns if one not in shown]
    if not others:
        return named
    rest = Part(
        label="Other advertisers",
        count=sum(one.impressions for one in others),
        amount=Money(sum(one.amount.micros for one in others), currency),
        tone="quiet",
    )
    return (*named, rest)


def price_of_one(amount: Money, *, count: int) -> str:
    """Return what each of so many impressions cost, or what they did on average."""
    each = format_money(Money(amount.micros // count, amount.currency), exact=True)
    return f"{each} on average" if amount.micros % count else f"{each} each"
