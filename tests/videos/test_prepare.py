"""Preparing videos: the job, its child process, and everything that can die on the way."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.videos import actions, queries
from takings.videos.jobs import supervise
from takings.videos.jobs.prepare import AlreadyPreparing, prepare
from takings.videos.jobs.supervise import ChildFailed
from takings.videos.models import Status, Video
from takings.videos.rules.refusals import GaveUp, NotAVideo, TooMuchWork
from takings.videos.transcoder.__main__ import main
from tests.make.people import NOON, make_creator
from tests.make.videos import Clip, make_clip, make_draft, make_quarantined

pytestmark = pytest.mark.django_db(transaction=True)
ALL_STEPS = ["uploading", "quarantined", "transcoding", "ready"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4").read_bytes()


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a clip whose encoding takes long enough to be interrupted."""
    long = Clip(seconds=12, size=(720, 1280), fps=5, tone_dbfs=None)
    return make_clip(tmp_path_factory.mktemp("clips") / "long.mp4", long).read_bytes()


def steps_of(video: Video) -> list[str]:
    return list(video.steps.values_list("status", flat=True))


def run_worker() -> None:
    """Let a real worker do everything that waits in the video queue, then stop."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(
            queues=["video"], wait=False, listen_notify=False, install_signal_handlers=False
        )


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        threading.Event().wait(0.02)


def has_first_segment(video: Video) -> bool:
    return any(queries.video_folder(video.pk).glob("draft-*/*/0.m4s"))


def transcoders_of(process: int) -> list[int]:
    """Return the transcoders that a process has started."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    children = [number for task in tasks for number in (task / "children").read_text().split()]
    return [
        int(number)
        for number in children
        if b"takings.videos.transcoder" in Path(f"/proc/{number}/cmdline").read_bytes()
    ]


def has_ended(process: int) -> bool:
    """Tell whether the last thread of a process has let go of its files, and so of its locks."""
    for thread in Path(f"/proc/{process}/task").glob("*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if thread.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}:
                return False
    return True


def in_the_middle(video: Video, act: Callable[[int], object]) -> threading.Thread:
    """Do something to the transcoder of this process once it has written its first segment."""

    def watch() -> None:
        wait_for(lambda: has_first_segment(video))
        [number] = transcoders_of(os.getpid())
        act(number)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_a_worker_prepares_what_was_uploaded(clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=clip)
    run_worker()
    video.refresh_from_db()
    assert (video.status, video.progress_bp) == (Status.READY, 10_000)
    assert (video.width, video.height, video.has_audio) == (180, 320, True)
    assert 1_950 <= video.duration_ms <= 2_050
    assert video.published_at is not None
    assert steps_of(video) == ALL_STEPS
    names = {path.name for path in queries.video_folder(video.pk).iterdir()}
    assert names == {"source", "served", "lock"}
    assert ProcrastinateJob.objects.get(queue_name="video").status == "succeeded"


def test_progress_is_written_while_it_happens(long_clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=long_clip)
    seen: list[int] = []

    def watch(number: int) -> None:
        while Path(f"/proc/{number}/task").exists() and len(set(seen)) < 3:
            seen.append(Video.objects.values_list("progress_bp", flat=True).get(pk=video.pk))
            threading.Event().wait(0.1)
        connection.close()

    watcher = in_the_middle(video, watch)
    prepare(video_id=video.pk)
    watcher.join()
    assert len(set(seen)) == 3
    assert seen == sorted(seen)


def test_preparing_twice_changes_nothing(clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=clip)
    prepare(video_id=video.pk)
    served = queries.served_folder(video.pk)
    before = {path: path.stat().st_mtime_ns for path in served.rglob("*")}
    assert prepare(video_id=video.pk) is None
    assert {path: path.stat().st_mtime_ns for path in served.rglob("*")} == before
    assert steps_of(video) == ALL_STEPS


def test_a_bad_file_is_refused_with_a_sentence_and_kept() -> None:
    content = b"#EXTM3U\n#EXTINF:2,\nhttp://localhost/x.ts\n"
    video = make_quarantined(make_creator(), content=content)
    run_worker()
    video.refresh_from_db()
    assert (video.status, video.refused_why) == (Status.REFUSED, str(NotAVideo()))
    assert queries.source_path(video.pk).read_bytes() == content
    assert not queries.served_folder(video.pk).exists()
    assert ProcrastinateJob.objects.get(queue_name="video").status == "succeeded"


def test_a_killed_transcoder_leaves_nothing_half_done_and_the_next_attempt_finishes(
    long_clip: bytes,
) -> None:
    video = make_quarantined(make_creator(), content=long_clip)
    killer = in_the_middle(video, lambda number: os.kill(number, signal.SIGKILL))
    with pytest.raises(ChildFailed, match="-9"):
        prepare(video_id=video.pk)
    killer.join()
    video.refresh_from_db()
    assert video.status == Status.TRANSCODING
    assert not queries.served_folder(video.pk).exists()
    prepare(video_id=video.pk)
    video.refresh_from_db()
    assert video.status == Status.READY
    assert steps_of(video) == ALL_STEPS


def database_url() -> str:
    facts = connection.settings_dict
    return (
        f"postgresql://{facts['USER']}@/{facts['NAME']}?host={facts['HOST']}&port={facts['PORT']}"
    )


WORKER = """
import sys, uuid, django
django.setup()
from takings.videos.jobs.prepare import prepare
prepare(video_id=uuid.UUID(sys.argv[1]))
"""


@pytest.mark.processes
def test_a_killed_worker_takes_its_transcoder_along_and_loses_nothing(long_clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=long_clip)
    environment = {**os.environ, "DATABASE_URL": database_url()}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(video.pk)], env=environment)
    wait_for(lambda: has_first_segment(video))
    [transcoder] = transcoders_of(worker.pid)
    worker.kill()
    worker.wait()
    wait_for(lambda: has_ended(transcoder))
    assert not queries.served_folder(video.pk).exists()
    prepare(video_id=video.pk)
    video.refresh_from_db()
    assert video.status == Status.READY
    assert not list(queries.video_folder(video.pk).glob("draft-*"))


def test_media_published_by_an_attempt_that_died_are_adopted() -> None:
    video = make_quarantined(make_creator(), content=b"not even a video")
    actions.begin_preparing(video_id=video.pk, at=NOON)
    make_draft(video.pk).rename(queries.served_folder(video.pk))  # then the power went out
    prepare(video_id=video.pk)
    video.refresh_from_db()
    assert (video.status, video.duration_ms) == (Status.READY, 8_000)


def test_a_video_removed_midway_stops_its_transcoder(long_clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=long_clip)

    def remove(number: int) -> None:
        assert number
        actions.remove(video_id=video.pk, by=video.uploader, why="Changed my mind.", at=NOON)
        connection.close()

    remover = in_the_middle(video, remove)
    prepare(video_id=video.pk)
    remover.join()
    video.refresh_from_db()
    assert video.status == Status.REMOVED
    assert not transcoders_of(os.getpid())
    assert not queries.served_folder(video.pk).exists()


def test_a_transcoder_whose_files_were_removed_under_it_is_no_failure(long_clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=long_clip)

    def remove(number: int) -> None:
        os.kill(number, signal.SIGSTOP)
        actions.remove(video_id=video.pk, by=video.uploader, why="Changed my mind.", at=NOON)
        connection.close()
        os.kill(number, signal.SIGKILL)

    remover = in_the_middle(video, remove)
    prepared = prepare(video_id=video.pk)
    remover.join()
    assert prepared is not None
    assert prepared.status == Status.REMOVED


def test_a_file_that_eats_its_processor_time_is_refused(long_clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=long_clip)
    killer = in_the_middle(video, lambda number: os.kill(number, signal.SIGXCPU))
    prepare(video_id=video.pk)
    killer.join()
    video.refresh_from_db()
    assert (video.status, video.refused_why) == (Status.REFUSED, str(TooMuchWork()))


def test_a_transcoder_that_hangs_is_ended(
    long_clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = make_quarantined(make_creator(), content=long_clip)
    monkeypatch.setattr(supervise, "SILENT_SECONDS", 2.0)
    stopper = in_the_middle(video, lambda number: os.kill(number, signal.SIGSTOP))
    with pytest.raises(ChildFailed):
        prepare(video_id=video.pk)
    stopper.join()
    assert not transcoders_of(os.getpid())


def test_two_workers_never_prepare_the_same_video(clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=clip)
    with (queries.video_folder(video.pk) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AlreadyPreparing):
            prepare(video_id=video.pk)
    video.refresh_from_db()
    assert video.status == Status.TRANSCODING
    prepare(video_id=video.pk)
    video.refresh_from_db()
    assert video.status == Status.READY


def test_after_three_failures_of_ours_the_uploader_may_try_again(clip: bytes) -> None:
    video = make_quarantined(make_creator(), content=clip)
    source = queries.source_path(video.pk)
    source.rename(source.with_name("lost"))  # a disk that is not mounted
    for attempt in (1, 2, 3):
        video.refresh_from_db()
        assert video.status != Status.REFUSED, f"gave up before attempt {attempt}"
        run_worker()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    video.refresh_from_db()
    assert (video.status, video.refused_why) == (Status.REFUSED, str(GaveUp()))
    source.with_name("lost").rename(source)
    actions.prepare_again(video_id=video.pk, by=video.uploader, at=NOON)
    run_worker()
    video.refresh_from_db()
    assert (video.status, video.refused_why) == (Status.READY, "")


def test_the_child_says_how_it_ended(
    tmp_path: Path, clip: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    (tmp_path / "clip.mp4").write_bytes(clip)
    main(tmp_path / "clip.mp4", draft)
    *progress, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert all(set(line) == {"progress_bp"} for line in progress)
    assert last == {"made": True}
    (tmp_path / "empty.mp4").touch()
    main(tmp_path / "empty.mp4", draft)
    assert json.loads(capsys.readouterr().out)["code"] == "empty_file"
