"""The whole product, started as a person starts it, and a real browser in front of it."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from takings.host.postgres.place import erase
from takings.host.postgres.server import log_path
from tests.make.browser import AGENT, PHONE, find_chromium
from tests.make.product import Product

QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE_MS = 30_000  # clips are being transcoded beside the stories


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
    made = Product(home=home, surroundings=surroundings, port=_free_port())
    try:
        made.start()
        yield made
        assert "permission denied" not in log_path(home=home).read_text()
    finally:
        if made.running is not None and made.running.poll() is None:
            made.stop(signal.SIGTERM)
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a real Chromium that may play with sound."""
    alone = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=alone)
        expect.set_options(timeout=PATIENCE_MS)
        yield started
        expect.set_options(timeout=None)
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
        context.set_default_timeout(PATIENCE_MS)
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
