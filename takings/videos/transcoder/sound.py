"""Sound on its way into the renditions: in time with the pictures, loud enough, never clipped."""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.filter import Graph

from takings.videos.transcoder.loudness import SAMPLE_RATE, Conform, pulled

_PEAK = "0.89"  # -1 dBFS, so that the encoder's ripples stay below full scale


class Sound:
    """Yields a clip's sound from 0 to its end: gaps filled, the rest cut off, gain applied."""

    def __init__(
        self, frames: Iterator[av.AudioFrame], *, start: Fraction, seconds: Fraction, gain_db: float
    ) -> None:
        """Read ``frames``; ``start`` is the source's time of the first picture."""
        self._frames = frames
        self._conform = Conform()
        self._start = round(start * SAMPLE_RATE)
        self._end = round(seconds * SAMPLE_RATE)
        self._graph = _chain(gain_db, self._end)
        self._waiting: list[av.AudioFrame] = []
        self._is_over = False

    def until(self, seconds: Fraction) -> Iterator[av.AudioFrame]:
        """Yield the sound up to a time, each piece once."""
        limit = seconds * SAMPLE_RATE
        while True:
            while self._waiting and (self._waiting[0].pts or 0) < limit:
                yield self._waiting.pop(0)
            if self._waiting or self._is_over:
                return
            self._read_on()

    def _read_on(self) -> None:
        frame = next(self._frames, None)
        if frame is None:
            self._is_over = True
            self._graph.push(None)
        else:
            for piece in self._conform.convert(frame):
                if piece.pts is not None and piece.time_base is not None:
                    at = round(piece.pts * piece.time_base * SAMPLE_RATE)
                    piece.pts, piece.time_base = at - self._start, Fraction(1, SAMPLE_RATE)
                self._graph.push(piece)
        self._waiting.extend(pulled(self._graph))


def _chain(gain_db: float, end: int) -> Graph:
    graph = Graph()
    nodes = [
        graph.add_abuffer(
            sample_rate=SAMPLE_RATE,
            format="fltp",
            layout="stereo",
            time_base=Fraction(1, SAMPLE_RATE),
        ),
        graph.add("aresample", f"{SAMPLE_RATE}:async=1:first_pts=0"),
        graph.add("apad", f"whole_len={end}"),
        graph.add("atrim", f"end_sample={end}"),
        graph.add("volume", f"{gain_db:.2f}dB"),
    ]
    if gain_db > 0:
        nodes.append(graph.add("alimiter", f"limit={_PEAK}:level=0:latency=1"))
    nodes.append(graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"))
    nodes.append(graph.add("abuffersink"))
    graph.link_nodes(*nodes)
    graph.configure()
    return graph
