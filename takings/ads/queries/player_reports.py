"""How ads do in players of other sites: how many began, how many failed, and why."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from takings.ads.models import Campaign, PlayerReport
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
    """What players of other sites told of one campaign's video in the last seven days."""

    campaign: Campaign
    creative_id: UUID
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
    """Return what was told of each campaign's video; alarms first, then the most failures."""
    told = PlayerReport.objects.filter(reported_at__gt=at - LOOKED_BACK)
    rows = list(
        told.values_list("campaign_id", "creative_id", "error_code").annotate(count=Count("pk"))
    )
    campaigns = Campaign.objects.select_related("brand").in_bulk({row[0] for row in rows})
    found: dict[tuple[UUID, UUID], Health] = {}
    for campaign_id, creative_id, code, count in rows:
        health = Health(campaigns[campaign_id], creative_id)
        found.setdefault((campaign_id, creative_id), health).counts[code] += count
    ordered = sorted(found.items(), key=lambda one: (-one[1].is_alarming, -one[1].failed, one[0]))
    return [health for _, health in ordered[:limit]]
