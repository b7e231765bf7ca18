"""``videos.prepare_video``: from quarantine to ready, whatever dies on the way.

All work happens in a draft folder that one rename publishes; the row changes after the rename. An
attempt that finds published media only has to say so, any other begins anew.
"""

import datetime as dt
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from typing_extensions import override

from takings.core import clock
from takings.videos import actions, queries
from takings.videos.actions import NoRoom
from takings.videos.jobs.joining import join
from takings.videos.jobs.supervise import ChildFailed, run_child
from takings.videos.models import Purpose, Status, Video

ATTEMPTS = 3
_DRAFT = "draft-"
Clock = Callable[[], dt.datetime]


class AlreadyPreparing(Exception):  # noqa: N818 - no error: another worker is at it
    """Another process prepares this video now."""


class Patience(BaseRetryStrategy):
    """Two more attempts soon; a full disk is waited out however long it takes."""

    @override
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again; None is never."""
        if isinstance(exception, NoRoom | AlreadyPreparing):
            return RetryDecision(retry_in={"minutes": 2})
        if job.attempts + 1 < ATTEMPTS:
            return RetryDecision(retry_in={"seconds": 10 * (job.attempts + 1)})
        return None


@app.task(name="videos.prepare_video", queue="video", retry=Patience(), pass_context=True)
def prepare_video(context: JobContext, *, video_id: str) -> None:
    """Prepare one video; after the last failed attempt its uploader reads that we gave up."""
    try:
        prepare(video_id=uuid.UUID(video_id))
    except (NoRoom, AlreadyPreparing):
        raise
    except Exception:
        if context.job.attempts + 1 >= ATTEMPTS:
            actions.give_up(video_id=uuid.UUID(video_id), at=clock.now())
        raise


def prepare(*, video_id: uuid.UUID, now: Clock = clock.now) -> Video | None:
    """Prepare one video here and now; None when there is nothing to prepare (any more).

    Raises ``ChildFailed``, ``NoRoom`` and :class:`AlreadyPreparing`; all three leave the video
    as it is, for another attempt.
    """
    if actions.begin_preparing(video_id=video_id, at=now()) is None:
        return None
    with _alone(video_id) as lock:
        for stale in queries.video_folder(video_id).glob(f"{_DRAFT}*"):
            shutil.rmtree(stale, ignore_errors=True)
        if queries.served_folder(video_id).exists():
            return actions.mark_ready(video_id=video_id, draft=None, at=now())
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=queries.video_folder(video_id)))
        try:
            return _transcode(video_id, draft, lock=lock, now=now)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _transcode(video_id: uuid.UUID, draft: Path, *, lock: int, now: Clock) -> Video:
    def heard(progress_bp: int) -> bool:
        return actions.note_progress(video_id=video_id, progress_bp=progress_bp)

    source = queries.source_path(video_id)
    try:
        ending = run_child(source=source, draft=draft, lock=lock, heard=heard)
    except ChildFailed:
        removed = Video.objects.filter(pk=video_id, status=Status.REMOVED).first()
        if removed is None:
            raise
        return removed  # its files went while they were written
    if ending.is_made:
        if Video.objects.filter(pk=video_id, purpose=Purpose.CREATIVE).exists():
            join(draft)
        return actions.mark_ready(video_id=video_id, draft=draft, at=now())
    return actions.mark_refused(video_id=video_id, why=ending.refused_why, at=now())


@contextmanager
def _alone(video_id: uuid.UUID) -> Iterator[int]:
    """Hold the video's work lock; the kernel frees it when we and our child have ended."""
    path = queries.video_folder(video_id) / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyPreparing(str(video_id)) from None
    else:
        yield lock
    finally:
        os.close(lock)
