"""What a segment of the event log tells of ads: read once, counted and charged."""

import datetime as dt

from takings.ads.actions.charging import charge_beacons
from takings.ads.actions.showings import count_showings
from takings.ads.models import ChargedSegment
from takings.ads.rules.judging import Beacon
from takings.ads.rules.pricing import EVENTS
from takings.ads.rules.showings import COUNTED, AdFact
from takings.events.queries import EventRow, segment_events

BROWSER = "browser"
"""The collector's class of a client that is neither a declared robot nor nameless."""


def charge_segment(*, segment: str, at: dt.datetime) -> ChargedSegment:
    """Charge what one segment shows was seen, and count what viewers did. Again changes nothing."""
    events = list(segment_events(segment=segment, types=COUNTED))
    count_showings(facts=map(_fact, events))
    beacons = [_beacon(event) for event in events if event.type in EVENTS]
    return charge_beacons(segment=segment, beacons=beacons, at=at)


def _fact(event: EventRow) -> AdFact:
    return AdFact(
        kind=event.type,
        token=event.ad or "",
        viewer_id=event.viewer_id,
        received_at=event.received_at,
        is_robot=event.ua_class != BROWSER,
    )


def _beacon(event: EventRow) -> Beacon:
    return Beacon(
        event_id=event.id,
        token=event.ad or "",
        viewer_id=event.viewer_id,
        received_at=event.received_at,
        is_robot=event.ua_class != BROWSER,
        of_machines=bool(event.net_class),
        event=event.type,
        watched_ms=event.watched_ms,
    )
