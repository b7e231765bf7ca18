"""Servers under load: raw ASGI behind Granian, requests from `wrk` (Debian's package) beside it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bench._shape import check

CONNECTIONS = 64
_SCRIPT = """
local requests, n = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local method, path, cookie, body = line:match("^(.-)\\t(.-)\\t(.-)\\t(.*)$")
    local headers = {["Cookie"] = cookie, ["Content-Type"] = "application/json",
                     ["User-Agent"] = "Mozilla/5.0 (X11) Firefox/140.0"}
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end
function request() n = n + 1; return requests[n % #requests + 1] end
function done(summary, latency, _)
  local e = summary.errors
  print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    e.status + e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What one turn came to: requests answered well, seconds, and how long they waited."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Return requests a second."""
        return self.requests / self.seconds


@dataclass(frozen=True)
class Request:
    """What is sent, again and again among others."""

    method: str
    path: str
    cookie: str
    body: str = ""


@contextmanager
def serving(target: str, *, workers: int = 1, module: str = "_collecting") -> Iterator[int]:
    """Run a server until the block ends; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws"]
    command += ["--workers", str(workers), "--port", str(port), "--workers-kill-timeout", "10"]
    command += ["--backlog", "4096", "--backpressure", "20000"]  # as `config/web.py`
    own = {"TAKINGS_EVENTS_PER_SECOND": "0", "TAKINGS_SECRET_KEY": str(settings.SECRET_KEY)}
    running = subprocess.Popen(
        [*command, "--log-level", "warning", f"bench.{module}:{target}"], env=os.environ | own
    )
    try:
        _wait_for(port)
        yield port
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def write_requests(file: Path, requests: list[Request]) -> Path:
    """Write requests down as the load reads them."""
    lines = [f"{one.method}\t{one.path}\t{one.cookie}\t{one.body}\n" for one in requests]
    file.write_text("".join(lines))
    file.with_suffix(".lua").write_text(_SCRIPT)
    return file


def load(port: int, *, file: Path, seconds: int) -> Load:
    """Send for some seconds over many connections; everything must be answered well."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("The load comes from wrk: install Debian's package of that name.")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--timeout", "30s"]
    command += ["-s", str(file.with_suffix(".lua"))]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}", "--", str(file)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    numbers = next(line for line in told.splitlines() if line.startswith("RESULT")).split()[1:]
    requests, micros, p50, p99, errors = map(int, numbers)
    check(f"{requests:,} requests, none refused or lost", found=errors, expected=0)
    return Load(requests, micros / 1e6, p50 / 1000, p99 / 1000)


def _wait_for(port: int) -> None:
    for _ in range(900):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("WRONG: the server does not listen")
