"""Background work of the demo: the present month, the clips, applause once they can be seen."""

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from takings.core import clock
from takings.demo import actions


@app.task(name="demo.live_on", queue="default", retry=RetryStrategy(max_attempts=3, wait=5))
def live_on() -> None:
    """Tell this month up to the instant of the seed; safe to repeat."""
    actions.live_on(at=clock.now())


@app.task(name="demo.render_clip", queue="video", retry=RetryStrategy(max_attempts=3, wait=5))
def render_clip(*, clip: str, video_id: str) -> None:
    """Draw one clip and hand it to the intake; safe to repeat."""
    actions.render_clip(clip=clip, video_id=uuid.UUID(video_id), at=clock.now())


@app.task(name="demo.applaud_clips", queue="video", retry=RetryStrategy(max_attempts=20, wait=15))
def applaud() -> None:
    """Let people like, give, hire, meet and show goods; again while some clips are not ready."""
    actions.applaud(at=clock.now())
    actions.give_gifts(at=clock.now())
    actions.make_deals(at=clock.now())
    actions.show_goods(at=clock.now())
    actions.open_rooms(at=clock.now())
