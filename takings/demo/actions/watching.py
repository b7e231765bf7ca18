"""Months of viewing: imagined, told in chapters, charged exactly like live events."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
from django.db import transaction

from takings.ads import actions as ads
from takings.ads.models import Campaign, ChargedSegment
from takings.ads.queries import line_items, line_items_of
from takings.ads.rules.auction import NobodyWon, decide
from takings.ads.rules.forecast import Sampled, price_to_win, without_person
from takings.ads.rules.lines import Opportunity
from takings.ads.rules.serving import FEED
from takings.ads.rules.snapshot import Bid, build_snapshot
from takings.ads.rules.tokens import Decision
from takings.core import clock, ids
from takings.demo.rules.activity import Breaks, Viewing, World, days, joined, watch_day
from takings.demo.rules.months import Chapter
from takings.demo.rules.records import Shot, ad_events, view_events
from takings.events import actions as events
from takings.money import Money

SERVER = "demo"
LEASED_BEFORE = 150  # views; a lease is for twice as many
WHOLE_BREAK_MS = 8_000
CLICKED_AFTER_MS, CLICKED_EVERY = 2_500, 45
A_DAY = dt.timedelta(days=1)
LEASES_CLOSE = dt.timedelta(hours=3)  # by then no beacon of a lease can still come


@dataclass(frozen=True, slots=True)
class Story:
    """What was watched in some chapters, and the ad breaks in it, by time."""

    world: World
    viewing: Viewing
    breaks: Breaks


def imagine(*, world: World, starts_at: dt.datetime, ends_at: dt.datetime) -> Story:
    """Return the viewing whose news arrives in [``starts_at``, ``ends_at``).

    Sessions that began the evening before belong to it with what arrives after midnight.
    """
    first_ms, until_ms = clock.to_ms(starts_at), clock.to_ms(ends_at)
    told = [watch_day(world, day=day) for day in days(starts_at=starts_at - A_DAY, ends_at=ends_at)]
    viewing = joined([day for day, _ in told])
    breaks = Breaks(*(np.concatenate(column) for column in zip(*(b for _, b in told), strict=True)))
    breaks = breaks.where(np.argsort(breaks.start_ms, kind="stable"))
    over_ms = breaks.start_ms + WHOLE_BREAK_MS
    received = viewing.received_ms
    return Story(
        world,
        viewing.where((received >= first_ms) & (received < until_ms)),
        breaks.where((over_ms >= first_ms) & (over_ms < until_ms)),
    )


def tell_chapter(
    chapter: Chapter, *, story: Story, campaigns: Sequence[Campaign], now: dt.datetime
) -> None:
    """Write a chapter's events to the lake, one segment, and charge its ads; again does nothing.

    Ads are decided by the ad server's own rules and paid from leases; what it did not use
    goes back to the brand.
    """
    if ChargedSegment.objects.filter(name=chapter.name).exists():
        return
    first_ms, last_ms = clock.to_ms(chapter.starts_at), clock.to_ms(chapter.ends_at)
    received, over = story.viewing.received_ms, story.breaks.start_ms + WHOLE_BREAK_MS
    viewing = story.viewing.where((received >= first_ms) & (received < last_ms))
    breaks = story.breaks.where((over >= first_ms) & (over < last_ms))
    shots, sample = _decide(breaks, chapter=chapter, story=story, campaigns=campaigns)
    table = pa.concat_tables(
        [
            view_events(viewing, world=story.world, seed=[first_ms // 1000]),
            ad_events(shots, world=story.world, seed=[first_ms // 1000, 1]),
        ]
    )
    events.append_events(table=table, segment=chapter.name, at=chapter.ends_at)
    with transaction.atomic():
        ads.charge_segment(segment=chapter.name, at=chapter.ends_at)
        _count(shots)
        ads.record_sample(sample=sample)
    ads.return_leases(at=min(chapter.ends_at + LEASES_CLOSE, now))


class Purse:
    """What a chapter's ad server holds: for each line item its newest lease and what is left."""

    def __init__(self, *, chapter: Chapter) -> None:
        """Begin with nothing."""
        self._chapter = chapter
        self._leases: dict[uuid.UUID, tuple[uuid.UUID, int]] = {}
        self._taken: Counter[uuid.UUID] = Counter()

    def reserve(self, bid: Bid, price_micros: int, *, at: dt.datetime) -> uuid.UUID | None:
        """Return the lease that pays for one view, leasing more when it is used up."""
        item_id = bid.item.id
        lease_id, left = self._leases.get(item_id, (None, 0))
        if lease_id is None or left < price_micros:
            self._taken[item_id] += 1
            number = self._taken[item_id]
            request_id = ids.derived("demo lease", item_id, self._chapter.name, number)
            request = ads.LeaseRequest(request_id, SERVER, used_before=LEASED_BEFORE)
            try:
                lease = ads.lease_budget(line_item_id=item_id, request=request, at=at)
            except ads.NothingLeft:
                return None
            lease_id, left = lease.pk, lease.amount_micros
        self._leases[item_id] = (lease_id, left - price_micros)
        return lease_id


def _decide(
    breaks: Breaks, *, chapter: Chapter, story: Story, campaigns: Sequence[Campaign]
) -> tuple[list[Shot], list[Sampled]]:
    """Take the decisions of a chapter as the ad server takes them, sign each, sample all."""
    items = [item for one in campaigns for item in line_items_of(campaign=one)]
    snapshot = build_snapshot(line_items(items, at=chapter.starts_at))
    currency_of = {campaign.pk: campaign.currency for campaign in campaigns}
    everybody, posts = story.world.everybody, story.world.posts
    purse, ring = Purse(chapter=chapter), ads.key_ring()
    shots, sample = [], []
    for number, (decided_ms, who, post, seen_ms) in enumerate(breaks.rows()):
        watcher, at = everybody[who], clock.from_ms(decided_ms)
        here = Opportunity(at=at, draw=number, country=watcher.country, placement=FEED)
        won = decide(snapshot, here=here, reserve=partial(purse.reserve, at=at))
        to_win = price_to_win(won, floor_micros=here.floor_micros)
        sample.append(Sampled(without_person(here), to_win, posts[post].video_id))
        if isinstance(won, NobodyWon):
            continue
        entropy = ids.derived("demo decision", chapter.name, number).int
        decision = Decision(
            decision_id=ids.uuid7(at=at, entropy=entropy),
            campaign_id=won.item.campaign_id,
            lease_id=won.lease_id,
            creative_id=won.creative_id,
            after_video_id=posts[post].video_id,
            viewer_id=watcher.viewer_id,
            price=Money(won.price_micros, currency_of[won.item.campaign_id]),
            country=watcher.country,
        )
        is_clicked = seen_ms > CLICKED_AFTER_MS and entropy % CLICKED_EVERY == 0
        shots.append(Shot(decision, ring.sign(decision), who, seen_ms, is_clicked))
    return shots, sample


def _count(shots: Sequence[Shot]) -> None:
    """Keep the statistics that ad servers write: decisions won, and clicks.

    Each campaign has one line item here, which has its id.
    """
    served = Counter(
        ads.served_key(shot.decision, line_item_id=shot.decision.campaign_id) for shot in shots
    )
    if served:
        ads.count_served(counts=served)
    ads.record_clicks(
        clicks=[
            ads.ClickDraft(
                decision=shot.decision,
                clicked_at=shot.decision.issued_at + dt.timedelta(milliseconds=shot.seen_ms),
            )
            for shot in shots
            if shot.is_clicked
        ]
    )
