"""How often an ad that was chosen was then seen, from the counts of the last days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Sum

from takings.ads.models import Charge, ChargedAd, Served
from takings.ads.queries.learned import lifts_in_force
from takings.ads.rules.lines import LineItem, Pricing, Rotation
from takings.ads.rules.rates import (
    PRIOR_PPM,
    STRENGTH,
    STRENGTH_OF,
    Counted,
    Rates,
    estimate_ppm,
)

LOOKS_BACK = dt.timedelta(days=7)
LOOKS_BACK_OF: Mapping[Pricing, dt.timedelta] = {Pricing.CPA: dt.timedelta(days=30)}
"""A conversion is rare, and comes as late as its window allows."""
NOTHING = Counted(0, 0)


def rates(items: Iterable[LineItem], *, at: dt.datetime) -> Rates:
    """Return the chance of each creative to be seen: everybody's, its advertiser's, its own.

    And what places do to it, where that was learned and decides.

    What is counted is a line item's; its creatives share it, unless it shows the best most often:
    then each begins at that. Only what has the same pricing is compared: a click is rarer than a
    view.
    """
    listed = list(items)
    spans = {LOOKS_BACK_OF.get(item.pricing, LOOKS_BACK) for item in listed}
    counted_in = {span: _counted(at=at, looks_back=span) for span in spans}
    of_ads = _counted_by_ad(listed, at=at)
    own = {}
    by_advertiser: defaultdict[tuple[Pricing, int], Counted] = defaultdict(lambda: NOTHING)
    whole: defaultdict[Pricing, Counted] = defaultdict(lambda: NOTHING)
    for item in listed:
        span = LOOKS_BACK_OF.get(item.pricing, LOOKS_BACK)
        counted = counted_in[span].get(item.id, NOTHING)
        own[item.id] = counted
        by_advertiser[item.pricing, item.advertiser_id] += counted
        whole[item.pricing] += counted
    return Rates(
        {
            (item.id, creative_id): estimate_ppm(
                [
                    whole[item.pricing],
                    by_advertiser[item.pricing, item.advertiser_id],
                    own[item.id],
                    of_ads.get((item.id, creative_id), NOTHING),
                ],
                prior_ppm=PRIOR_PPM[item.pricing],
                strength=STRENGTH_OF.get(item.pricing, STRENGTH),
            )
            for item in listed
            for creative_id in item.creative_ids
        },
        lifts_in_force(at=at),
    )


def _counted_by_ad(
    items: Iterable[LineItem], *, at: dt.datetime
) -> dict[tuple[UUID, UUID], Counted]:
    """Return the same of each ad of those line items that compare their ads."""
    found: defaultdict[tuple[UUID, UUID], Counted] = defaultdict(lambda: NOTHING)
    compared: defaultdict[dt.timedelta, list[LineItem]] = defaultdict(list)
    for item in items:
        if item.rotation is Rotation.BEST and len(item.creative_ids) > 1:
            compared[LOOKS_BACK_OF.get(item.pricing, LOOKS_BACK)].append(item)
    for span, listed in compared.items():
        first, chosen = _first(at=at, looks_back=span), [item.id for item in listed]
        decided = Served.objects.filter(line_item__in=chosen, day__gte=first.date())
        for item_id, ad_id, count in decided.values_list("line_item_id", "video_id").annotate(
            count=Sum("decision_count")
        ):
            found[item_id, ad_id] += Counted(count, 0)
        charged = ChargedAd.objects.filter(line_item__in=chosen, day__gte=first.date())
        for item_id, ad_id, count in charged.values_list("line_item_id", "video_id").annotate(
            count=Sum("charge_count")
        ):
            found[item_id, ad_id] += Counted(0, count)
    return found


def _first(*, at: dt.datetime, looks_back: dt.timedelta) -> dt.datetime:
    return dt.datetime.combine(at.date(), dt.time(), tzinfo=dt.UTC) - looks_back


def _counted(*, at: dt.datetime, looks_back: dt.timedelta) -> dict[UUID, Counted]:
    """Return how often each line item was decided for, and charged, in so many days."""
    first = _first(at=at, looks_back=looks_back)
    decided = Served.objects.filter(day__gte=first.date()).values_list("line_item_id")
    charged = Charge.objects.filter(charged_at__gte=first).values_list("line_item_id")
    served = dict(decided.annotate(count=Sum("decision_count")))
    seen = dict(charged.annotate(count=Sum("impression_count")))
    return {
        item_id: Counted(served.get(item_id, 0), seen.get(item_id, 0))
        for item_id in {*served, *seen}
    }
