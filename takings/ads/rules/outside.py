"""Which addresses outside we ask: https, on the public Internet, and nothing else."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from takings.core.errors import Invalid

LONGEST_ADDRESS = 2_000
HTTPS_PORT = 443
_NAT64 = IPv6Network("64:ff9b::/96")


class BadOutsideAddress(Invalid):
    """Whatever else a URL can name is inside, or can be read on the way."""

    code = "bad_outside_address"
    sentence = "“{given}” is no plain https address without a password and a port."


class NotPublic(Invalid):
    """A name may lead into our own network."""

    code = "not_public"
    sentence = "“{host}” is not on the public Internet."


def check_address(given: str) -> SplitResult:
    """Return the parts of an address outside, or refuse with :class:`BadOutsideAddress`."""
    try:
        parts = urlsplit(given)
        is_plain = parts.scheme == "https" and parts.port in {None, HTTPS_PORT}
    except ValueError:
        raise BadOutsideAddress(given=given[:80]) from None
    is_plain = is_plain and bool(parts.hostname) and "@" not in parts.netloc
    is_word = given.isascii() and given.isprintable() and " " not in given
    if not is_plain or not is_word or len(given) > LONGEST_ADDRESS:
        raise BadOutsideAddress(given=given[:80])
    return parts


def is_public(address: str) -> bool:
    """Tell whether an IP address is on the public Internet, and no way to one that is not.

    IPv6 has four ways to name an IPv4 address; whoever uses one of them is not asked.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and _names_ipv4(ip):
        return False
    return ip.is_global and not ip.is_multicast


def _names_ipv4(ip: IPv6Address) -> bool:
    return bool(ip.ipv4_mapped or ip.sixtofour or ip.teredo) or ip in _NAT64
