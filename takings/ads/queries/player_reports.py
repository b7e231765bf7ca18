"""How ads do in players of other sites: how many began, how many failed, and why."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from takings.ads.models import Creative, PlayerReport
from takings.ads.rules.errors import BEGAN, error_meaning, is_alarming

LOOKED_BACK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason, and how many ads failed for it."""

    code: int
    count: int

    @property
    def meaning(self) -> str:
        """The reason in words."""
        return error_meaning(self.code)


@dataclass(slots=True)
class Health:
    """What players of other sites told of one ad of a campaign in the last seven days."""

    creative: Creative
    counts: Counter[int] = field(default_factory=Counter)

    @property
    def told(self) -> int:
        """Ads of which players told anything."""
        return self.counts.total()

    @property
    def failed(self) -> int:
        """Ads that failed."""
        return self.told - self.counts[BEGAN]

    @property
    def failed_percent(self) -> str:
        """How many of a hundred failed, rounded down to a tenth."""
        tenths = 1_000 * self.failed // self.told
        return f"{tenths // 10}.{tenths % 10} %"

    @property
    def is_alarming(self) -> bool:
        """Whether an operator should look at it."""
        return is_alarming(failed=self.failed, told=self.told)

    @property
    def failures(self) -> list[Failure]:
        """The reasons, the most frequent first."""
        return [Failure(code, count) for code, count in self.counts.most_common() if code != BEGAN]


def players_health(*, at: dt.datetime, limit: int = 200) -> list[Health]:
    """Return what was told of each ad of a campaign; alarms first, then the most failures."""
    told = PlayerReport.objects.filter(reported_at__gt=at - LOOKED_BACK)
    rows = list(
        told.values_list("campaign_id", "creative_id", "error_code").annotate(count=Count("pk"))
    )
    shown = Creative.objects.filter(campaign__in={campaign_id for campaign_id, *_ in rows})
    creatives = shown.select_related("campaign__brand")
    found = {(one.campaign_id, one.video_id): Health(one) for one in creatives}
    for campaign_id, video_id, code, count in rows:
        found[campaign_id, video_id].counts[code] += count
    told_of = [(key, health) for key, health in found.items() if health.told]
    ordered = sorted(told_of, key=lambda one: (-one[1].is_alarming, -one[1].failed, one[0]))
    return [health for _, health in ordered[:limit]]
