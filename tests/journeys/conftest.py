"""The whole product, started as a person starts it, and a real browser in front of it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from takings.host.postgres.place import erase

PHONE = {"width": 390, "height": 844}
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
UP = re.compile(r"Takings is at (http://\S+)")


@pytest.fixture(scope="session")
def product() -> Iterator[str]:
    """Run `takings up --demo` on an empty data folder; give its address."""
    home = Path(tempfile.mkdtemp(prefix="takings-journey-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "PGOPTIONS"} and not name.startswith("TAKINGS_")
    }
    words = [sys.executable, "-m", "config.cli", "up", "--demo", "--port", str(_free_port())]
    running = subprocess.Popen(
        words,
        env=surroundings | {"TAKINGS_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _address(running)
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a real Chromium: `TAKINGS_CHROMIUM`, else the system's."""
    program = os.environ.get("TAKINGS_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.fail(
            "No browser: install Debian's package chromium, or name one in TAKINGS_CHROMIUM.",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        alone = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
        started = playwright.chromium.launch(executable_path=program, args=alone)
        yield started
        started.close()


@pytest.fixture
def phone(browser: Browser, product: str) -> Iterator[Page]:
    """Open a phone-sized page on the product; any console error fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location.get('url')})")

    context = browser.new_context(base_url=product, viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    with contextlib.suppress(Exception):
        context.close()
    assert not complaints


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _address(running: "subprocess.Popen[str]") -> str:
    """Read what the product prints until it names its address."""
    said = ""
    assert running.stdout is not None
    for line in running.stdout:
        said += line
        if found := UP.search(line):
            return found[1]
    pytest.fail(f"the product did not start:\n{said}", pytrace=False)
