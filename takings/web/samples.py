"""Figures for the component page: invented, deterministic, in the shapes that pages use."""

import datetime as dt

from takings.money import Money

FIRST_DAY = dt.date(2026, 11, 1)
FINAL = [184, 201, 260, 312, 288, 241, 198, 214, 230, 305, 341, 327, 262, 219]
ESTIMATED = [0] * 14 + [205, 236, 322, 358, 340]
CENT = 10_000


def samples() -> dict[str, object]:
    """Return what ``web/design.html`` shows."""
    days = [(FIRST_DAY + dt.timedelta(days=n)).isoformat() for n in range(len(ESTIMATED))]
    final = [value * CENT for value in FINAL] + [0] * (len(ESTIMATED) - len(FINAL))
    estimated = [value * CENT for value in ESTIMATED]
    return {
        "bars": {
            "kind": "bar",
            "title": "Earnings by day",
            "currency": "USD",
            "x": days,
            "series": [
                {"name": "Final", "look": "final", "values": final},
                {"name": "Estimated", "look": "estimated", "values": estimated},
            ],
        },
        "lines": {
            "kind": "line",
            "title": "Qualified views",
            "unit": "views",
            "x": days,
            "series": [
                {
                    "name": "Qualified views",
                    "look": "plain",
                    "values": [value * 41 for value in FINAL + ESTIMATED[len(FINAL) :]],
                }
            ],
        },
        "earned": Money(405_000_000, "USD"),
        "price": Money(4_250, "USD"),
        "colours": COLOURS,
        "icons": ICONS,
        "moment": dt.datetime(2026, 11, 23, 14, 5, tzinfo=dt.UTC),
    }


COLOURS = [
    "paper",
    "surface",
    "sunken",
    "raised",
    "line",
    "line-strong",
    "ink",
    "ink-2",
    "ink-3",
    "accent",
    "accent-strong",
    "accent-wash",
    "focus",
    "ok",
    "ok-wash",
    "warn",
    "warn-wash",
    "bad",
    "bad-wash",
    "info",
    "info-wash",
]
ICONS = [
    "mark",
    "play",
    "pause",
    "heart",
    "share",
    "link",
    "copy",
    "plus",
    "minus",
    "upload",
    "download",
    "volume",
    "muted",
    "captions",
    "watch",
    "earnings",
    "videos",
    "statement",
    "trace",
    "campaign",
    "balance",
    "ledger",
    "wallet",
    "check",
    "cross",
    "ok",
    "warning",
    "error",
    "info",
    "up",
    "down",
    "left",
    "right",
    "forward",
    "external",
    "menu",
    "sun",
    "moon",
    "auto",
    "user",
    "enter",
    "leave",
    "search",
    "retry",
    "offline",
    "clock",
    "lock",
    "trash",
    "edit",
    "eye",
    "music",
    "swatch",
    "book",
    "more",
]
