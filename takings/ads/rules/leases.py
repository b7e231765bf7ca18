"""How much of a budget an ad server may hold: enough to decide alone, little enough to share.

An ad server takes money out of a campaign's budget before it decides (a lease), so K servers
together can never decide more than the budget holds: there is nothing left to agree on afterwards.
"""

import datetime as dt

from takings.money import Money

LEASE_LIFE = dt.timedelta(minutes=5)
"""A server decides on a lease for this long, then gives back what it has not promised."""
SHIPPING_MARGIN = dt.timedelta(hours=1)
"""After the last token of a lease expired, beacons have this long to reach the books."""
FULL_USE = dt.timedelta(seconds=10)
"""A lease that is used up sooner was too small: refilling it took longer than spending it."""
SHORTEST_USE = dt.timedelta(milliseconds=100)
FEWEST_IMPRESSIONS = 10
LARGEST_PART = 16
"""One lease takes at most a sixteenth of what is left, so that other servers find some."""


def lease_size(*, price: Money, left: Money, used_before: int) -> Money:
    """Return how much to lease: twice what the last lease used, within bounds, in whole prices.

    ``used_before`` is in views, see :func:`expected_use`. ``left`` is what neither this nor another
    server holds. Nothing when it pays for no view.
    """
    affordable = left.micros // price.micros
    wanted = max(FEWEST_IMPRESSIONS, min(2 * used_before, affordable // LARGEST_PART))
    return price * min(wanted, affordable)


def expected_use(*, promised: int, within: dt.timedelta) -> int:
    """Return how many views a lease promises in ten seconds that promised so many ``within`` some.

    That is what the next one is measured by, so that whoever is asked for suddenly is not out of
    money at each look at the database, as it would be if leases only doubled.
    """
    return promised * FULL_USE // min(max(within, SHORTEST_USE), FULL_USE)


def is_low(*, left: Money, leased: Money) -> bool:
    """Tell whether a server should ask for more: half of its newest lease is promised.

    Of one that holds nothing, because its line item pays later, there is always enough.
    """
    return 0 < leased.micros >= left.micros * 2


def may_be_closed(*, expires_at: dt.datetime, token_ttl_s: int, at: dt.datetime) -> bool:
    """Tell whether no beacon of a lease can still be on its way to the books."""
    return at >= expires_at + dt.timedelta(seconds=token_ttl_s) + SHIPPING_MARGIN
