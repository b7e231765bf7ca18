"""Makes the MP4 of frames and samples: H.264 and AAC by PyAV, one thread, the same bytes again."""

import io
from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter

from takings.demo.rules.clips.canvas import FPS, HEIGHT, WIDTH, Frame
from takings.demo.rules.clips.tones import RATE, Samples

AUDIO_BLOCK = 1024  # samples of one AAC frame
BT709 = 1  # ITU-T H.273 code point for primaries, transfer and matrix
VIDEO = {"preset": "ultrafast", "crf": "26", "threads": "1"}


def film(*, frames: Iterable[Frame], samples: Samples) -> bytes:
    """Return the MP4 (540×960, 30 fps, 48 kHz stereo) of frames of any 9:16 size."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        picture = container.add_stream("libx264", rate=FPS, options=VIDEO)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = picture.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        sound = container.add_stream("aac", rate=RATE, layout="stereo")
        sound.bit_rate = 128_000
        fit = VideoReformatter()
        for number, frame in enumerate(frames):
            shot = _shot(frame, fit)
            shot.pts, shot.time_base = number, Fraction(1, FPS)
            container.mux(picture.encode(shot))
        container.mux(picture.encode(None))
        for start in range(0, len(samples), AUDIO_BLOCK):
            block = np.ascontiguousarray(samples[start : start + AUDIO_BLOCK].T)
            piece = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            piece.sample_rate, piece.pts, piece.time_base = RATE, start, Fraction(1, RATE)
            container.mux(sound.encode(piece))
        container.mux(sound.encode(None))
    return out.getvalue()


def _shot(frame: Frame, fit: VideoReformatter) -> av.VideoFrame:
    if frame.ndim == 2:
        return av.VideoFrame.from_ndarray(frame, format="yuv420p")
    shot = av.VideoFrame.from_ndarray(frame, format="rgb24")
    return fit.reformat(
        shot, WIDTH, HEIGHT, "yuv420p", dst_colorspace=Colorspace.ITU709, interpolation="BICUBIC"
    )
