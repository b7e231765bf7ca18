"""Template tags of the trace: where a thing opens, exact amounts, the picture of a zoom.

>>> {{ ref|href }}                 the address of what a Ref names
>>> {% exact_amount money %}       $0.83 with its micro-units set quieter: 1234
>>> {% zoom_picture trace.zooms %} from the pool to the line, drawn in SVG
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from takings.insights.rules.trace import Ref, StopKind, Zoom
from takings.money import Money, currency, format_money

register = template.Library()

ICONS: dict[StopKind, str] = {
    "deposit": "wallet",
    "impressions": "eye",
    "pool": "balance",
    "music": "music",
    "share": "earnings",
    "line": "trace",
    "views": "watch",
    "showings": "watch",
    "booking": "ledger",
    "payable": "clock",
    "transfers": "ledger",
    "view": "watch",
    "outcome": "check",
    "split": "balance",
    "statement": "statement",
    "video": "videos",
}
_PAGES = {
    "line": "insights:trace_line",
    "estimate": "insights:trace_estimate",
    "entry": "insights:trace_entry",
    "impression": "insights:trace_impression",
    "view": "insights:trace_view",
    "video": "insights:trace_video",
    "statement": "insights:trace_statement",
}
_SMALLEST_PERMILLE = 6  # a part thinner than this would not be seen


@register.filter
def href(ref: Ref) -> str:
    """Return the address of a reference."""
    if ref.kind == "campaign":
        return f"/ads/campaigns/{ref.id}/"
    return reverse(_PAGES[ref.kind], args=ref.id.split("/"))


@register.filter
def stop_icon(kind: StopKind) -> str:
    """Return the icon of a stop."""
    return ICONS[kind]


@register.simple_tag
def exact_amount(money: Money) -> SafeString:
    """Return the amount to the last micro-unit; what is below the payable unit is set quieter."""
    exact = format_money(money, exact=True)
    point = exact.rfind(".")
    cut = point + 1 + currency(money.currency).exponent if point >= 0 else len(exact)
    if cut >= len(exact):
        return format_html('<span class="amount">{}</span>', exact)
    return format_html(
        '<span class="amount">{}<span class="micros">{}</span></span>', exact[:cut], exact[cut:]
    )


@dataclass(frozen=True, slots=True)
class _Level:
    """One bar of the picture; ``cone`` are the corners of the light that falls to the next."""

    zoom: Zoom
    width: int
    cone: str


@register.inclusion_tag("insights/_zoom.html")
def zoom_picture(zooms: Sequence[Zoom], last: str, amount: Money) -> dict[str, object]:
    """Draw the zooms; ``last`` names the amount at the bottom."""
    levels = [
        _Level(zoom, width, f"0,0 {width},0 1000,24 0,24")
        for zoom in zooms
        for width in [max(zoom.permille, _SMALLEST_PERMILLE)]
    ]
    return {"levels": levels, "last": last, "amount": amount}
