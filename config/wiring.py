"""Apps that may not know each other are joined here, where everything may be imported.

The feed (``audience``) lies below the events it would like to hear of.
"""

from procrastinate import App

from takings.audience.actions import mark_seen
from takings.audience.rules import SEEN_MS
from takings.events.jobs import after_shipping
from takings.events.queries import segment_events

WATCHING = ("heartbeat", "progress", "end")
TASK = "audience.mark_seen"


def join(app: App) -> None:
    """Tell the feed what was watched, once its events are in the lake."""
    app.task(name=TASK, queue="events", retry=10)(mark_segment_seen)

    def order(segment: str) -> None:
        app.configure_task(TASK).defer(segment=segment)

    after_shipping.append(order)


def mark_segment_seen(*, segment: str) -> None:
    """Remember whom a segment shows watching what; safe to repeat."""
    events = segment_events(segment=segment, types=WATCHING)
    mark_seen(
        sightings=(
            (event.viewer_id, event.video_id, event.received_at)
            for event in events
            if event.watched_ms >= SEEN_MS
        )
    )
