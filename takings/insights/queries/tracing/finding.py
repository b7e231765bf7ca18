"""Traces by reference: of a known kind, or of an id that could be anything."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.entries import trace_entry
from takings.insights.queries.tracing.estimates import LineKey, trace_estimate
from takings.insights.queries.tracing.impressions import trace_impression
from takings.insights.queries.tracing.lines import trace_line
from takings.insights.queries.tracing.statements import trace_statement
from takings.insights.queries.tracing.videos import trace_video
from takings.insights.queries.tracing.views import trace_view
from takings.insights.rules.reader import WHOLE_DESK, Reader
from takings.insights.rules.text import as_text
from takings.insights.rules.trace import RefKind, Trace

_STATEMENT_PARTS = 3


def trace(*, kind: RefKind, id: str, reader: Reader) -> Trace:  # noqa: A002 - as in the address
    """Return the trace of a reference. Refuses NothingHere, also for an id of a wrong shape."""
    if kind not in _OPENERS:
        raise NothingHere(id=id)
    return _OPENERS[kind](id, reader)


def find_trace(*, id: str, reader: Reader) -> Trace:  # noqa: A002 - whatever was copied
    """Return the trace of an id that may be a line, entry, impression, video, view or statement.

    Refuses NothingHere.
    """
    text = id.strip()
    for kind in _kinds_of(text):
        with suppress(NothingHere):
            return trace(kind=kind, id=text, reader=reader)
    raise NothingHere(id=text)


def trace_text(*, id: str, reader: Reader = WHOLE_DESK) -> str:  # noqa: A002 - the same
    """Return a trace as text for a terminal. Refuses NothingHere."""
    return as_text(find_trace(id=id, reader=reader))


_OPENERS: dict[RefKind, Callable[[str, Reader], Trace]] = {
    "line": lambda text, reader: trace_line(line_id=_number(text), reader=reader),
    "estimate": lambda text, reader: trace_estimate(key=LineKey.parse(text), reader=reader),
    "statement": lambda text, reader: trace_statement(key=text, reader=reader),
    "entry": lambda text, reader: trace_entry(entry_id=_uuid(text), reader=reader),
    "impression": lambda text, reader: trace_impression(decision_id=_uuid(text), reader=reader),
    "view": lambda text, reader: trace_view(view_id=_uuid(text), reader=reader),
    "video": lambda text, reader: trace_video(video_id=_uuid(text), reader=reader),
}


def _kinds_of(text: str) -> tuple[RefKind, ...]:
    if text.isdigit():
        return ("line",)
    if "/" in text:
        return ("statement",) if text.count("/") + 1 == _STATEMENT_PARTS else ("estimate",)
    return "entry", "impression", "video", "view"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NothingHere(id=text) from wrong


def _number(text: str) -> int:
    if not text.isdigit():
        raise NothingHere(id=text)
    return int(text)
