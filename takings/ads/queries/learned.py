"""What predictions are learned from, what was learned, and what of it decides."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef

from takings.ads.models import (
    BilledImpression,
    LearnedRates,
    LearnedSwitch,
    LineItem,
    SampledDecision,
)
from takings.ads.rules.fitting import Example
from takings.ads.rules.lifts import Lifts, Where, from_json, hours_of
from takings.ads.rules.lines import SOLD, Pricing
from takings.ads.rules.tokens import Placement
from takings.ads.rules.training import LOOKS_BACK, SETTLED_AFTER, SETTLED_AFTER_OF, Verdict

MOST_EXAMPLES = 400_000
"""A training on so many takes ten seconds; of more, every second one is left out, or more."""
MOST_TRAININGS = 14
FRESH_FOR = dt.timedelta(days=3)
"""What nobody could train anew for so long decides no more."""


def examples_of(*, pricing: Pricing, at: dt.datetime) -> list[Example]:
    """Return the decisions of line items of one pricing of which it is known what came of them.

    What came is that it was charged and not given back. Evenly thinned if long.
    """
    midnight = dt.datetime.combine(at.date(), dt.time(), tzinfo=dt.UTC)
    until = midnight - SETTLED_AFTER_OF.get(pricing, SETTLED_AFTER)
    rows = SampledDecision.objects.filter(
        line_item__pricing=pricing, decided_at__gte=until - LOOKS_BACK, decided_at__lt=until
    )
    charged = BilledImpression.objects.filter(pk=OuterRef("pk"), invalid__isnull=True)
    every = -(-rows.count() // MOST_EXAMPLES) or 1
    listed = rows.annotate(happened=Exists(charged)).order_by("decided_at", "pk").iterator()
    return [_example(row, happened=row.happened) for row in islice(listed, 0, None, every)]


def _example(row: SampledDecision, *, happened: bool) -> Example:
    where = Where(
        placement=Placement(row.placement).word,
        device=row.device,
        hours=hours_of(row.decided_at),
        country=row.country,
        about=row.about,
    )
    return Example(
        day=row.decided_at.date(),
        item_id=row.line_item_id,
        where=where,
        base_ppm=row.base_ppm,
        weight_ppm=row.weight_ppm,
        happened=happened,
    )


def lifts_in_force(*, at: dt.datetime) -> dict[Pricing, Lifts]:
    """Return what places do, of each pricing of which that was learned and decides."""
    return {
        one.pricing: from_json(one.newest.learned["lifts"])
        for one in standings(at=at)
        if one.newest is not None and one.decides
    }


@dataclass(frozen=True, slots=True)
class LearnedStanding:
    """What predicts for line items of one pricing, and why."""

    pricing: Pricing
    newest: LearnedRates | None
    decides: bool
    why: str


def standings(*, at: dt.datetime) -> list[LearnedStanding]:
    """Return, for each pricing, whether what was learned decides, or empirical Bayes alone."""
    switch = newest_switch()
    is_on = switch is None or switch.is_on
    newest = LearnedRates.objects.order_by("pricing", "-trained_on").distinct("pricing")
    found = {Pricing(one.pricing): one for one in newest}
    return [_standing(one, found.get(one), is_on=is_on, at=at) for one in SOLD]


def newest_switch() -> LearnedSwitch | None:
    """Return what an operator set last; nothing when nobody ever did."""
    return LearnedSwitch.objects.select_related("switched_by").order_by("-pk").first()


def _standing(
    pricing: Pricing, newest: LearnedRates | None, *, is_on: bool, at: dt.datetime
) -> LearnedStanding:
    whys = {
        "An operator switched it off.": not is_on,
        "Nothing was learned yet; that happens every night.": newest is None,
        "The last training is more than three days old.": newest is not None
        and at - newest.trained_at > FRESH_FOR,
        "There were too few decisions, or too few of which anything came, to learn from.": newest
        is not None
        and newest.verdict == Verdict.TOO_LITTLE,
        "On the days held out it was not better than counting alone by more than chance.": newest
        is not None
        and newest.verdict == Verdict.NO_BETTER,
    }
    why = next((why for why, applies in whys.items() if applies), "")
    better = "On the days held out it was better than counting alone by more than chance."
    return LearnedStanding(pricing, newest, decides=not why, why=why or better)


def trainings(*, pricing: Pricing) -> list[LearnedRates]:
    """Return what was learned for a pricing in the last two weeks, the newest first."""
    listed = LearnedRates.objects.filter(pricing=pricing).defer("learned")
    return list(listed.order_by("-trained_on")[:MOST_TRAININGS])


def line_items_named(item_ids: Iterable[UUID]) -> dict[UUID, LineItem]:
    """Return line items with their campaigns, by id."""
    return LineItem.objects.select_related("campaign").in_bulk(set(item_ids))
