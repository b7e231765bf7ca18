"""The transcoder, on tiny real clips: what goes in, what comes out, and what is turned away."""

import itertools
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from takings.core.errors import Refusal
from takings.videos.rules import playlist, refusals
from takings.videos.rules.made import Made, read_made
from takings.videos.transcoder.loudness import Loudness
from takings.videos.transcoder.transcode import transcode
from tests.make.videos import Clip, make_clip


class Result:
    """A transcoded clip: the folder and the transcoder's account of it."""

    def __init__(self, folder: Path, made: Made, progress: list[int]) -> None:
        """Keep what one run left."""
        self.folder, self.made, self.progress = folder, made, progress

    def whole(self, name: str) -> Path:
        """Join a rendition's segments into one file that a player reads."""
        folder = self.folder / name
        joined = self.folder / f"{name}.mp4"
        segments = [each for each, _ in playlist.read_segments((folder / "index.m3u8").read_text())]
        pieces = [(folder / each).read_bytes() for each in ("init.mp4", *segments)]
        joined.write_bytes(b"".join(pieces))
        return joined


def run(path: Path) -> Result:
    folder = path.parent / "out"
    folder.mkdir()
    progress: list[int] = []
    made = transcode(path=path, draft=folder, report=progress.append)
    return Result(folder, made, progress)


def run_clip(tmp_path: Path, clip: Clip, name: str = "clip.mp4") -> Result:
    return run(make_clip(tmp_path / name, clip))


def pictures(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        yield from container.decode(container.streams.video[0])


def at(piece: "av.VideoFrame | av.Packet[av.VideoStream]") -> Fraction:
    assert piece.pts is not None
    assert piece.time_base is not None
    return piece.pts * piece.time_base


def loudness(path: Path) -> float | None:
    meter = Loudness()
    with av.open(str(path)) as container:
        meter.add(list(container.decode(container.streams.audio[0])))
    return meter.lufs()


def test_a_clip_becomes_hls_with_poster_and_preview(tmp_path: Path) -> None:
    result = run_clip(tmp_path, Clip(seconds=5.0))
    assert result.made == Made(
        duration_ms=5000,
        width=180,
        height=320,
        has_audio=True,
        frames_per_second=30,
        gain_db=result.made.gain_db,
        renditions=("180p",),
    )
    assert read_made((result.folder / "made.json").read_text()) == result.made
    master = (result.folder / "master.m3u8").read_text()
    assert 'CODECS="avc1.64' in master
    assert "mp4a.40.2" in master
    assert "RESOLUTION=180x320,FRAME-RATE=30.000\n180p/index.m3u8" in master
    segments = playlist.read_segments((result.folder / "180p/index.m3u8").read_text())
    assert segments == [("0.m4s", Fraction(2)), ("1.m4s", Fraction(2)), ("2.m4s", Fraction(1))]
    assert (result.folder / "poster.webp").read_bytes()[8:12] == b"WEBP"
    assert b"ANIM" in (result.folder / "preview.webp").read_bytes()[:64]
    assert result.progress == sorted(result.progress)
    assert result.progress[-1] == 9_800


def test_renditions_share_their_keyframes_and_are_never_larger_than_the_source(
    tmp_path: Path,
) -> None:
    result = run_clip(tmp_path, Clip(seconds=4.4, size=(720, 1280), fps=25))
    assert result.made.renditions == ("720p", "480p")
    keyframes = []
    for name in result.made.renditions:
        with av.open(str(result.whole(name))) as container:
            stream = container.streams.video[0]
            times = [at(packet) for packet in container.demux(stream) if packet.is_keyframe]
            keyframes.append([each - times[0] for each in times])
            assert stream.height in {1280, 854}
    assert keyframes[0] == keyframes[1] == [0, 2, 4]
    for name in result.made.renditions:
        seconds = [
            s for _, s in playlist.read_segments((result.folder / name / "index.m3u8").read_text())
        ]
        assert seconds == [2, 2, Fraction(2, 5)]


def test_every_segment_starts_with_a_keyframe_at_its_own_time(tmp_path: Path) -> None:
    result = run_clip(tmp_path, Clip(seconds=4.0))
    init = (result.folder / "180p/init.mp4").read_bytes()
    starts = []
    for number in (0, 1):
        alone = tmp_path / f"{number}.mp4"
        alone.write_bytes(init + (result.folder / f"180p/{number}.m4s").read_bytes())
        with av.open(str(alone)) as container:
            first = next(container.demux(container.streams.video[0]))
            assert first.is_keyframe
            starts.append(at(first))
    assert starts[1] - starts[0] == 2


@pytest.mark.parametrize("tone_dbfs", [-32.0, -6.0])
def test_loudness_ends_within_1_lu_of_minus_14(tmp_path: Path, tone_dbfs: float) -> None:
    result = run_clip(tmp_path, Clip(seconds=4.0, tone_dbfs=tone_dbfs))
    heard = loudness(result.whole("180p"))
    assert heard is not None
    assert abs(heard + 14) < 1


def test_gain_stops_at_20_db_and_silence_stays_silent(tmp_path: Path) -> None:
    assert run_clip(tmp_path, Clip(tone_dbfs=-60.0)).made.gain_db == 20.0
    silent = tmp_path / "silent"
    silent.mkdir()
    assert run_clip(silent, Clip(tone_dbfs=-140.0)).made.gain_db == 0.0


@pytest.mark.parametrize(
    ("rotation", "size"), [(90, (320, 180)), (180, (180, 320)), (270, (320, 180))]
)
def test_pictures_stand_upright(tmp_path: Path, rotation: int, size: tuple[int, int]) -> None:
    result = run_clip(tmp_path, Clip(size=size, rotation=rotation))
    assert (result.made.width, result.made.height) == (180, 320)
    shown = next(pictures(result.whole("180p")))
    assert shown.rotation == 0
    filmed = next(pictures(tmp_path / "clip.mp4")).to_ndarray(format="rgb24").astype(np.int16)
    turned = np.rot90(filmed, -rotation // 90)
    difference = np.abs(shown.to_ndarray(format="rgb24").astype(np.int16) - turned)
    assert difference.mean() < 6


def test_a_film_without_sound_works(tmp_path: Path) -> None:
    result = run_clip(tmp_path, Clip(tone_dbfs=None))
    assert not result.made.has_audio
    assert "mp4a" not in (result.folder / "master.m3u8").read_text()
    with av.open(str(result.whole("180p"))) as container:
        assert not container.streams.audio


def test_uneven_times_are_snapped_to_a_steady_rate(tmp_path: Path) -> None:
    result = run_clip(tmp_path, Clip(seconds=3.0, irregular=True))
    assert result.made.frames_per_second == 30
    times = [at(frame) for frame in pictures(result.whole("180p"))]
    steps = {later - earlier for earlier, later in itertools.pairwise(times)}
    assert steps == {Fraction(1, 30)}
    assert len(times) in {89, 90, 91}


@pytest.mark.parametrize(
    ("size", "upright"),
    [((320, 180), (320, 180)), ((181, 321), (180, 320)), ((66, 640), (66, 640))],
)
def test_landscape_odd_and_narrow_sizes_keep_their_shape(
    tmp_path: Path, size: tuple[int, int], upright: tuple[int, int]
) -> None:
    result = run_clip(tmp_path, Clip(size=size, video_codec="libvpx", tone_dbfs=None), "a.webm")
    assert (result.made.width, result.made.height) == upright


def test_webm_with_opus_becomes_h264_with_aac(tmp_path: Path) -> None:
    result = run_clip(
        tmp_path, Clip(video_codec="libvpx-vp9", options={"deadline": "realtime"}), "a.webm"
    )
    with av.open(str(result.whole("180p"))) as container:
        names = [stream.codec_context.name for stream in container.streams]
    assert names == ["h264", "aac"]


def test_high_dynamic_range_becomes_standard(tmp_path: Path) -> None:
    clip = Clip(
        video_codec="libx265",
        pixels="yuv420p10le",
        options={
            "x265-params": "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none"
        },
    )
    result = run_clip(tmp_path, clip)
    shown = next(pictures(result.whole("180p")))
    assert (shown.format.name, shown.color_trc, shown.colorspace) == ("yuv420p", 1, 1)


def test_sound_keeps_to_its_pictures(tmp_path: Path) -> None:
    """The tone lasts as long as the pictures, to a fraction of a frame."""
    result = run_clip(tmp_path, Clip(seconds=3.0))
    ends = {}
    with av.open(str(result.whole("180p"))) as container:
        for packet in container.demux():
            if packet.pts is not None and packet.duration:
                ends[packet.stream.type] = (packet.pts + packet.duration) * packet.time_base
    assert abs(ends["audio"] - ends["video"]) < Fraction(1, 15)


def damaged(content: bytes) -> bytes:
    spoiled = bytearray(content)
    start = content.index(b"mdat") + 8
    spoiled[start : len(spoiled) - 3000] = b"\x5a" * (len(spoiled) - 3000 - start)
    return bytes(spoiled)


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", refusals.EmptyFile),
        (PLAYLIST, refusals.NotAVideo),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 4000, refusals.NotAVideo),
        (bytes(range(256)) * 40, refusals.NotAVideo),
        (b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40, refusals.Damaged),
        (b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40, refusals.Damaged),
    ],
)  # fmt: skip
def test_files_that_are_no_videos_are_refused(
    tmp_path: Path, content: bytes, refusal: type[Refusal]
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(refusal):
        run(path)


def test_a_file_without_its_index_is_damaged(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(refusals.Damaged):
        run(path)


def test_a_file_cut_off_on_its_way_says_how_much_is_there(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    make_clip(path, Clip(seconds=6.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(refusals.CutOff, match="although it should last 6"):
        run(path)


def test_a_file_full_of_noise_between_good_boxes_is_damaged(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Clip(tone_dbfs=None))
    path.write_bytes(damaged(path.read_bytes()))
    with pytest.raises(refusals.Damaged):
        run(path)


def test_sound_alone_and_cover_art_are_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=48_000)
        assert isinstance(stream, av.AudioStream)
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        silence.sample_rate = 48_000
        out.mux(stream.encode(silence))
        out.mux(stream.encode(None))
    with pytest.raises(refusals.NoPictures):
        run(path)


def test_a_single_picture_is_too_short(tmp_path: Path) -> None:
    with pytest.raises(refusals.TooShort):
        run_clip(tmp_path, Clip(seconds=0.1))


def test_a_clip_beyond_three_minutes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(refusals.TooLong, match="longer than 180 s"):
        run_clip(tmp_path, Clip(seconds=183.0, size=(64, 64), fps=1, tone_dbfs=None))


def test_a_leap_in_time_does_not_make_a_bomb(tmp_path: Path) -> None:
    """Two pictures a year apart would become a billion copies of the first."""
    path = tmp_path / "leap.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30)
        assert isinstance(video, av.VideoStream)
        video.width = video.height = 64
        for pts in (0, 30, 30 * 31_536_000):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts, frame.time_base = pts, Fraction(1, 30)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    with pytest.raises(refusals.TooLong):
        run(path)


@pytest.mark.parametrize(
    ("size", "refusal"),
    [((4160, 64), refusals.TooManyPixels), ((48, 64), refusals.TooFewPixels)],
)
def test_sizes_outside_the_limits_are_refused_before_decoding(
    tmp_path: Path, size: tuple[int, int], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        run_clip(tmp_path, Clip(size=size, tone_dbfs=None, seconds=0.5))


def test_picture_codecs_outside_the_list_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(refusals.UnknownPictures, match="“ffv1”"):
        run_clip(tmp_path, Clip(video_codec="ffv1", tone_dbfs=None), "a.mkv")


def test_a_header_that_lies_about_the_size_cannot_hide_it(tmp_path: Path) -> None:
    """The container says 64×64; the pictures are what they are, at most their shape is believed."""
    path = make_clip(tmp_path / "clip.mp4", Clip(size=(200, 320), tone_dbfs=None))
    content = bytearray(path.read_bytes())
    width = content.index(b"avc1", content.index(b"stsd")) + 28
    struct.pack_into(">HH", content, width, 64, 64)
    path.write_bytes(content)
    assert run(path).made.height == 320
