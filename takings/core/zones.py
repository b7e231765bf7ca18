"""Time zones that a person may choose: the places of the IANA database, and UTC."""

from functools import cache
from zoneinfo import available_timezones

from takings.core.errors import Invalid


class UnknownTimeZone(Invalid):
    """Time zones are those of the IANA database."""

    code = "unknown_time_zone"
    sentence = "“{time_zone}” is no time zone; choose one from the list, such as Europe/Berlin."


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of places whose clocks one may choose, and UTC."""
    places = (name for name in available_timezones() if "/" in name and "Etc/" not in name)
    return ("UTC", *sorted(places))


def time_zone_choices() -> list[tuple[str, str]]:
    """Return each with the words in which a form offers it."""
    return [(name, name.replace("_", " ")) for name in time_zones()]


def check_time_zone(time_zone: str) -> str:
    """Return the name, or refuse with :class:`UnknownTimeZone`."""
    if time_zone not in time_zones():
        raise UnknownTimeZone(time_zone=time_zone)
    return time_zone


def time_zone_or_utc(time_zone: str) -> str:
    """Return a time zone that a browser told us, if it is one, and else UTC."""
    return time_zone if time_zone in time_zones() else "UTC"
