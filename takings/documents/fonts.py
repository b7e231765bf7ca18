"""The letters we can print: Noto Sans for most of the world's scripts, from wheels.

The machine's own fonts are not looked at, so every machine prints the same bytes.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

FAMILIES = (
    "Noto Sans",
    "Noto Sans CJK TC",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
)
"""In the order in which a letter is looked for."""

_PACKAGES = (
    "fontpkg_noto_sans",
    "cvttf_NotoSansCJK_Regular",
    "fontpkg_noto_sans_arabic",
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_thai",
)
NO_LETTER = "□"
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))  # controls, formats, private and unassigned


@cache
def font_folders() -> tuple[Path, ...]:
    """Return the folders in which the wheels keep their fonts."""
    found = {path.parent for package in _PACKAGES for path in _fonts_in(package)}
    return tuple(sorted(found))


def printable(text: str) -> str:
    r"""Return the text with ``□`` for every run of characters that no font of ours can draw.

    A title may hold anything people can type, and a statement must be printed all the same.
    What is not seen anyway (controls, joiners, variation selectors) is left out.

    >>> printable("海辺 😀😀 vlog\x00")
    '海辺 □ vlog'
    """
    written: list[str] = []
    for letter in text:
        if letter.isspace():
            written.append(" ")
        elif ord(letter) in _drawable() and unicodedata.category(letter) not in _UNSEEN:
            written.append(letter)
        elif not _is_unseen(letter) and written[-1:] != [NO_LETTER]:
            written.append(NO_LETTER)
    return "".join(written)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Mn", "Me"}


@cache
def _drawable() -> frozenset[int]:
    fonts = (path for package in _PACKAGES for path in _fonts_in(package))
    return frozenset().union(*(_letters(path) for path in fonts))


def _letters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _fonts_in(package: str) -> list[Path]:
    root = Path(str(files(package)))
    return sorted(path for path in root.rglob("*") if path.suffix in {".ttf", ".otf"})
