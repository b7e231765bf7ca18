"""Props of the chart island (``docs/how-to/frontend.md``): earnings by day, gaps filled."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from takings.insights.rules.earnings import DayEarnings, Status
from takings.money import Money

DAYS_SHOWN = 366
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


def balance_chart(
    days: Sequence[tuple[dt.date, Money]], *, currency: str
) -> dict[str, object] | None:
    """Return the props of a line over an account's last days; ``None`` where there is no line.

    ``days`` are those on which something moved, in order; between them the balance stands.
    """
    if not days:
        return None
    last = days[-1][0]
    first = max(days[0][0], last - dt.timedelta(days=DAYS_SHOWN - 1))
    known = {day: amount.micros for day, amount in days}
    standing = next((m.micros for day, m in reversed(days) if day <= first), 0)
    dates, values = [], []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        standing = known.get(day, standing)
        dates.append(day.isoformat())
        values.append(standing)
    return {
        "kind": "line" if len(dates) > 1 else "bar",
        "title": f"Balance in {currency} at the end of each day (UTC)",
        "currency": currency,
        "x": dates,
        "series": [{"name": "Balance", "look": "final", "values": values}],
        "height": 220,
    }


def _each(stretch: ChartDays) -> Iterator[dt.date]:
    for number in range((stretch.last - stretch.first).days + 1):
        yield stretch.first + dt.timedelta(days=number)
