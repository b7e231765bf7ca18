"""Template tags of the trace: where a thing opens, exact amounts, the picture of a zoom.

>>> {{ ref|href }}                 the address of what a Ref names
>>> {% exact_amount money %}       $0.83 with its micro-units set quieter: 1234
>>> {% exact_cell money %}         the same with all six decimals, for columns
>>> {% zoom_picture trace.zooms %} from the pool to the line, drawn in SVG
>>> {{ 1204|counted }}             1,204
>>> {{ "2026-11"|period_words }}   November 2026; also country_words, kind_words, utc_words
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from takings.insights.queries.earnings import Earnings
from takings.insights.rules import words
from takings.insights.rules.exact import count
from takings.insights.rules.trace import Ref, StopKind, Zoom
from takings.money import Money, currency, format_money
from takings.money.currency import MICRO_DIGITS

register = template.Library()

ICONS: dict[StopKind, str] = {
    "deposit": "wallet",
    "impressions": "eye",
    "pool": "balance",
    "music": "music",
    "share": "earnings",
    "line": "trace",
    "views": "watch",
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


@register.filter
def counted(number: int) -> str:
    """Return a count with its thousands set apart."""
    return count(number)


@register.filter
def period_words(name: str) -> str:
    """Return ``November 2026`` for ``2026-11``."""
    return words.period_words(name)


@register.filter
def country_words(code: str) -> str:
    """Return ``Germany`` for ``DE``."""
    return words.country_words(code)


@register.filter
def kind_words(kind: str) -> str:
    """Return an entry's or an act's kind as words."""
    return words.kind_words(kind)


@register.filter
def utc_words(moment: dt.datetime) -> str:
    """Return ``1 November 2026, 00:00``: for paper, where no script shows the reader's zone."""
    utc = moment.astimezone(dt.UTC)
    return f"{words.day_words(utc.date())}, {utc:%H:%M}"


@register.filter
def before_hole(pattern: str) -> str:
    """Return the fixed beginning of an account pattern: ``creator:`` of ``creator:<id>:held``."""
    return pattern.partition("<")[0]


@register.filter
def rate_per_thousand(sums: Earnings) -> str:
    """Return what a thousand engaged views earned, cut to the payable unit."""
    micros = sums.total.micros * 1_000 // sums.views if sums.views else 0
    return format_money(Money(micros, sums.currency))


@register.simple_tag
def exact_amount(money: Money) -> SafeString:
    """Return the amount to the last micro-unit; what is below the payable unit is set quieter."""
    return _quieter(format_money(money, exact=True), money.currency)


@register.simple_tag
def exact_cell(money: Money) -> SafeString:
    """Return the exact amount with all six decimals, so that a column of them lines up."""
    exact = format_money(money, exact=True)
    point = exact.rfind(".")
    decimals = len(exact) - point - 1 if point >= 0 else 0
    dot = "" if point >= 0 else "."
    return _quieter(f"{exact}{dot}{'0' * (MICRO_DIGITS - decimals)}", money.currency)


def _quieter(exact: str, code: str) -> SafeString:
    point = exact.rfind(".")
    exponent = currency(code).exponent
    cut = point + (1 + exponent if exponent else 0) if point >= 0 else len(exact)
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
