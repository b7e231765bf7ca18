"""Template tags of the trace: where a thing opens, exact amounts, the picture of a zoom.

>>> {{ ref|href }}                 the address of what a Ref names
>>> {% zoom_picture trace.zooms %} from the pool to the line, drawn in SVG
>>> {{ 1204|counted }}             1,204
>>> {{ "2026-11"|period_words }}   November 2026; also country_words, kind_words, utc_words
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django import template
from django.urls import reverse

from takings.insights.queries.earnings import Earnings
from takings.insights.rules import words
from takings.insights.rules.exact import count, percent
from takings.insights.rules.rooms import share_words
from takings.insights.rules.trace import Ref, StopKind, Zoom
from takings.money import Money, format_money

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
    return words.period_words(str(name))


@register.filter
def country_words(code: str) -> str:
    """Return ``Germany`` for ``DE``."""
    return words.country_words(code)


@register.filter
def product_words(product: str) -> str:
    """Return what a pool is for."""
    return words.product_words(product)


@register.filter
def of_pool(product: str) -> str:
    """Return `` · Creator fund`` for lines that are not of feed ads."""
    return words.of_pool(product)


@register.filter
def direct_words(product: str, number: int) -> str:
    """Return how many of what is in no pool: ``3 gifts``, ``1 sale``."""
    return words.direct_words(product, number)


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
def day_words(day: dt.date) -> str:
    """Return ``14 November 2026``."""
    return words.day_words(day)


@register.filter
def percent_of_bp(share_bp: int) -> str:
    """Return basis points as people say them: 3333 is ``33.33 %``."""
    return percent(Fraction(share_bp, 10_000))


@register.filter
def in_currency(micros: int, code: str) -> Money:
    """Return micro-units of a frozen document as money."""
    return Money(micros, code)


@register.filter
def before_hole(pattern: str) -> str:
    """Return the fixed beginning of an account pattern: ``creator:`` of ``creator:<id>:held``."""
    return pattern.partition("<")[0]


@register.simple_tag
def share_of(part: Money, whole: Money) -> str:
    """Return what part of the whole an amount is: ``12.3 %``."""
    return share_words(part.micros, whole=whole.micros)


@register.filter
def rate_per_thousand(sums: Earnings) -> str:
    """Return what a thousand engaged views earned, cut to the payable unit."""
    micros = sums.total.micros * 1_000 // sums.views if sums.views else 0
    return format_money(Money(micros, sums.currency))


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
