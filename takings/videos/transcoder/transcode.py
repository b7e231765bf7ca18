"""The work itself: survey, then one pass of decoding that feeds every rendition at once."""

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av

from takings.videos.rules import files, ladder, refusals
from takings.videos.rules.ladder import Rendition
from takings.videos.rules.made import Made
from takings.videos.rules.playlist import master_playlist
from takings.videos.transcoder import source
from takings.videos.transcoder.confine import allow_work_for
from takings.videos.transcoder.hls import HlsRendition
from takings.videos.transcoder.pictures import Pictures, upright_size
from takings.videos.transcoder.sound import Sound
from takings.videos.transcoder.source import Findings
from takings.videos.transcoder.stills import Stills

SURVEYED_BP = 300
ENCODED_BP = 9_800

Report = Callable[[int], None]


def transcode(*, path: Path, draft: Path, report: Report) -> Made:
    """Turn a file into HLS inside ``draft`` (an empty folder); ``report`` gets basis points done.

    Refuses whatever ``rules.refusals`` names. When it returns, every file is on the disk.
    """
    findings = source.survey(path)
    allow_work_for(findings.survey.duration_ms)
    report(SURVEYED_BP)
    made = _encode(path=path, draft=draft, findings=findings, report=report)
    (draft / files.MADE).write_text(made.to_json())
    _sync(draft)
    return made


def _encode(*, path: Path, draft: Path, findings: Findings, report: Report) -> Made:
    with source.opened(path) as seen, source.opened(path) as heard:
        aspect = source.pixel_aspect(seen)
        frames = source.picture_frames(seen)
        first = next(frames, None)
        if first is None:
            raise refusals.Damaged
        rate = ladder.snap_rate(findings.rate)
        renditions = ladder.ladder(upright_size(first, aspect), frames_per_second=rate)
        pictures = Pictures(first, renditions, start=findings.start, frames_per_second=rate)
        encoding = _Encoding(draft, renditions=renditions, rate=rate, findings=findings)
        if findings.sound_index is not None:
            encoding.listen_to(source.sound_frames(heard, findings.sound_index))
        for frame in chain((first,), frames, (None,)):
            for picture_set in pictures.push(frame):
                encoding.add(picture_set)
                report(encoding.progress_bp)
        return encoding.finish()  # still inside: sound is read on while it finishes


class _Encoding:
    """All renditions of one clip, fed with pictures and the sound that belongs to them."""

    def __init__(
        self, draft: Path, *, renditions: tuple[Rendition, ...], rate: int, findings: Findings
    ) -> None:
        self._draft, self._rate, self._findings = draft, rate, findings
        self._has_audio = findings.sound_index is not None
        self._seconds = Fraction(findings.survey.duration_ms, 1000)
        self._gain_db = ladder.gain_db(findings.loudness_lufs)
        self._outs = [
            HlsRendition(draft, one, frames_per_second=rate, has_audio=self._has_audio)
            for one in renditions
        ]
        self._stills = Stills(seconds=self._seconds)
        self._sound: Sound | None = None
        self._count = 0

    @property
    def progress_bp(self) -> int:
        done = min(Fraction(1), Fraction(self._count, self._rate) / self._seconds)
        return SURVEYED_BP + int(done * (ENCODED_BP - SURVEYED_BP))

    def listen_to(self, frames: Iterator[av.AudioFrame]) -> None:
        self._sound = Sound(
            frames, start=self._findings.start, seconds=self._seconds, gain_db=self._gain_db
        )

    def add(self, pictures: tuple[av.VideoFrame, ...]) -> None:
        at = Fraction(self._count, self._rate)
        self._count += 1
        self._stills.look(pictures[-1], at)
        for out, picture in zip(self._outs, pictures, strict=True):
            out.add_picture(picture)
        self._add_sound(at)

    def _add_sound(self, until: Fraction) -> None:
        if self._sound is not None:
            for piece in self._sound.until(until):
                for out in self._outs:
                    out.add_sound(piece)

    def finish(self) -> Made:
        """Close everything and write what stands beside the renditions."""
        self._add_sound(self._seconds + 1)
        for out in self._outs:
            out.close()
        self._stills.save(self._draft)
        master = master_playlist([out.measured() for out in self._outs])
        (self._draft / files.MASTER).write_text(master)
        top = self._outs[0].rendition.size
        return Made(
            duration_ms=round(Fraction(self._count * 1000, self._rate)),
            width=top.width,
            height=top.height,
            has_audio=self._has_audio,
            frames_per_second=self._rate,
            gain_db=round(self._gain_db, 2) if self._has_audio else 0.0,
            renditions=tuple(out.rendition.name for out in self._outs),
        )


def _sync(folder: Path) -> None:
    """Bring the folder and everything in it to the disk."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
