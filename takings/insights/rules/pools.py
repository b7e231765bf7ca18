"""The names of pools' accounts."""

from takings.settlement.rules import PoolKey


def pool_of(account: str, *, currency: str) -> PoolKey | None:
    """Return which pool an account is, or None for every other account.

    >>> pool_of("pool:feed_ads:DE:2026-11", currency="USD")
    PoolKey(period='2026-11', country='DE', currency='USD', product='feed_ads')
    """
    owner, _, rest = account.partition(":")
    product, _, place = rest.partition(":")
    country, _, period = place.partition(":")
    return PoolKey(period, country, currency, product) if owner == "pool" else None
