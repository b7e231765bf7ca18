"""One short round of the fault loop (`make torture`), so that it keeps working itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.no_cover
@pytest.mark.processes
def test_what_was_told_stands_after_a_client_and_the_server_were_killed() -> None:
    words = "--rounds 1 --seed 11 --clients 2 --operations 120 --seconds 0 --no-shrink"
    faults = "--must kill_client,kill_server"
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", *words.split(), *faults.split()],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kill_client, 1 kill_server" in done.stdout
