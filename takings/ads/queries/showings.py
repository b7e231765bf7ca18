"""What viewers did with a campaign's ads: by day, ad and place."""

from django.db.models import Count, F, Q

from takings.ads.models import Campaign, Showing
from takings.ads.rules.judging import Reason
from takings.ads.rules.showings import BITS, Watched
from takings.ads.rules.tokens import Placement


def watched(*, campaign: Campaign) -> list[Watched]:
    """Return what was told of a campaign's ads by UTC day, ad and place, the oldest day first.

    What does not count is left out: see ``left_out``.
    """
    told = Showing.objects.filter(campaign=campaign, ignored_why="")
    told = told.alias(**{f"is_{name}": F("kinds").bitand(bits) for name, bits in BITS.items()})
    rows = told.values("day", "video_id", "placement").annotate(
        **{name: Count("pk", filter=Q(**{f"is_{name}__gt": 0})) for name in BITS}
    )
    return [
        Watched(
            day=row["day"],
            creative_id=row["video_id"],
            placement=Placement(row["placement"]),
            **{name: row[name] for name in BITS},
        )
        for row in rows.order_by("day", "video_id", "placement")
    ]


def left_out(*, campaign: Campaign) -> int:
    """Return how often its brand's own people were shown a campaign's ads."""
    told = Showing.objects.filter(campaign=campaign, ignored_why=Reason.OWN_BRAND)
    started = told.alias(started=F("kinds").bitand(BITS["started"]))
    return started.filter(started__gt=0).count()
