"""What viewers did with a campaign's ads: by day, ad and place."""

from django.db.models import Count, F, Q

from takings.ads.models import Campaign, Showing
from takings.ads.rules.showings import BITS, Watched
from takings.ads.rules.tokens import Placement


def watched(*, campaign: Campaign) -> list[Watched]:
    """Return what was told of a campaign's ads by UTC day, ad and place, the oldest day first."""
    told = Showing.objects.filter(campaign=campaign)
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
