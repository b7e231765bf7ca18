"""The limits of the transcoder's process, each tried in a process of its own."""

import resource
import subprocess
import sys

import pytest

from takings.videos.rules.intake import cpu_seconds_allowed

TRY = """
import resource
from takings.videos.transcoder.confine import allow_work_for
resource.setrlimit(resource.RLIMIT_CPU, ({soft}, {hard}))
allow_work_for({duration_ms})
print(*resource.getrlimit(resource.RLIMIT_CPU))
"""
NONE = resource.RLIM_INFINITY
MINUTE = cpu_seconds_allowed(60_000)


@pytest.mark.parametrize(
    ("soft", "hard", "after"),
    [
        pytest.param(NONE, NONE, (NONE, NONE), id="where there is no limit, none is set"),
        pytest.param(30, NONE, (MINUTE, NONE), id="a longer clip may take longer"),
        pytest.param(30, 40, (40, 40), id="nobody goes above the hard limit"),
    ],
)
def test_work_is_allowed_for_the_length_of_a_clip(
    soft: int, hard: int, after: tuple[int, int]
) -> None:
    program = TRY.format(soft=soft, hard=hard, duration_ms=60_000)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert tuple(map(int, done.stdout.split())) == after
