"""What is kept of the client: a class instead of its name, a hash instead of its address.

Whoever asks for less is kept as somebody else every day, and from no network at all.
"""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from takings.core.errors import Forbidden
from takings.events.rules.networks import Address, read_address

Header = tuple[bytes, bytes]

IPV4_BITS, IPV6_BITS = 24, 48
PRIVATE_COOKIE = "takings_private"
OWN_SITE = frozenset({b"same-origin", b"none"})
_ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|headless|phantomjs|curl/|wget/|python-|aiohttp|httpx"
    r"|go-http-client|okhttp|java/|libwww|lighthouse|facebookexternalhit",
    re.IGNORECASE,
)


class CrossSite(Forbidden):
    """Another site's page let a browser post here, with the viewer's cookie perhaps."""

    code = "cross_site"
    sentence = "Events come from our own pages only; this came from another site."


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
def network_of(address: str) -> tuple[int, int] | None:
    """Return (IP version, the first bits) of the client's network.

    None for an unknown address, and for one that many may share: of this machine or a private
    network, as of a proxy that is not believed.
    """
    host = read_address(address)
    if host is None or host.is_loopback or host.is_private:
        return None
    return _network(host)


def _network(host: Address) -> tuple[int, int]:
    kept = IPV4_BITS if host.version == 4 else IPV6_BITS  # noqa: PLR2004 - IP version
    return host.version, int(host) >> host.max_prefixlen - kept


@lru_cache(maxsize=16_384)
def hash_network(*, address: str, day: dt.date, key: str) -> int:
    """Return a signed 64-bit hash of the client's network on this day; 0 when it is unknown.

    The address is cut to its network first (IPv4 /24, IPv6 /48), then salted by the day, so that
    neither an address nor a habit over days can be read from the lake.
    """
    host = read_address(address)
    if host is None:
        return 0
    version, network = _network(host)
    salt = hashlib.sha256(f"network-of-day:{key}:{day}".encode()).digest()
    digest = hashlib.blake2b(f"{version}:{network}".encode(), key=salt, digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def read_cookies(headers: Iterable[Header]) -> Mapping[str, str]:
    """Return the cookies of a request; HTTP/2 may send each in a header of its own."""
    return _cookies_in(b";".join(value for name, value in headers if name == b"cookie"))


@lru_cache(maxsize=16_384)
def _cookies_in(header: bytes) -> Mapping[str, str]:
    split = (pair.strip().partition(b"=") for pair in header.split(b";"))
    return {name.decode("latin-1"): value.decode("latin-1") for name, _, value in split}


def is_private(*, headers: Mapping[bytes, bytes], cookies: Mapping[str, str]) -> bool:
    """Tell whether the viewer asks that less be kept: by our switch, or by the browser's signal.

    ``Sec-GPC: 1`` is the Global Privacy Control (W3C draft).
    """
    return cookies.get(PRIVATE_COOKIE) == "1" or headers.get(b"sec-gpc") == b"1"


def check_site(*, headers: Mapping[bytes, bytes], public_url: str) -> None:
    """Refuse with :class:`CrossSite` what another site's page sends.

    Browsers tell by ``Sec-Fetch-Site`` (Fetch Metadata), older ones by ``Origin``. A player that
    is no browser sends neither, and no page can let it send.
    """
    if site := headers.get(b"sec-fetch-site"):
        if site not in OWN_SITE:
            raise CrossSite
    elif origin := headers.get(b"origin", b"").decode("latin-1"):
        own = {headers.get(b"host", b"").decode("latin-1"), urlsplit(public_url).netloc}
        if origin.rpartition("://")[2] not in own - {""}:
            raise CrossSite


@lru_cache(maxsize=16_384)
def day_viewer(*, viewer_id: uuid.UUID, day: dt.date, key: str) -> uuid.UUID:
    """Return who a viewer is on this day who asks that less be kept.

    The same all day, so that views are counted once; unlike on any other day, and traced back by
    nobody who has not both the key and the viewer's id, as when own views are left out.
    """
    salt = hashlib.sha256(f"private-viewer-of-day:{key}:{day}".encode()).digest()
    return uuid.UUID(bytes=hashlib.blake2b(viewer_id.bytes, key=salt, digest_size=16).digest())
