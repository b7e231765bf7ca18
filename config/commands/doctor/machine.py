"""What the machine offers; no database is needed to see it."""

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import av

from config.commands.doctor.rules import Finding
from takings.core.errors import Refusal
from takings.host import checks, home
from takings.host.environment import setting
from takings.host.lock import FileLock
from takings.host.postgres import place
from takings.host.postgres.program import find_program

CODECS = ("libx264", "aac", "libwebp")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
MANIFEST = Path(__file__).resolve().parents[3] / "build" / "frontend" / "manifest.json"
PORT = 8000


def look() -> Iterator[Finding]:
    """Yield everything there is to say about this machine."""
    yield Finding(what="Python", state="ok", seen=f"{platform.python_version()}, {sys.prefix}")
    yield _postgres()
    yield _codecs()
    yield _pages()
    yield _home()
    yield _running()
    yield _browser()


def _postgres() -> Finding:
    if setting("DATABASE_URL"):
        return Finding(what="PostgreSQL programs", state="ok", seen="not needed: DATABASE_URL")
    try:
        program = find_program()
    except Refusal as refusal:
        return Finding(what="PostgreSQL programs", state="bad", seen="missing", advice=str(refusal))
    return Finding(what="PostgreSQL programs", state="ok", seen=f"{program.major}, our own")


def _codecs() -> Finding:
    missing = [name for name in CODECS if name not in av.codecs_available]
    if missing:
        advice = "Install the package av from its wheel: pip install --force-reinstall av"
        seen = f"{', '.join(missing)} missing"
        return Finding(what="FFmpeg", state="bad", seen=seen, advice=advice)
    seen = f"{av.ffmpeg_version_info}: {', '.join(CODECS)}"
    return Finding(what="FFmpeg", state="ok", seen=seen)


def _pages() -> Finding:
    if MANIFEST.exists():
        return Finding(what="pages", state="ok", seen="built")
    return Finding(what="pages", state="bad", seen="not built", advice="Run: make build")


def _home() -> Finding:
    folder = home.data_home()
    try:
        place.check_ownership(home=folder)
        checks.check_home(home=folder)
    except Refusal as refusal:
        return Finding(what="data home", state="bad", seen=str(folder), advice=str(refusal))
    free = shutil.disk_usage(folder).free / 1_000_000_000
    return Finding(what="data home", state="ok", seen=f"{folder}, {free:.0f} GB free")


def _running() -> Finding:
    lock = FileLock(path=home.data_home() / "up.lock")
    try:
        if not lock.take_now():
            return Finding(what="running", state="ok", seen=lock.noted())
    finally:
        lock.close()
    try:
        checks.check_address(address="127.0.0.1", port=PORT)
    except Refusal as refusal:
        return Finding(what="running", state="hint", seen="no", advice=str(refusal))
    return Finding(what="running", state="ok", seen=f"no; port {PORT} is free")


def _browser() -> Finding:
    named = setting("TAKINGS_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found:
        return Finding(what="browser for tests", state="ok", seen=found)
    advice = "Only make test needs one, and fetches it: make browser"
    return Finding(what="browser for tests", state="hint", seen="none", advice=advice)
