"""The sample of requests that forecasts replay: written by ad servers, forgotten in time."""

import datetime as dt
from collections.abc import Iterable

from takings.ads.models import SampledRequest
from takings.ads.rules.forecast import KEPT_FOR, Sampled
from takings.ads.rules.tokens import Placement


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


def forget_samples(*, at: dt.datetime) -> int:
    """Delete the requests that are older than forecasts look back, and count them."""
    deleted, _ = SampledRequest.objects.filter(quarter_at__lt=at - KEPT_FOR).delete()
    return deleted
