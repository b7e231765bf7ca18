"""How often an ad that was chosen was then seen, from the counts of the last days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Sum

from takings.ads.models import Charge, Served
from takings.ads.rules.lines import LineItem, Pricing
from takings.ads.rules.rates import PRIOR_PPM, Counted, Rates, estimate_ppm

LOOKS_BACK = dt.timedelta(days=7)


def rates(items: Iterable[LineItem], *, at: dt.datetime) -> Rates:
    """Return the chance of each creative to be seen: everybody's, its advertiser's, its own.

    What is counted is a line item's; its creatives share it. Only what has the same pricing is
    compared: a click is rarer than a view.
    """
    listed = list(items)
    first = dt.datetime.combine(at.date(), dt.time(), tzinfo=dt.UTC) - LOOKS_BACK
    decided = Served.objects.filter(day__gte=first.date()).values_list("line_item_id")
    served = dict(decided.annotate(count=Sum("decision_count")))
    charged = Charge.objects.filter(charged_at__gte=first).values_list("line_item_id")
    seen = dict(charged.annotate(count=Sum("impression_count")))
    own = {}
    by_advertiser: defaultdict[tuple[Pricing, int], Counted] = defaultdict(lambda: Counted(0, 0))
    whole: defaultdict[Pricing, Counted] = defaultdict(lambda: Counted(0, 0))
    for item in listed:
        counted = Counted(served.get(item.id, 0), seen.get(item.id, 0))
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
                ],
                prior_ppm=PRIOR_PPM[item.pricing],
            )
            for item in listed
            for creative_id in item.creative_ids
        }
    )
