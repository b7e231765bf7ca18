"""Everything creators, brands and operators may ask. Nothing here writes."""

from takings.insights.queries.readers import NothingHere, reader_of
from takings.insights.queries.tracing import find_trace, trace, trace_text

__all__ = ["NothingHere", "find_trace", "reader_of", "trace", "trace_text"]
