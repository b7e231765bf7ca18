"""A clip as one file: the segments of its largest rendition joined in MP4, the index first.

For players of ads that play no HLS. Nothing is encoded again; a file whose index (``moov``) comes
first plays while it loads, and can be asked for in ranges.
"""

import os
from pathlib import Path

import av

from takings.videos.rules import files, playlist
from takings.videos.rules.made import read_made

_PART = "whole.part"


def join_segments(folder: Path) -> Path:
    """Write the one file of a finished clip beside its renditions, by one rename; return it.

    ``folder`` holds what :func:`~transcode.transcode` made; again writes the same.
    """
    [largest, *_] = read_made((folder / files.MADE).read_text()).renditions
    segments = playlist.read_segments((folder / largest / "index.m3u8").read_text())
    pieces = [folder / largest / name for name in ("init.mp4", *(name for name, _ in segments))]
    part = folder / _PART
    _copy("concat:" + "|".join(map(str, pieces)), part)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    return part.rename(folder / files.WHOLE)


def _copy(joined: str, path: Path) -> None:
    with (
        av.open(joined) as given,
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out,
    ):
        streams = {one.index: out.add_stream_from_template(one) for one in given.streams}
        for packet in given.demux():
            if packet.dts is not None:  # the last of each stream is empty
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
