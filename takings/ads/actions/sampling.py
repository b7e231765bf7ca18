"""What forecasts replay and predictions learn from: written by ad servers, forgotten in time."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from takings.ads.models import SampledDecision, SampledRequest
from takings.ads.rules.forecast import KEPT_FOR, Sampled
from takings.ads.rules.lifts import Where
from takings.ads.rules.tokens import Placement
from takings.ads.rules.training import LEARNED_FROM


def record_sample(*, sample: Iterable[Sampled]) -> None:
    """Keep these requests. A statistic: a server that is killed loses those of half a minute."""
    SampledRequest.objects.bulk_create(
        SampledRequest(
            quarter_at=one.here.at,
            country=one.here.country,
            region=one.here.region,
            language=one.here.language,
            device=one.here.device,
            placement=Placement[one.here.placement.upper()],
            after_video_id=one.after_video_id,
            floor_micros=one.here.floor_micros,
            to_win_micros=one.to_win_micros,
            weight_ppm=one.weight_ppm,
        )
        for one in sample
    )


@dataclass(frozen=True, slots=True)
class DecidedDraft:
    """An ad that was chosen, as predictions know it; see :class:`~models.SampledDecision`."""

    decision_id: uuid.UUID
    line_item_id: uuid.UUID
    decided_at: dt.datetime
    where: Where
    base_ppm: int
    weight_ppm: int


def record_decisions(*, decided: Iterable[DecidedDraft]) -> None:
    """Keep these decisions; a statistic, as :func:`record_sample`."""
    SampledDecision.objects.bulk_create(
        SampledDecision(
            decision_id=one.decision_id,
            line_item_id=one.line_item_id,
            decided_at=one.decided_at,
            placement=Placement[one.where.placement.upper()],
            device=one.where.device,
            country=one.where.country,
            about=one.where.about,
            base_ppm=one.base_ppm,
            weight_ppm=one.weight_ppm,
        )
        for one in decided
    )


def forget_samples(*, at: dt.datetime) -> int:
    """Delete what is older than forecasts, or training, look back, and count it."""
    deleted, _ = SampledRequest.objects.filter(quarter_at__lt=at - KEPT_FOR).delete()
    old, _ = SampledDecision.objects.filter(decided_at__lt=at - LEARNED_FROM).delete()
    return deleted + old
