"""``videos.join_segments``: the one MP4 of an ad's video, for players that play no HLS.

A new ad has it when it is ready. Those that were ready before are found every hour, until none is
left; each is a job of its own, which writes beside the file and renames it at the end.
"""

import uuid
from contextlib import suppress
from pathlib import Path

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takings.videos import queries
from takings.videos.actions import NoRoom
from takings.videos.transcoder.__main__ import NO_ROOM
from takings.videos.transcoder.whole import join_segments


def join(folder: Path) -> None:
    """Write the one file of a finished clip. Raises ``NoRoom`` where the disk is full."""
    try:
        join_segments(folder)
    except OSError as fault:
        if fault.errno not in NO_ROOM:
            raise
        raise NoRoom from None


@app.task(name="videos.join_creative", queue="video", retry=3)
def join_creative(*, video_id: str) -> None:
    """Write the one file of an ad's video, unless it is there or the video is not any more."""
    folder = queries.served_folder(uuid.UUID(video_id))
    if folder.exists() and not queries.whole_bytes(uuid.UUID(video_id)):
        join(folder)


@app.task(name="videos.join_creatives", queue="default", queueing_lock="videos.join_creatives")
def join_creatives(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Order the one file of each ad's video that has none; safe to repeat."""
    for video_id in queries.creatives_to_join():
        order = join_creative.configure(
            lock=f"video:{video_id}", queueing_lock=f"videos.join_creative:{video_id}"
        )
        with suppress(AlreadyEnqueued), transaction.atomic():
            order.defer(video_id=str(video_id))
