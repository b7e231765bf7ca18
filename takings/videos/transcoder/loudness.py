"""Sound in one shape (48 kHz stereo), and how loud it is (EBU R 128)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from av.filter import Graph

SAMPLE_RATE = 48_000
_LOUDNESS_KEY = "lavfi.r128.I"


class Conform:
    """Brings sound of any rate, format and layout, even one that changes midway, into one shape."""

    def __init__(self) -> None:
        """Begin without knowing the shape that comes in."""
        self._shape: tuple[int, str, str] | None = None
        self._resampler: av.AudioResampler | None = None

    def convert(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        """Return what the frame becomes; times stay."""
        shape = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._resampler is None or shape != self._shape:
            self._shape = shape
            self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        return self._resampler.resample(frame)


class Loudness:
    """Integrated loudness of everything added."""

    def __init__(self) -> None:
        """Begin in silence."""
        self.was_heard = False
        self._conform = Conform()
        self._samples = 0
        self._meter = meter = Graph()
        meter.link_nodes(
            meter.add_abuffer(
                sample_rate=SAMPLE_RATE,
                format="fltp",
                layout="stereo",
                time_base=Fraction(1, SAMPLE_RATE),
            ),
            meter.add("ebur128", "metadata=1"),
            meter.add("abuffersink"),
        )
        meter.configure()
        self._lufs: float | None = None

    def add(self, frames: Sequence[object]) -> None:
        """Listen to decoded frames."""
        for frame in frames:
            if isinstance(frame, av.AudioFrame):
                for piece in self._conform.convert(frame):
                    piece.pts, piece.time_base = self._samples, Fraction(1, SAMPLE_RATE)
                    self._samples += piece.samples
                    self._meter.push(piece)
                self._read()

    def lufs(self) -> float | None:
        """Return the loudness in LUFS, None when nothing was heard."""
        if self.was_heard:
            self._meter.push(None)
            self._read()
        return self._lufs

    def _read(self) -> None:
        for heard in pulled(self._meter):
            self.was_heard = True
            if _LOUDNESS_KEY in heard.metadata:  # once every 100 ms
                self._lufs = float(heard.metadata[_LOUDNESS_KEY])


def pulled(graph: Graph) -> Iterator[av.AudioFrame]:
    """Yield what a sound graph has ready."""
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        if isinstance(frame, av.AudioFrame):
            yield frame
