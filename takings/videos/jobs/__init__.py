"""Background work on videos: preparing them (queue "video"), sweeping up lost uploads."""

from takings.videos.jobs.joining import join_creative, join_creatives
from takings.videos.jobs.prepare import prepare, prepare_video
from takings.videos.jobs.sweep import open_to_all, sweep_uploads

__all__ = [
    "join_creative",
    "join_creatives",
    "open_to_all",
    "prepare",
    "prepare_video",
    "sweep_uploads",
]
