"""Days as an advertiser counts them: from midnight to midnight in the campaign's time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

from takings.core.errors import Invalid

DAY = dt.timedelta(days=1)
MOMENT = dt.timedelta(microseconds=1)
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
"""Days that advertisers may name: those at the ends of the calendar have no midnight somewhere."""


class DayOutOfReach(Invalid):
    """No ad runs so early, or so late."""

    code = "day_out_of_reach"
    sentence = "Choose a day from {first} to {last}."


def check_day(day: dt.date) -> dt.date:
    """Return the day, or refuse with :class:`DayOutOfReach`."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayOutOfReach(first=FIRST_DAY.year, last=LAST_DAY.year)
    return day


def midnight(day: dt.date, *, time_zone: str) -> dt.datetime:
    """Return the instant at which a day begins there, in UTC.

    Where clocks leap over midnight, the day begins when they do.
    """
    local = dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(time_zone))
    return local.astimezone(dt.UTC)


def day_of(instant: dt.datetime, *, time_zone: str) -> dt.date:
    """Return the day it is there at an instant."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def last_day_of(ends_at: dt.datetime, *, time_zone: str) -> dt.date:
    """Return the day there of the last moment before an end."""
    return day_of(ends_at - MOMENT, time_zone=time_zone)


def day_around(at: dt.datetime, *, time_zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Return when the day there of an instant begins and ends; 23 to 25 hours lie between."""
    day = day_of(at, time_zone=time_zone)
    return midnight(day, time_zone=time_zone), midnight(day + DAY, time_zone=time_zone)


def said_there(instant: dt.datetime, *, time_zone: str) -> str:
    """Return ``2026-11-02 00:00``: an instant as clocks there show it."""
    return f"{instant.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"


def moved_by(
    days: int, *, starts_at: dt.datetime, ends_at: dt.datetime, time_zone: str
) -> tuple[dt.datetime, dt.datetime]:
    """Return start and end so many days later there, as whole days."""
    first = day_of(starts_at, time_zone=time_zone) + days * DAY
    last = last_day_of(ends_at, time_zone=time_zone) + days * DAY
    return midnight(first, time_zone=time_zone), midnight(last + DAY, time_zone=time_zone)


def days_until(at: dt.datetime, *, starts_at: dt.datetime, time_zone: str) -> int:
    """Return by how many days a start must move there to be on the day of ``at``."""
    today = day_of(at, time_zone=time_zone)
    return (today - day_of(starts_at, time_zone=time_zone)).days
