"""``python -m takings.videos.transcoder SOURCE DRAFT PARENT``: see the package."""

import errno
import json
import sys
from pathlib import Path
from time import monotonic

from takings.core.errors import Refusal
from takings.videos.rules.refusals import TooMuchWork
from takings.videos.transcoder.confine import confine
from takings.videos.transcoder.transcode import transcode

_REPORT_SECONDS = 0.4
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def _say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class _Reporter:
    """Reports progress a few times a second, not with every picture."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, progress_bp: int) -> None:
        if monotonic() - self._last >= _REPORT_SECONDS:
            self._last = monotonic()
            _say(progress_bp=progress_bp)


def main(path: Path, draft: Path) -> None:
    """Transcode and say how it ended."""
    try:
        transcode(path=path, draft=draft, report=_Reporter())
    except Refusal as refusal:
        _say(refused=str(refusal), code=refusal.code)
    except MemoryError:
        _say(refused=str(TooMuchWork()), code=TooMuchWork.code)
    except OSError as fault:
        if fault.errno not in NO_ROOM:
            raise
        _say(no_room=True)
    else:
        _say(made=True)


if __name__ == "__main__":
    confine(parent=int(sys.argv[3]))
    main(Path(sys.argv[1]), Path(sys.argv[2]))
