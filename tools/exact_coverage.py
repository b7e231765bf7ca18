"""After the tests: where money is decided, every branch must have been taken."""

import subprocess
import sys

EXACT = (
    "takings/money/*",
    "takings/ledger/*",
    "takings/*/rules.py",
    "takings/*/rules/*",
    "takings/*/actions.py",
    "takings/*/actions/*",
)

if __name__ == "__main__":
    report = [sys.executable, "-m", "coverage", "report", f"--include={','.join(EXACT)}"]
    sys.exit(
        subprocess.run(
            [*report, "--fail-under=100", "--skip-covered", "--show-missing"], check=False
        ).returncode
    )
