"""Limits that the process puts on itself before it opens the file."""

import ctypes
import os
import resource
import signal
import sys

from takings.host import child
from takings.videos.rules.intake import cpu_seconds_allowed
from takings.videos.rules.refusals import MAX_DURATION_MS

MEMORY_BYTES = 3 * 1024**3  # address space; 1080p uses about 0.4 GB, 4096×4096 HEVC about 1.5 GB
FILE_BYTES = 1024**3
OPEN_FILES = 256
NICENESS = 10
_PR_SET_NO_NEW_PRIVS = 38  # <linux/prctl.h>


def confine(*, parent: int) -> None:
    """Give up rights and set limits; ends the process when ``parent`` is already gone."""
    child.die_with_parent(death_signal=signal.SIGKILL, parent=parent)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    most = cpu_seconds_allowed(MAX_DURATION_MS + 1000)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds_allowed(0), most))


def allow_work_for(duration_ms: int) -> None:
    """Raise the limit of processor time, where there is one, to what such a clip may take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft == resource.RLIM_INFINITY:
        return
    wanted = cpu_seconds_allowed(duration_ms)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
