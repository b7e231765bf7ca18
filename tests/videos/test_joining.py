"""An ad's one file: all of its largest rendition in MP4, index first, for players without HLS."""

from pathlib import Path

import av
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import ids
from takings.videos import actions, queries
from takings.videos.actions import Details, NoRoom, Source
from takings.videos.jobs import join_creative, join_creatives
from takings.videos.jobs.prepare import prepare
from takings.videos.models import Purpose, Status, Video
from tests.make.ads import make_advertiser
from tests.make.people import NOON, make_creator
from tests.make.videos import Clip, make_clip, make_creative, make_video
from tests.videos.asgi import send
from tests.videos.test_prepare import run_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("edge_in_test")]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("clips")
    return make_clip(folder / "clip.mp4", Clip(seconds=5.0, size=(360, 640))).read_bytes()


def prepared(content: bytes) -> Video:
    """Upload an ad's video and prepare it."""
    video_id = ids.uuid7(at=NOON)
    _, member = make_advertiser(f"Northwind {video_id}")
    actions.start_upload(
        user=member,
        source=Source(video_id, "clip.mp4", len(content)),
        purpose=Purpose.CREATIVE,
        details=Details("Coats"),
        at=NOON,
    )
    actions.receive_bytes(video_id=video_id, size_bytes=len(content), offset=0, piece=content)
    actions.finish_upload(video_id=video_id, at=NOON)
    video = prepare(video_id=video_id)
    assert video is not None
    assert video.status == Status.READY
    return video


def check_plays(path: Path) -> None:
    """Decode every picture and all sound; the index comes before what it names."""
    content = path.read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")
    assert b"moof" not in content
    with av.open(str(path)) as file:
        [picture], [sound] = file.streams.video, file.streams.audio
        assert (picture.width, picture.height) == (360, 640)
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert sum(1 for _ in file.decode(picture)) == 150
    with av.open(str(path)) as file:
        heard = sum(frame.samples for frame in file.decode(file.streams.audio[0]))
        assert 5 <= heard / 48_000 < 5.1


def test_an_ad_is_one_file_too_which_plays_and_is_sent_in_ranges(clip: bytes) -> None:
    video = prepared(clip)
    path = queries.served_folder(video.pk) / "whole.mp4"
    check_plays(path)
    content = path.read_bytes()
    url = f"/media/{video.pk}/whole.mp4"
    answer = send("GET", url)
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["content-type"] == "video/mp4"
    part = send("GET", url, headers={"Range": "bytes=32-131"})
    assert (part.status, part.body) == (206, content[32:132])
    assert queries.whole_bytes(video.pk) == len(content)
    actions.remove(video_id=video.pk, by=video.uploader, why="Over.", at=NOON)
    assert send("GET", url).status == 404


def test_ads_that_were_ready_before_get_theirs_by_the_hour_whatever_happened_to_the_last_try(
    clip: bytes,
) -> None:
    _, member = make_advertiser()
    video, broken, post = prepared(clip), make_creative(member), make_video(make_creator())
    folder = queries.served_folder(video.pk)
    (folder / "whole.mp4").unlink()
    part = folder / "whole.part"
    part.symlink_to("/dev/full")
    with pytest.raises(NoRoom):
        join_creative(video_id=str(video.pk))
    part.unlink()
    part.write_bytes(b"killed in the middle")
    assert queries.creatives_to_join() == sorted([video.pk, broken.pk])
    for _ in range(2):  # one that waits already is not ordered again
        join_creatives()
    run_worker()
    check_plays(folder / "whole.mp4")
    assert not part.exists()
    assert queries.whole_bytes(post.pk) == 0
    assert queries.creatives_to_join() == [broken.pk]  # its segments are gone: it fails by itself
    jobs = ProcrastinateJob.objects.filter(task_name="videos.join_creative")
    assert sorted(job.status for job in jobs if job.args["video_id"] == str(video.pk)) == [
        "succeeded"
    ]
    written = (folder / "whole.mp4").stat().st_mtime_ns
    join_creative(video_id=str(video.pk))
    assert (folder / "whole.mp4").stat().st_mtime_ns == written
