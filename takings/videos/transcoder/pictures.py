"""Pictures on their way into the renditions: upright, in step, in size, in standard colours."""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.filter import Graph
from av.filter.context import FilterContext

from takings.videos.rules.ladder import Rendition, Size

_TURNS = {90: ("cclock",), 180: ("cclock", "cclock"), 270: ("clock",)}
_PQ, _HLG = 16, 18  # transfer characteristics of ITU-T H.273
_TRANSFERS = {_PQ: "smpte2084", _HLG: "arib-std-b67"}
_UNSPECIFIED = 2
_HD_LINES = 720


def upright_size(frame: av.VideoFrame, aspect: Fraction) -> Size:
    """Return a picture's size as it is to be seen: square pixels, turned as the camera says."""
    width = max(1, round(frame.width * aspect))
    if frame.rotation % 180:
        return Size(frame.height, width)
    return Size(width, frame.height)


class Pictures:
    """One graph that turns each decoded picture into one for every rendition.

    The larger feeds the smaller: 480p is scaled from 720p, which costs a third of scaling all
    from the source.
    """

    def __init__(
        self,
        first: av.VideoFrame,
        renditions: tuple[Rendition, ...],
        *,
        start: Fraction,
        frames_per_second: int,
    ) -> None:
        """Build the graph for pictures shaped like ``first``; ``start`` becomes time 0."""
        self._shape = (first.width, first.height, first.format.name)
        self._start = start
        self._graph = graph = Graph()
        self._source = graph.add("buffer", _buffer_arguments(first))
        self._sinks: list[FilterContext] = []
        node = self._source
        for name, arguments in _preparation(first, renditions[0].size, frames_per_second):
            node = _after(node, graph.add(name, arguments))
        for rendition in renditions[1:]:
            fork = _after(node, graph.add("split", "2"))
            self._sinks.append(_after(fork, graph.add("buffersink")))
            size = rendition.size
            node = graph.add("scale", f"{size.width}:{size.height}:flags=bicubic")
            fork.link_to(node, 1, 0)
        self._sinks.append(_after(node, graph.add("buffersink")))
        graph.configure()

    def push(self, frame: av.VideoFrame | None) -> Iterator[tuple[av.VideoFrame, ...]]:
        """Take one decoded picture (None: the end) and yield sets of one per rendition."""
        if frame is not None:
            frame = self._in_shape(frame)
            if frame.pts is not None and frame.time_base is not None:
                frame.pts -= round(self._start / frame.time_base)
        self._source.push(frame)
        while True:
            try:
                pictures = [sink.pull() for sink in self._sinks]
            except (av.BlockingIOError, av.EOFError):
                return
            yield tuple(picture for picture in pictures if isinstance(picture, av.VideoFrame))

    def _in_shape(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the picture as large as the first: a phone turned midway changes sizes."""
        if (frame.width, frame.height, frame.format.name) == self._shape:
            return frame
        width, height, pixels = self._shape
        return frame.reformat(width=width, height=height, format=pixels)


def _after(node: FilterContext, following: FilterContext) -> FilterContext:
    node.link_to(following)
    return following


def _buffer_arguments(first: av.VideoFrame) -> str:
    base = first.time_base or Fraction(1, 1000)
    return (
        f"video_size={first.width}x{first.height}:pix_fmt={first.format.name}"
        f":time_base={base.numerator}/{base.denominator}:pixel_aspect=1/1"
        f":colorspace={first.colorspace}:range={first.color_range}"
    )


def _preparation(
    first: av.VideoFrame, top: Size, frames_per_second: int
) -> Iterator[tuple[str, str]]:
    """Yield the filters that every rendition shares, as (name, arguments)."""
    yield "fps", f"{frames_per_second}:start_time=0:round=near"
    turns = _TURNS.get(first.rotation % 360, ())
    lying = len(turns) == 1
    width, height = (top.height, top.width) if lying else (top.width, top.height)
    yield "scale", f"{width}:{height}:flags=bicubic:{_colours(first)}"
    for turn in turns:
        yield "transpose", turn
    yield "format", "yuv420p"
    yield "setsar", "1"


def _colours(first: av.VideoFrame) -> str:
    """Return the scaler's options that end in BT.709, limited range, standard dynamic range."""
    out = "out_color_matrix=bt709:out_range=tv"
    if transfer := _TRANSFERS.get(first.color_trc):
        return (
            f"in_transfer={transfer}:in_primaries=bt2020:in_color_matrix=bt2020"
            f":{out}:out_transfer=bt709:out_primaries=bt709"
        )
    if first.colorspace == _UNSPECIFIED:
        matrix = "bt709" if min(first.width, first.height) >= _HD_LINES else "smpte170m"
        return f"in_color_matrix={matrix}:{out}"
    return out
