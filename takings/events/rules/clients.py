"""What is kept of the client: a class instead of its name, a hash instead of its address."""

import datetime as dt
import hashlib
import re
from functools import lru_cache

from takings.events.rules.networks import read_address

IPV4_BITS, IPV6_BITS = 24, 48
_ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|headless|phantomjs|curl/|wget/|python-|aiohttp|httpx"
    r"|go-http-client|okhttp|java/|libwww|lighthouse|facebookexternalhit",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def classify_agent(user_agent: str) -> str:
    """Return ``bot``, ``browser`` or, without a name, ``unknown``.

    Declared robots and headless browsers are general invalid traffic (MRC Invalid Traffic
    Detection and Filtration Guidelines); the name itself is not kept.
    """
    if not user_agent.strip():
        return "unknown"
    return "bot" if _ROBOTS.search(user_agent) else "browser"


@lru_cache(maxsize=16_384)
def hash_network(*, address: str, day: dt.date, key: str) -> int:
    """Return a signed 64-bit hash of the client's network on this day; 0 when it is unknown.

    The address is cut to its network first (IPv4 /24, IPv6 /48), then salted by the day, so that
    neither an address nor a habit over days can be read from the lake.
    """
    host = read_address(address)
    if host is None:
        return 0
    kept = IPV4_BITS if host.version == 4 else IPV6_BITS  # noqa: PLR2004 - IP version
    network = int(host) >> host.max_prefixlen - kept
    salt = hashlib.sha256(f"network-of-day:{key}:{day}".encode()).digest()
    digest = hashlib.blake2b(f"{host.version}:{network}".encode(), key=salt, digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)
