"""Traces: from any amount to everything behind it, and back."""

from takings.insights.queries.tracing.entries import trace_entry
from takings.insights.queries.tracing.estimates import LineKey, trace_estimate
from takings.insights.queries.tracing.finding import find_trace, trace, trace_text
from takings.insights.queries.tracing.impressions import trace_impression
from takings.insights.queries.tracing.lines import trace_line
from takings.insights.queries.tracing.statements import trace_statement
from takings.insights.queries.tracing.videos import trace_video
from takings.insights.queries.tracing.views import trace_view

__all__ = [
    "LineKey",
    "find_trace",
    "trace",
    "trace_entry",
    "trace_estimate",
    "trace_impression",
    "trace_line",
    "trace_statement",
    "trace_text",
    "trace_video",
    "trace_view",
]
