"""What fans think of what was made: stars, and their mean as everybody reads it."""

from takings.core.errors import Conflict, Invalid

MOST_STARS = 5


class BadStars(Invalid):
    """One star to five."""

    code = "bad_stars"
    sentence = "Choose one to {most} stars."


class RatedAlready(Conflict):
    """A rating is given once, so that nobody is asked to change it."""

    code = "request_rated_already"
    sentence = "You have rated this already; a rating stays as it was given."


def check_stars(stars: int) -> int:
    """Return the stars, or refuse with :class:`BadStars`."""
    if not 1 <= stars <= MOST_STARS:
        raise BadStars(most=MOST_STARS)
    return stars


def mean_tenths(total: int, *, count: int) -> int:
    """Return the mean of so many ratings in tenths of a star, half a tenth rounded up.

    >>> mean_tenths(13, count=3), mean_tenths(9, count=2)
    (43, 45)
    """
    return (20 * total + count) // (2 * count)
