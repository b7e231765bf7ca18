"""Template tags: islands, icons, built files, money and times.

>>> {% island "feed" props %}         the interactive part, with JSON-able props
>>> {% icon "heart" %}                an icon of our own sprite
>>> {% local_time moment %}           <time> in UTC, shown in the reader's zone
>>> {{ money|amount }}  {{ money|exact }}   $4.25 and $0.00425
>>> {% exact_amount money %}          $0.83 with its micro-units set quieter: 1234
>>> {% exact_cell money %}            the same with all six decimals, for columns
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from typing_extensions import override

from takings.money import Money, Rate, currency
from takings.money.currency import COIN
from takings.money.formatting import format_money
from takings.web.manifest import asset_url, style_urls

register = template.Library()


class _Props(DjangoJSONEncoder):
    """Knows money and dataclasses too; money goes as micro-units and a currency."""

    @override
    def default(self, o: object) -> object:
        if isinstance(o, Money):
            return {"micros": o.micros, "currency": o.currency}
        if is_dataclass(o) and not isinstance(o, type):
            return asdict(o)
        return super().default(o)


@register.simple_tag
def island(name: str, props: Mapping[str, object] | None = None) -> SafeString:
    """Place the island ``name``; its scripts and styles begin to load with the page."""
    script = f"frontend/islands/{name}/index.ts"
    return format_html(
        '{}<div class="island" data-island="{}" data-props="{}"></div>',
        _preloads(script),
        name,
        json.dumps(dict(props or {}), cls=_Props),
    )


def _preloads(script: str) -> SafeString:
    styles = format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((url,) for url in style_urls(script))
    )
    url = asset_url(script)
    return styles + format_html('<link rel="modulepreload" href="{}">', url) if url else styles


@register.simple_tag
def shell_assets() -> SafeString:
    """Return the style sheet and the one script of every page."""
    styles = asset_url("frontend/styles/index.css")
    script = asset_url("frontend/main.ts")
    if not styles or not script:
        return mark_safe("")
    return format_html(
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'
        '<link rel="stylesheet" href="{}"><script type="module" src="{}"></script>',
        asset_url(LATIN_FONT),
        styles,
        script,
    )


LATIN_FONT = (
    "node_modules/@fontsource-variable/instrument-sans/files/"
    "instrument-sans-latin-wght-normal.woff2"
)


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file by its name in the source."""
    return asset_url(name)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon; with a ``label`` it speaks, without one it is decoration."""
    url = asset_url("frontend/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            url,
            name,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', url, name)


@register.simple_tag
def local_time(moment: dt.datetime, style: str = "") -> SafeString:
    """Write an instant; the page shows it in the reader's zone (``style="relative"``: ago)."""
    utc = moment.astimezone(dt.UTC)
    return format_html(
        '<time datetime="{}" data-local="{}">{} UTC</time>',
        utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        style,
        f"{utc.day} {utc:%b %Y, %H:%M}",
    )


@register.filter
def amount(money: Money) -> str:
    """Return ``$4.25``, cut to the payable unit."""
    return format_money(money)


@register.filter
def exact(money: Money) -> str:
    """Return every micro-unit that is there: ``$0.00425``."""
    return format_money(money, exact=True)


@register.filter
def seconds(ms: int) -> str:
    """Return ``5 s`` for 5000 and ``1.5 s`` for 1500."""
    whole, rest = divmod(ms, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".") + " s"


@register.filter
def percent(rate: Rate) -> str:
    """Return ``45 %``; a rate that is no whole percentage keeps its fraction: ``33 1/3 %``."""
    whole, rest = divmod(rate.ratio * 100, 1)
    return f"{whole} {rest} %" if rest else f"{whole} %"


@register.simple_tag
def exact_amount(money: Money) -> SafeString:
    """Return the amount to the last micro-unit; what is below the payable unit is set quieter."""
    return _quieter(format_money(money, exact=True), money.currency)


@register.simple_tag
def exact_cell(money: Money) -> SafeString:
    """Return the exact amount with all six decimals, so that a column of them lines up."""
    return _quieter(format_money(money, aligned=True), money.currency)


def _quieter(exact: str, code: str) -> SafeString:
    point = -1 if code == COIN else exact.rfind(".")
    exponent = currency(code).exponent
    cut = point + (1 + exponent if exponent else 0) if point >= 0 else len(exact)
    if cut >= len(exact):
        return format_html('<span class="amount">{}</span>', exact)
    return format_html(
        '<span class="amount">{}<span class="micros">{}</span></span>', exact[:cut], exact[cut:]
    )
