"""The uploaded file: opened with care, surveyed once, then read as two streams of frames."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.stream import Disposition, Stream

from takings.videos.rules import intake, refusals
from takings.videos.rules.intake import Survey
from takings.videos.transcoder.loudness import Loudness

# Nothing but this one file: no network, no data references to other files.
_OPTIONS = {"protocol_whitelist": "file", "enable_drefs": "0"}
_FEW_FAULTS = 3  # a camera that lost power leaves one or two; players skip them, and so do we
_DECODER_THREADS = 2
_WIDEST_PIXEL = 4
_NAMELESS = "unknown"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the survey learned; ``start`` is the first picture's time, the zero of everything."""

    survey: Survey
    start: Fraction
    rate: Fraction | None
    sound_index: int | None
    loudness_lufs: float | None


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a file by its first bytes, never by its name. Refuses what cannot be opened."""
    with path.open("rb") as file:
        demuxer = intake.sniff_container(file.read(intake.SNIFF_BYTES))
    with refused_when_unreadable():
        container = av.open(str(path), "r", format=demuxer, options=_OPTIONS)
    with container:
        yield container


@contextmanager
def refused_when_unreadable() -> Iterator[None]:
    """Turn what FFmpeg says about its input into a refusal; wrap only reading and decoding."""
    try:
        yield
    except MemoryError as fault:  # av's own MemoryError is one, too
        raise refusals.TooMuchWork from fault
    except (av.FFmpegError, ValueError, RuntimeError) as fault:
        raise refusals.Damaged from fault


def picture_stream(container: InputContainer) -> av.VideoStream:
    """Return the first moving pictures (no cover art), checked before anything is decoded."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            codec = _codec_name(stream)
            if codec == _NAMELESS:  # the description of the pictures is missing or garbled
                raise refusals.Damaged
            intake.check_pictures(codec=codec, width=stream.width, height=stream.height)
            return stream
    raise refusals.NoPictures


def _codec_name(stream: Stream) -> str:
    context: object = stream.codec_context  # None for a codec that FFmpeg itself does not know
    return context.codec.canonical_name if isinstance(context, CodecContext) else _NAMELESS


def sound_index(container: InputContainer) -> int | None:
    """Return the index of the first sound that we decode; None for a silent film.

    Phones add a second, spatial track in codecs of their own; the first known one is the film's.
    """
    unknown = ""
    for stream in container.streams.audio:
        name = _codec_name(stream)
        if intake.is_known_sound(name):
            return stream.index
        unknown = unknown or name
    if unknown:
        raise refusals.UnknownSound(codec=unknown)
    return None


def survey(path: Path) -> Findings:
    """Read every packet once: count pictures, find the true length, measure loudness.

    Nothing that the header says is believed without this. Refuses everything that
    ``rules.intake`` refuses, and files that cannot be read.
    """
    with opened(path) as container:
        pictures = picture_stream(container)
        index = sound_index(container)
        streams: list[Stream] = (
            [pictures] if index is None else [pictures, container.streams[index]]
        )
        spans = {stream.index: _Span() for stream in streams}
        decoder, loudness = Decoder(), Loudness()
        for packet in _packets(container, streams):
            spans[packet.stream_index].note(packet)
            if packet.stream_index == index:
                loudness.add(decoder.decode(packet))
        promised_ms = (container.duration or 0) // 1000
        span = spans[pictures.index]  # read before closing: streams end with their container
    found_ms = max(
        round((span.end - min(span.first, Fraction(0))) * 1000) for span in spans.values()
    )
    checked = Survey(span.count, round((span.end - span.first) * 1000), found_ms, promised_ms)
    intake.check_survey(checked)
    heard = index if loudness.was_heard else None
    return Findings(checked, span.first, span.rate, heard, loudness.lufs())


class _Span:
    """From when to when a stream's packets reach, in seconds."""

    def __init__(self) -> None:
        self.count = 0
        self.first = self.last = self.end = Fraction(0)

    @property
    def rate(self) -> Fraction | None:
        """Pictures per second as found, None when there is only one."""
        return (self.count - 1) / (self.last - self.first) if self.last > self.first else None

    def note(self, packet: "av.Packet[Stream]") -> None:
        """Count one packet; refuses streams that grow too long or too dense."""
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or not packet.size or packet.is_discard:
            return
        base = Fraction(packet.time_base)
        begins, ends = at * base, (at + (packet.duration or 0)) * base
        if not self.count:
            self.first, self.last, self.end = begins, begins, ends
        self.count += 1
        self.first, self.last = min(self.first, begins), max(self.last, begins)
        self.end = max(self.end, ends)
        intake.check_still_short(round((self.end - self.first) * 1000))
        intake.check_packet_count(self.count)


def _packets(container: InputContainer, streams: Sequence[Stream]) -> "Iterator[av.Packet[Stream]]":
    packets = container.demux(*streams)
    while True:
        with refused_when_unreadable():
            packet = next(packets, None)
        if packet is None:
            return
        yield packet


def pixel_aspect(container: InputContainer) -> Fraction:
    """Return how much wider than high the picture's pixels are; nonsense counts as square."""
    aspect = picture_stream(container).sample_aspect_ratio
    if aspect is None or not Fraction(1, _WIDEST_PIXEL) <= aspect <= _WIDEST_PIXEL:
        return Fraction(1)
    return aspect


class Decoder:
    """Decodes packets, passing over a few damaged ones; refuses ``Damaged`` beyond that."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._packets = self._faults = 0

    def decode(self, packet: "av.Packet[Stream]") -> Sequence[object]:
        """Return the packet's frames, none when it is damaged."""
        self._packets += 1
        try:
            return packet.decode()
        except MemoryError as fault:
            raise refusals.TooMuchWork from fault
        except (av.FFmpegError, ValueError) as fault:
            self._faults += 1
            if self._faults > _FEW_FAULTS + self._packets // 100:
                raise refusals.Damaged from fault
            return []


def picture_frames(container: InputContainer) -> Iterator[av.VideoFrame]:
    """Yield decoded pictures in order; refuses damaged files and sizes outside the limits."""
    decoder, stream = Decoder(), picture_stream(container)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = _DECODER_THREADS
    for packet in _packets(container, [stream]):
        for frame in decoder.decode(packet):
            if isinstance(frame, av.VideoFrame):
                intake.check_picture_size(width=frame.width, height=frame.height)
                yield frame


def sound_frames(container: InputContainer, index: int) -> Iterator[av.AudioFrame]:
    """Yield decoded sound in order; refuses damaged files."""
    decoder = Decoder()
    for packet in _packets(container, [container.streams[index]]):
        yield from (frame for frame in decoder.decode(packet) if isinstance(frame, av.AudioFrame))
