"""Where the lines of a picture of flows go: whole numbers of a drawing unit, nothing else.

Debited accounts stand at the left, credited ones at the right; a ribbon's width is in proportion
to its amount, and never so thin that it is not seen. An account on both sides is drawn twice.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from takings.insights.rules.flows import Flow
from takings.money import Money

NARROW, WIDE = 320, 720
FULL = 112  # the height of all money together
THINNEST = 2
BAR = 7
LABEL = 36  # two lines of text above each bar
GAP = 10
HEAD = 24
TIP = 7
LINE = 14  # amounts on ribbons keep this far from one another
LETTER = 6.7  # the width of an average letter at the size in which labels are set

End = Literal["debit", "credit"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One end: the bar's corner and height, and what is written above it."""

    end: End
    x: int
    y: int
    height: int
    name: str
    label: str
    amount: Money

    @property
    def text_x(self) -> int:
        """Where its words begin, or at the right side end."""
        return self.x if self.end == "debit" else self.x + BAR

    @property
    def name_y(self) -> int:
        """The base line of the name."""
        return self.y - 21

    @property
    def amount_y(self) -> int:
        """The base line of the amount."""
        return self.y - 6


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One flow: its outline, and where its amount stands if no bar tells it already."""

    flow: Flow
    path: str
    x: int
    y: int
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of ``width`` × ``height``; ``total`` is what all its ribbons carry."""

    width: int
    height: int
    total: Money
    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]


def picture(flows: Sequence[Flow], *, width: int) -> Picture:
    """Return the drawing of flows of one currency; there must be at least one."""
    total = sum((flow.amount for flow in flows[1:]), flows[0].amount)
    thick = [max(THINNEST, FULL * flow.amount.micros // total.micros) for flow in flows]
    lefts = _bars(flows, thick, end="debit", width=width)
    rights = _bars(flows, thick, end="credit", width=width)
    height = max(_foot(lefts), _foot(rights))
    lefts, rights = _centred(lefts, height), _centred(rights, height)
    return Picture(
        width=width,
        height=height,
        total=total,
        bars=(*lefts.values(), *rights.values()),
        ribbons=_ribbons(flows, thick, (lefts, rights)),
    )


def shortened(name: str, *, letters: int) -> str:
    """Return a name that fits, its middle left out where it does not.

    >>> shortened("advertiser:7:prepaid", letters=12)
    'adver…repaid'
    """
    if len(name) <= letters:
        return name
    head = (letters - 1) // 2
    return f"{name[:head]}…{name[head + 1 - letters :]}"


def _name(flow: Flow, end: End) -> str:
    return flow.debit if end == "debit" else flow.credit


def _bars(flows: Sequence[Flow], thick: Sequence[int], *, end: End, width: int) -> dict[str, Bar]:
    """Return one side's bars from the top down, in the order in which accounts appear."""
    heights: dict[str, int] = defaultdict(int)
    sums: dict[str, int] = defaultdict(int)
    for flow, height in zip(flows, thick, strict=True):
        heights[_name(flow, end)] += height
        sums[_name(flow, end)] += flow.amount.micros
    letters = int((width // 2 - GAP) / LETTER)
    code = flows[0].amount.currency
    bars, y = {}, HEAD
    for name, height in heights.items():
        y += LABEL
        bars[name] = Bar(
            end=end,
            x=0 if end == "debit" else width - BAR,
            y=y,
            height=height,
            name=name,
            label=shortened(name, letters=letters),
            amount=Money(sums[name], code),
        )
        y += height + GAP
    return bars


def _foot(bars: dict[str, Bar]) -> int:
    """Return where a side ends."""
    return max(bar.y + bar.height for bar in bars.values()) + GAP


def _centred(bars: dict[str, Bar], height: int) -> dict[str, Bar]:
    """Return the shorter side moved to the middle of the taller one."""
    down = (height - _foot(bars)) // 2
    return {name: replace(bar, y=bar.y + down) for name, bar in bars.items()}


def _ribbons(
    flows: Sequence[Flow], thick: Sequence[int], sides: tuple[dict[str, Bar], dict[str, Bar]]
) -> tuple[Ribbon, ...]:
    """Return the ribbons; at each bar they lie side by side, in the order of the flows."""
    lefts, rights = sides
    taken: dict[tuple[End, str], int] = defaultdict(int)
    ribbons = []
    for flow, width in zip(flows, thick, strict=True):
        start, goal = lefts[flow.debit], rights[flow.credit]
        y0, y1 = start.y + taken["debit", start.name], goal.y + taken["credit", goal.name]
        taken["debit", start.name] += width
        taken["credit", goal.name] += width
        ribbons.append(
            Ribbon(
                flow=flow,
                path=_outline((start.x + BAR, y0), (goal.x - TIP, y1), width),
                x=(start.x + BAR) + (goal.x - start.x) * _ALONG // 1000,
                y=y0 + (y1 - y0) * _DOWN // 1000 + width // 2 + 4,
                is_labelled=start.height > width and goal.height > width,
            )
        )
    return _apart(ribbons)


_ALONG, _DOWN = 342, 216  # where a ribbon's curve is at three tenths: before it crosses others


def _apart(ribbons: Sequence[Ribbon]) -> tuple[Ribbon, ...]:
    """Return the ribbons with no amount written over another: from the top, each makes room."""
    moved, free = list(ribbons), 0
    labelled = (place for place, ribbon in enumerate(ribbons) if ribbon.is_labelled)
    for place in sorted(labelled, key=lambda place: ribbons[place].y):
        moved[place] = replace(ribbons[place], y=max(ribbons[place].y, free))
        free = moved[place].y + LINE
    return tuple(moved)


def _outline(start: tuple[int, int], goal: tuple[int, int], width: int) -> str:
    """Return the outline of a ribbon that ends in a tip, as SVG writes paths."""
    (x0, y0), (x1, y1) = start, goal
    bend = (x0 + x1) // 2
    return (
        f"M{x0} {y0}C{bend} {y0} {bend} {y1} {x1} {y1}l{TIP} {width // 2}L{x1} {y1 + width}"
        f"C{bend} {y1 + width} {bend} {y0 + width} {x0} {y0 + width}Z"
    )
