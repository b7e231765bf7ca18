"""One real clip as HLS, made by our own transcoder, for pages that have to play something."""

import os
import subprocess
import sys
from pathlib import Path

from tests.make.videos import Clip, make_clip

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:05.000\nEvery cent has a reason.\n"


def make_hls(folder: Path, *, seconds: float = 6) -> Path:
    """Return a folder with ``master.m3u8`` and everything it names, and captions."""
    source = make_clip(folder / "source.mp4", Clip(seconds=seconds, size=(180, 320), fps=24))
    made = folder / "made"
    made.mkdir()
    subprocess.run(
        [sys.executable, "-m", "takings.videos.transcoder", source, made, str(os.getpid())],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (made / "captions.vtt").write_text(CAPTIONS)
    return made
