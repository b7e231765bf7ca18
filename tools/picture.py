"""Photograph the running product for the README: `make picture` writes docs/images/takings.webp.

A fresh demo is started on a data home of its own, and its clips are waited for. Then a phone meets
an ad, a creator looks at what came in, and one amount is traced; the three become one picture.
"""

import base64
import io
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, sync_playwright

from takings.demo.rules.cast import CHANNELS, PASSWORD
from takings.demo.rules.library import POSTS
from takings.host.postgres.place import erase
from tests.make.product import Product
from tools.browser import ADVICE, find

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "takings.webp"
PAGE = Path(__file__).with_suffix(".html")
FONT = "@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2"
# Headless Chromium calls itself a robot, and robots are shown no ads.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"
PHONE, DESKTOP = (390, 844), (1280, 960)
SHARP = 2.0  # each screen is taken at twice its size, and the whole is made smaller again
PICTURE_SIZE = (1600, 1200)
SHRUNK = (2000, 1500)
MOST_BYTES = 600_000
CLIPS_S = 1_200.0
WATCHED_MS = 2_600  # by then the sound button is quiet and the tin stands still


def main() -> int:
    """Write the picture; return 1 when it came out too large."""
    chromium = find()
    if chromium is None:
        sys.exit(ADVICE)
    with _product() as product, sync_playwright() as playwright:
        words = ["--autoplay-policy=no-user-gesture-required"]
        words += ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=words)
        _await_clips(browser, product)
        screens = {"phone": _ad(browser, product), **_money(browser, product)}
        _write(_compose(browser, screens))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")
    return 1 if PICTURE.stat().st_size > MOST_BYTES else 0


@contextmanager
def _product() -> Iterator[Product]:
    """Start a fresh demo, and leave nothing behind."""
    home = Path(tempfile.mkdtemp(prefix="takings-picture-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    unset = ("TAKINGS_", "DATABASE_URL", "PGOPTIONS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
    product = Product(home=home, surroundings=kept | {"TAKINGS_HOME": str(home)}, port=port)
    try:
        product.start()
        yield product
    finally:
        if product.running is not None and product.running.poll() is None:
            product.stop()
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)


def _await_clips(browser: Browser, product: Product) -> None:
    """Wait until every post and an ad can be played."""
    visitor = _look(browser, product, size=PHONE)
    visitor.request.get("/")  # brings the viewer's cookie, without which there is no ad
    deadline = time.monotonic() + CLIPS_S
    while (count := _playable(visitor)) < len(POSTS) or not _has_ad(visitor):
        print(f"\r{count} of {len(POSTS)} clips are drawn ", end="", flush=True)
        if time.monotonic() > deadline:
            sys.exit("the clips were not drawn in time")
        time.sleep(5)
    visitor.close()
    print()


def _has_ad(visitor: BrowserContext) -> bool:
    return visitor.request.get("/ads/next").json()["ad"] is not None


def _playable(visitor: BrowserContext) -> int:
    """Count the videos of the whole feed."""
    count, cursor = 0, ""
    while True:
        page = visitor.request.get("/api/feed", params={"cursor": cursor} if cursor else {}).json()
        count += len(page["items"])
        if page["next"] is None:
            return count
        cursor = page["next"]


def _ad(browser: Browser, product: Product) -> bytes:
    """Swipe to the first ad and watch it until it counts."""
    phone = _look(browser, product, size=PHONE).new_page()
    phone.goto("/")
    front = phone.locator("article.slide:not([inert])")
    front.wait_for()
    while front.get_attribute("data-kind") != "ad":
        phone.keyboard.press("ArrowDown")
        phone.wait_for_timeout(1_200)
    phone.wait_for_timeout(WATCHED_MS)
    return phone.screenshot()


def _money(browser: Browser, product: Product) -> dict[str, bytes]:
    """Sign in as the creator; return what came in, and the trace of her largest line."""
    context = _look(browser, product, size=DESKTOP)
    page = context.new_page()
    page.goto("/accounts/login/?next=/studio/")
    page.get_by_label("Email").fill(CHANNELS[0].person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Top videos").wait_for()
    page.wait_for_timeout(1_000)
    earnings = page.screenshot()
    return {"earnings": earnings, "trace": _trace(page)}


def _trace(page: Page) -> bytes:
    page.set_viewport_size({"width": 720, "height": 1_400})
    page.goto("/studio/statements/")
    page.locator('table a[href^="/studio/statements/"]').first.click()
    page.get_by_role("link", name="Trace this cent").click()
    page.locator('a[href^="/trace/line/"]').first.click()
    page.locator(".flow > li").first.wait_for()
    page.wait_for_timeout(600)
    return page.screenshot(clip=_top_of(page))


def _top_of(page: Page) -> FloatRect:
    """Return a trace from its heading to the end of the drawing, before its first stop."""
    top = page.locator("main").bounding_box()
    end = page.locator(".flow > li").first.bounding_box()
    if top is None or end is None:
        sys.exit("the trace looks different from what it was")
    return {"x": 0, "y": top["y"], "width": 720, "height": end["y"] - top["y"] - 8}


def _look(browser: Browser, product: Product, *, size: tuple[int, int]) -> BrowserContext:
    return browser.new_context(
        base_url=product.url,
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=SHARP,
        user_agent=AGENT,
        color_scheme="light",
    )


def _compose(browser: Browser, screens: dict[str, bytes]) -> bytes:
    """Lay the screens out on one page, and photograph that."""
    width, height = PICTURE_SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=SHARP
    )
    page = context.new_page()
    page.set_content(PAGE.read_text())
    font = (ROOT / "node_modules" / FONT).read_bytes()
    parts = {"font": _inline(font, "font/woff2")}
    parts |= {name: _inline(picture, "image/png") for name, picture in screens.items()}
    page.evaluate(f"show({json.dumps(parts)})")
    return page.screenshot()


def _inline(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _write(picture: bytes) -> None:
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    whole.resize(SHRUNK, Image.Resampling.LANCZOS).save(PICTURE, quality=90, method=6)


if __name__ == "__main__":
    sys.exit(main())
