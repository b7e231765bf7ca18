"""The whole product, started as a person starts it, and a real browser in front of it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from takings.host.postgres.place import erase
from tests.make.browser import AGENT, PHONE, find_chromium

QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
UP = re.compile(r"Takings is at (http://\S+)")


@dataclass(frozen=True, kw_only=True)
class Product:
    """The running product: its address, and its command line."""

    url: str
    surroundings: dict[str, str]

    def takings(self, *words: str) -> str:
        """Run a command of the command line; return what it printed."""
        command = [sys.executable, "-m", "config.cli", *words]
        done = subprocess.run(
            command, env=self.surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """Run `takings up --demo` on an empty data folder."""
    home = Path(tempfile.mkdtemp(prefix="takings-journey-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "PGOPTIONS"} and not name.startswith("TAKINGS_")
    }
    surroundings |= {"TAKINGS_HOME": str(home), "TAKINGS_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-m", "config.cli", "up", "--demo", "--port", str(_free_port())]
    running = subprocess.Popen(
        words,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Product(url=_address(running), surroundings=surroundings)
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start a real Chromium that may play with sound."""
    alone = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=alone)
        yield started
        started.close()


@dataclass(kw_only=True)
class Phones:
    """Hands out phones, each with a browser profile of its own."""

    chromium: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def unlock(self) -> Page:
        """Return a page on a fresh phone."""
        context = self.chromium.new_context(
            base_url=self.url, viewport=PHONE, has_touch=True, user_agent=AGENT
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(f"{said.text} {said.location.get('url')}")


@pytest.fixture
def phones(chromium: Browser, product: Product) -> Iterator[Phones]:
    """Hand out phones; afterwards no console may have shown an error."""
    shop = Phones(chromium=chromium, url=product.url)
    yield shop
    for context in shop.contexts:
        context.close()
    assert shop.complaints == []


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
