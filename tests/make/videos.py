"""Videos: tiny real clips (colour bars and a sine), and rows that went through the actions."""

import datetime as dt
import math
import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from takings.core import ids
from takings.people.models import Creator, User
from takings.videos import actions, queries
from takings.videos.actions import Details, Source
from takings.videos.models import Purpose, Track, Video
from takings.videos.rules import files
from takings.videos.rules.made import Made
from tests.make.people import NOON

_BARS = (
    (235, 235, 235),
    (235, 235, 16),
    (16, 235, 235),
    (16, 235, 16),
    (235, 16, 235),
    (235, 16, 16),
)


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a tiny clip looks and sounds like. ``tone_dbfs`` None leaves the sound out.

    ``rotation`` writes a display matrix: the player must turn the picture by so many degrees
    clockwise. ``irregular`` gives frames uneven times, as phones do in the dark.
    """

    seconds: float = 2.0
    size: tuple[int, int] = (180, 320)
    fps: int = 30
    tone_dbfs: float | None = -20.0
    rotation: int = 0
    irregular: bool = False
    video_codec: str = "libx264"
    pixels: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)


def make_clip(path: Path, clip: Clip | None = None) -> Path:
    """Write a clip; the suffix of ``path`` chooses the container."""
    clip = clip or Clip()
    sound_codec = "libopus" if path.suffix == ".webm" else "aac"
    with av.open(str(path), "w") as out:
        video = out.add_stream(clip.video_codec, rate=clip.fps)
        assert isinstance(video, av.VideoStream)
        video.width, video.height = clip.size
        video.pix_fmt = clip.pixels
        video.codec_context.time_base = Fraction(1, 1000)
        video.options = {"preset": "ultrafast", **clip.options}
        if clip.rotation:
            video.set_display_rotation(-clip.rotation)
        sound = out.add_stream(sound_codec, rate=48_000) if clip.tone_dbfs is not None else None
        for number, at_ms in enumerate(_times(clip)):
            frame = av.VideoFrame.from_ndarray(_bars(clip.size, number), format="rgb24")
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if sound is not None:
            assert isinstance(sound, av.AudioStream)
            for piece in _sine(clip):
                out.mux(sound.encode(piece))
            out.mux(sound.encode(None))
    return path


def _times(clip: Clip) -> list[int]:
    count = round(clip.seconds * clip.fps)
    step = 1000 / clip.fps
    wobble = step * 0.4 if clip.irregular else 0
    return [round(number * step + (wobble if number % 3 == 1 else 0)) for number in range(count)]


def _bars(size: tuple[int, int], number: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    for index, colour in enumerate(_BARS):
        picture[:, index * width // len(_BARS) : (index + 1) * width // len(_BARS)] = colour
    top = number * 4 % max(1, height - height // 8)
    picture[top : top + height // 8] = (16, 16, 16)  # a moving bar, so that frames differ
    return picture


def _sine(clip: Clip) -> list[av.AudioFrame]:
    assert clip.tone_dbfs is not None
    times = np.arange(round(clip.seconds * 48_000)) / 48_000
    wave = 10 ** (clip.tone_dbfs / 20) * np.sin(2 * math.pi * 997 * times)
    pieces = []
    for start in range(0, len(wave), 1024):
        samples = np.stack([wave[start : start + 1024]] * 2).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        pieces.append(frame)
    return pieces


def make_track(title: str = "Harbour Lights", *, holder: str = "north-records") -> Track:
    """Put a piece of music into the library."""
    return Track.objects.create(title=title, artist="The Cranes", holder=holder)


def make_uploading(
    creator: Creator, *, content: bytes, name: str = "clip.mp4", at: dt.datetime = NOON
) -> Video:
    """Announce a post; no byte has arrived yet."""
    return actions.start_upload(
        user=creator.user,
        source=Source(ids.uuid7(at=at), name, len(content)),
        purpose=Purpose.POST,
        details=Details("Low tide"),
        at=at,
    )


def make_quarantined(
    creator: Creator, *, content: bytes, name: str = "clip.mp4", at: dt.datetime = NOON
) -> Video:
    """Upload a whole post; its preparation is ordered but has not begun."""
    video = make_uploading(creator, content=content, name=name, at=at)
    actions.receive_bytes(video_id=video.pk, size_bytes=len(content), offset=0, piece=content)
    return actions.finish_upload(video_id=video.pk, at=at)


def make_video(
    creator: Creator,
    *,
    details: Details | None = None,
    duration_ms: int = 8_000,
    at: dt.datetime = NOON,
) -> Video:
    """Publish a post without encoding anything: fast, for tests that need rows, not pictures."""
    video_id = ids.uuid7(at=at)
    actions.start_upload(
        user=creator.user,
        source=Source(video_id, "clip.mp4", 4),
        purpose=Purpose.POST,
        details=details or Details("Low tide"),
        at=at,
    )
    return _published(video_id, duration_ms=duration_ms, at=at)


def make_creative(user: User, *, duration_ms: int = 6_000, at: dt.datetime = NOON) -> Video:
    """Publish an ad creative of a brand's member, without encoding anything."""
    video_id = ids.uuid7(at=at)
    actions.start_upload(
        user=user,
        source=Source(video_id, "clip.mp4", 4),
        purpose=Purpose.CREATIVE,
        details=Details("Northwind coats"),
        at=at,
    )
    return _published(video_id, duration_ms=duration_ms, at=at)


def _published(video_id: uuid.UUID, *, duration_ms: int, at: dt.datetime) -> Video:
    actions.receive_bytes(video_id=video_id, size_bytes=4, offset=0, piece=b"clip")
    actions.finish_upload(video_id=video_id, at=at)
    actions.begin_preparing(video_id=video_id, at=at)
    return actions.mark_ready(video_id=video_id, draft=make_draft(video_id, duration_ms), at=at)


def make_draft(video_id: uuid.UUID, duration_ms: int = 8_000) -> Path:
    """Write what the transcoder would have left: a folder with its account of the work."""
    draft = queries.video_folder(video_id) / "draft-test"
    draft.mkdir(parents=True)
    made = Made(
        duration_ms=duration_ms,
        width=1080,
        height=1920,
        has_audio=True,
        frames_per_second=30,
        gain_db=0.0,
        renditions=("1080p",),
    )
    (draft / files.MADE).write_text(made.to_json())
    (draft / files.MASTER).write_text("#EXTM3U\n")
    (draft / files.POSTER).write_bytes(b"RIFF0000WEBP")
    return draft
