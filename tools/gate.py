"""The gate: every check that needs no running product. `make check` calls this."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from takings.host.postgres.place import erase
from takings.host.postgres.server import start_server

SCRIPTS = Path(sysconfig.get_path("scripts"))
CHECKS: dict[str, Sequence[str | Path]] = {
    "types": (SCRIPTS / "mypy", "."),  # the longest begins
    "format": (SCRIPTS / "ruff", "format", "--check", "--quiet", "."),
    "lint": (SCRIPTS / "ruff", "check", "--quiet", "."),
    "layers": (SCRIPTS / "lint-imports",),
    "migrations": (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"),
    "system": (sys.executable, "manage.py", "check", "--fail-level", "WARNING"),
    "pages": ("npm", "run", "--silent", "check"),
    "pictures": (sys.executable, "-m", "tools.pictures", "--check"),
    "docs": (SCRIPTS / "mkdocs", "build", "--strict"),  # --quiet would hide what strict counts
}


def main() -> int:
    """Run the checks, two at a time, beside a PostgreSQL, and return 1 if any failed."""
    home = Path(tempfile.mkdtemp(prefix="takings-gate-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    server = start_server(home=home, durable=False)
    surroundings = os.environ | {
        "PATH": f"{_node()}{os.pathsep}{os.environ['PATH']}",
        "TAKINGS_HOME": str(home),
        "DATABASE_URL": server.url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NO_MKDOCS_2_WARNING": "1",  # its theme's advertisement
    }
    try:
        with ThreadPoolExecutor(max_workers=2) as two:
            passed = two.map(partial(_passes, surroundings), CHECKS, CHECKS.values())
            failed = [name for name, is_right in zip(CHECKS, passed, strict=True) if not is_right]
    finally:
        server.stop()
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _passes(surroundings: Mapping[str, str], name: str, command: Sequence[str | Path]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    verdict = "FAIL" if done.returncode else "ok"
    said = f"{done.stdout}{done.stderr}\n" if done.returncode else ""
    print(f"{verdict:<5}{name:<11}{time.monotonic() - began:5.1f} s\n{said}", end="", flush=True)
    return done.returncode == 0


def _node() -> str:
    asked = [sys.executable, "tools/node_path.py"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
