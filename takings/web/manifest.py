"""Where the built front end lies: names in the source → addresses of hashed files.

A file of its own because both the template tags and the preload headers ask it.
"""

import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.templatetags.static import static

log = logging.getLogger(__name__)


class Chunk(TypedDict, total=False):
    """One entry of Vite's manifest."""

    file: str
    css: list[str]
    imports: list[str]


def asset_url(name: str) -> str:
    """Return the address of a built file, or "" when it was never built."""
    chunk = _manifest().get(name)
    return static(chunk["file"]) if chunk else ""


def style_urls(name: str) -> list[str]:
    """Return the style sheets that a script brings with it."""
    chunk = _manifest().get(name, {})
    found = [static(file) for file in chunk.get("css", [])]
    for imported in chunk.get("imports", []):
        found += style_urls(imported)
    return found


def _manifest() -> dict[str, Chunk]:
    path = Path(settings.FRONTEND_BUILD) / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        log.warning("The front end is not built; run `npm run build`.")
        return {}


@lru_cache(maxsize=1)
def _read(path: Path, _changed_ns: int) -> dict[str, Chunk]:
    chunks: dict[str, Chunk] = json.loads(path.read_text())
    return chunks
