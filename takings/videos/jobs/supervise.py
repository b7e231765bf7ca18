"""The worker's side of the transcoder: start it, listen, stop it when it is unwanted or silent."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

import takings
from takings.videos.actions import NoRoom
from takings.videos.rules.refusals import TooMuchWork

SILENT_SECONDS = 300.0  # the survey of 500 MB on a slow disk says nothing for a while
LONGEST_SECONDS = 2 * 3600.0
_LAST_WORDS_BYTES = 2000
_ROOT = Path(takings.__file__).parent.parent


class ChildFailed(Exception):  # noqa: N818 - what happened, as a phrase
    """The transcoder ended without an answer: killed, crashed, or hung. Trying again may work."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a transcoder ended: made, refused with a sentence, or not wanted any more."""

    is_made: bool
    refused_why: str = ""


def run_child(*, source: Path, draft: Path, lock: int, heard: Callable[[int], bool]) -> Ending:
    """Run the transcoder to its end. ``heard`` gets progress and says whether to go on.

    ``lock`` is a file descriptor the child inherits, so that the lock on it lasts as long as
    either lives. The environment is empty: no database address, no secret. Raises
    :class:`ChildFailed` and ``NoRoom``.
    """
    with tempfile.TemporaryFile() as last_words:
        process = subprocess.Popen(
            [sys.executable, "-m", "takings.videos.transcoder", source, draft, str(os.getpid())],
            env={"PYTHONPATH": str(_ROOT), "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=last_words,
            pass_fds=(lock,),
            start_new_session=True,
        )
        try:
            ending = _listen(process, heard)
            returned = process.wait(timeout=SILENT_SECONDS)
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if ending is not None and (returned == 0 or not ending.is_made):
            return ending
        if returned == -signal.SIGXCPU:
            return Ending(is_made=False, refused_why=str(TooMuchWork()))
        raise ChildFailed(f"The transcoder ended with {returned}: {_tail(last_words)}")


def _listen(process: "subprocess.Popen[bytes]", heard: Callable[[int], bool]) -> Ending | None:
    """Follow what the child says; None when it ends without an answer."""
    for line in _lines(process):
        said = json.loads(line)
        if "made" in said:
            return Ending(is_made=True)
        if "refused" in said:
            return Ending(is_made=False, refused_why=said["refused"])
        if "no_room" in said:
            raise NoRoom
        if not heard(int(said["progress_bp"])):
            process.kill()
            return Ending(is_made=False)
    return None


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    """Yield lines as they come; ends the child when it is silent or at work for too long."""
    output = process.stdout
    if output is None:
        return
    began, rest = monotonic(), b""
    while True:
        ready, _, _ = select.select([output], [], [], SILENT_SECONDS)
        if not ready or monotonic() - began > LONGEST_SECONDS:
            process.kill()
            return
        piece = os.read(output.fileno(), 65536)
        if not piece:
            return
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole


def _tail(last_words: IO[bytes]) -> str:
    size = last_words.seek(0, os.SEEK_END)
    last_words.seek(max(0, size - _LAST_WORDS_BYTES))
    return last_words.read().decode(errors="replace")
