"""A real Chromium for tests, as fixtures; import them in the `conftest.py` of a folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from takings.people.models import User
from tools.browser import ADVICE, find

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1440, height=900)
# Headless Chromium calls itself a robot, and robots' views do not count.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"


def find_chromium() -> str:
    """Return a Chromium's path; fails the test with what to install when there is none."""
    found = find()
    if found is None:
        pytest.fail(f"These tests need a Chromium. {ADVICE}", pytrace=False)
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium. One per module: its loop would disturb other tests' loops."""
    if not (Path(settings.FRONTEND_BUILD) / "manifest.json").exists():
        pytest.fail("The front end is not built: run `npm ci && npm run build`.")
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()
    patch.undo()


@dataclass(kw_only=True)
class Look:
    """Opens pages and remembers what the browser complained about."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    tolerated: set[str] = field(default_factory=set)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def context(
        self, *, phone: bool = False, theme: str = "light", user: User | None = None
    ) -> BrowserContext:
        """Return a fresh browser profile, signed in when a user is given."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="dark" if theme == "dark" else "light",
            user_agent=AGENT,
        )
        context.set_default_timeout(15_000)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}]
            )
        self._contexts.append(context)
        return context

    def page(self, context: BrowserContext) -> Page:
        """Return a new tab whose complaints are kept."""
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def open(
        self, path: str, *, phone: bool = False, theme: str = "light", user: User | None = None
    ) -> Page:
        """Open an address in a fresh profile."""
        page = self.page(self.context(phone=phone, theme=theme, user=user))
        page.goto(path)
        return page

    def close(self) -> None:
        """Close every profile."""
        for context in self._contexts:
            context.close()

    @property
    def unexpected(self) -> list[str]:
        """What the browser said beyond what the story expects."""
        return [
            said for said in self.complaints if not any(word in said for word in self.tolerated)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def look(chromium: Browser, live_server: LiveServer) -> Iterator[Look]:
    """Let a test look at pages; afterwards the console must be silent."""
    looked = Look(browser=chromium, url=live_server.url)
    yield looked
    unexpected = looked.unexpected  # what is cut off by closing is no complaint
    looked.close()
    assert unexpected == [], unexpected
