"""Printing with Typst: one layout, its values, an instant, and nothing else that could differ."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typst

from takings.documents.fonts import FAMILIES, font_folders, printable

Layout = Literal["advice", "agreement", "invoice", "statement"]
Value = str | bool | Sequence["Value"] | Mapping[str, "Value"]
LAYOUTS = Path(__file__).parent / "layouts"
STANDARD: Literal["a-2a"] = "a-2a"
"""ISO 19005-2, level A: kept for decades, and tagged so that it can be read aloud."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed: ``values`` are what the head of the layout's file lists.

    ``keywords`` stand uncompressed in the file, so that a file can be told by looking for them.
    ``made_at`` is the document's own date: when it was issued, not when it is printed.
    """

    layout: Layout
    title: str
    keywords: tuple[str, ...]
    made_at: dt.datetime
    values: Mapping[str, Value]


def print_pdf(*, document: Document) -> bytes:
    """Return the document as PDF/A: the same document gives the same bytes, on every machine."""
    made_at = document.made_at.astimezone(dt.UTC).replace(microsecond=0)
    content = {
        "title": document.title,
        "keywords": document.keywords,
        "made_at": [*made_at.timetuple()[:6]],
        "families": FAMILIES,
        **document.values,
    }
    return typst.compile(
        LAYOUTS / f"{document.layout}.typ",
        root=LAYOUTS,
        font_paths=[*font_folders()],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(_printable(content), sort_keys=True)},
        format="pdf",
        pdf_standards=[STANDARD],
        timestamp=made_at,
    )


def _printable(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_printable(one) for one in value]
    return value
