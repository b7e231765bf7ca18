"""Networks that no viewer lives in: lists of data centres and of blocked networks, as intervals.

A list is a text file with one network in CIDR notation on a line; ``#`` begins a comment. Its name
begins with the class it gives: ``hosting-aws.txt``, ``blocked.txt``.
"""

import ipaddress
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from takings.core.errors import Invalid

CLASSES = ("blocked", "hosting")
"""The first that applies is an address's class. Both are general invalid traffic (MRC)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadNetworkLine(Invalid):
    """The other lines of the list still count."""

    code = "bad_network_line"
    sentence = "{file}, line {line}: “{given}” is no network; write one as 192.0.2.0/24."


class BadListName(Invalid):
    """What a list is about is said by its name."""

    code = "bad_list_name"
    sentence = "{file}: the name of a list of networks begins with blocked or hosting."


def read_address(text: str) -> Address | None:
    """Return the address, an IPv4 one without the clothes of IPv6; None when there is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def read_list(file: str, text: str) -> tuple[list[Network], list[Invalid]]:
    """Return the networks of one list, and a refusal for each line that is none."""
    networks: list[Network] = []
    refused: list[Invalid] = []
    for number, line in enumerate(text.splitlines(), start=1):
        given = line.partition("#")[0].strip()
        try:
            networks += [ipaddress.ip_network(given)] if given else []
        except ValueError:
            refused.append(BadNetworkLine(file=file, line=number, given=given[:60]))
    return networks, refused


def class_of(file: str) -> str | None:
    """Return the class that a list of this name gives."""
    return next((name for name in CLASSES if file.startswith(name)), None)


class NetworkLists:
    """Which class an address has. Looking one up costs two searches in sorted intervals."""

    def __init__(self, networks: Mapping[str, Iterable[Network]]) -> None:
        """Sort the networks of each class into disjoint intervals."""
        self.counts = dict.fromkeys(CLASSES, 0)
        self._starts: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._ends: dict[tuple[str, int], list[int]] = defaultdict(list)
        for name, listed in networks.items():
            whole = list(listed)
            self.counts[name] += len(whole)
            v4 = [network for network in whole if isinstance(network, ipaddress.IPv4Network)]
            v6 = [network for network in whole if isinstance(network, ipaddress.IPv6Network)]
            disjoint: list[Network] = [
                *ipaddress.collapse_addresses(v4),
                *ipaddress.collapse_addresses(v6),
            ]
            for network in disjoint:
                self._starts[name, network.version].append(int(network.network_address))
                self._ends[name, network.version].append(int(network.broadcast_address))
        self.classify = lru_cache(maxsize=16_384)(self._classify)

    def _classify(self, text: str) -> str:
        """Return ``blocked``, ``hosting`` or, for everybody else, nothing."""
        address = read_address(text)
        if address is None:
            return ""
        number = int(address)
        for name in CLASSES:
            place = bisect_right(self._starts[name, address.version], number) - 1
            if place >= 0 and number <= self._ends[name, address.version][place]:
                return name
        return ""
