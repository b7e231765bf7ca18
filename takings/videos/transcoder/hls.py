"""One rendition written as HLS in fragmented MP4: encoders, muxer, and what came of it."""

import os
from fractions import Fraction
from pathlib import Path

import av

from takings.videos.rules import playlist
from takings.videos.rules.ladder import SEGMENT_SECONDS, Rendition
from takings.videos.rules.playlist import Variant
from takings.videos.transcoder.loudness import SAMPLE_RATE

_SOUND_BPS = 128_000
_BT709 = 1  # ITU-T H.273, for primaries, transfer and matrix alike
_LIMITED_RANGE = 1
_ENCODER_THREADS = min(4, os.cpu_count() or 1)


class HlsRendition:
    """Encodes one size of a clip into its folder."""

    def __init__(
        self, draft: Path, rendition: Rendition, *, frames_per_second: int, has_audio: bool
    ) -> None:
        """Open encoders and muxer; the folder is ``draft/<name>``."""
        self.rendition = rendition
        self._folder = draft / rendition.name
        self._folder.mkdir()
        self._frames_per_second = frames_per_second
        self._out = av.open(
            str(self._folder / "index.m3u8"),
            "w",
            format="hls",
            options={
                "hls_time": str(SEGMENT_SECONDS),
                "hls_playlist_type": "vod",
                "hls_segment_type": "fmp4",
                "hls_flags": "independent_segments",
                "hls_fmp4_init_filename": "init.mp4",
                "hls_segment_filename": str(self._folder / "%d.m4s"),
            },
        )
        self._video = self._add_video()
        self._audio = self._add_audio() if has_audio else None

    def _add_video(self) -> av.VideoStream:
        keyframes = SEGMENT_SECONDS * self._frames_per_second
        peak = self.rendition.peak_kbps
        stream = self._out.add_stream("libx264", rate=self._frames_per_second)
        stream.width, stream.height = self.rendition.size.width, self.rendition.size.height
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, self._frames_per_second)
        context.thread_count = _ENCODER_THREADS
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED_RANGE
        # keyframes at fixed frames and nowhere else: every rendition can be joined at each
        stream.options = {
            "preset": "veryfast",
            "profile": "high",
            "crf": "23",
            "maxrate": f"{peak}k",
            "bufsize": f"{peak * 3 // 2}k",
            "x264-params": f"keyint={keyframes}:min-keyint={keyframes}:scenecut=0:open-gop=0",
        }
        return stream

    def _add_audio(self) -> av.AudioStream:
        stream = self._out.add_stream("aac", rate=SAMPLE_RATE)
        stream.bit_rate = _SOUND_BPS
        stream.codec_context.time_base = Fraction(1, SAMPLE_RATE)
        return stream

    def add_picture(self, picture: av.VideoFrame | None) -> None:
        """Encode one picture; None ends the pictures."""
        self._out.mux(self._video.encode(picture))

    def add_sound(self, sound: av.AudioFrame | None) -> None:
        """Encode a piece of sound; None ends the sound."""
        if self._audio is not None:
            self._out.mux(self._audio.encode(sound))

    def close(self) -> None:
        """Flush the encoders and write the playlist's end."""
        self.add_picture(None)
        self.add_sound(None)
        self._out.close()

    def measured(self) -> Variant:
        """Return the master playlist's line, measured on the finished segments."""
        segments = [
            ((self._folder / name).stat().st_size, seconds)
            for name, seconds in playlist.read_segments((self._folder / "index.m3u8").read_text())
        ]
        peak, average = playlist.bit_rates(segments)
        init = (self._folder / "init.mp4").read_bytes()
        return Variant(
            name=self.rendition.name,
            size=self.rendition.size,
            frames_per_second=self._frames_per_second,
            codecs=playlist.codecs(init, has_audio=self._audio is not None),
            peak_bps=peak,
            average_bps=average,
        )
