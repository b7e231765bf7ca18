"""Props of the chart island (``docs/how-to/frontend.md``): earnings by day, gaps filled."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from takings.insights.rules.earnings import DayEarnings, Status

_NAMES: dict[Status, str] = {"final": "Final", "estimated": "Estimated"}


@dataclass(frozen=True, slots=True)
class ChartDays:
    """A stretch of days of one status, [``first``, ``last``], with the address of each day."""

    status: Status
    first: dt.date
    last: dt.date
    days: Sequence[DayEarnings]
    address: str


def days_chart(stretches: Sequence[ChartDays], *, currency: str) -> dict[str, object]:
    """Return the props of a bar chart over these stretches, oldest first; a series per status.

    ``address`` ends where a day's ISO date is to be written.
    """
    listed = [(day, stretch) for stretch in stretches for day in _each(stretch)]
    amounts = {(one.day, s.status): one.amount.micros for s in stretches for one in s.days}
    present = [s.status for s in stretches if s.first <= s.last]
    series = [
        {
            "name": _NAMES[status],
            "look": status,
            "values": [
                amounts.get((day, status), 0) if stretch.status == status else 0
                for day, stretch in listed
            ],
        }
        for status in sorted(set(present), key=present.index)
    ]
    return {
        "kind": "bar",
        "title": "Earnings by day",
        "currency": currency,
        "x": [day.isoformat() for day, _ in listed],
        "series": series,
        "links": [f"{stretch.address}{day.isoformat()}" for day, stretch in listed],
        "height": 240,
        "table": False,
    }


def _each(stretch: ChartDays) -> Iterator[dt.date]:
    for number in range((stretch.last - stretch.first).days + 1):
        yield stretch.first + dt.timedelta(days=number)
