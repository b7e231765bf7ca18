"""The operator's lists of networks, as they lie in their folder now."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from takings.core.errors import Invalid
from takings.events.rules.networks import (
    BadListName,
    Network,
    NetworkLists,
    class_of,
    read_list,
)


@dataclass(frozen=True, slots=True)
class NetworksRead:
    """The lists, what in them could not be read, and the state of the files they came from."""

    lists: NetworkLists
    refused: list[Invalid]
    state: tuple[tuple[str, int, int], ...]


def networks_state(folder: Path | None) -> tuple[tuple[str, int, int], ...]:
    """Return name, time of change and size of each list; another answer means: read again."""
    if folder is None or not folder.is_dir():
        return ()
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
    facts = [(path.name, path.stat()) for path in files]
    return tuple((name, fact.st_mtime_ns, fact.st_size) for name, fact in facts)


def read_networks(folder: Path | None) -> NetworksRead:
    """Read every list; what is wrong is named, and everything else counts."""
    state = networks_state(folder)
    networks: dict[str, list[Network]] = defaultdict(list)
    refused: list[Invalid] = []
    for file, _, _ in state:
        if (name := class_of(file)) is None:
            refused.append(BadListName(file=file))
            continue
        text = (folder or Path()).joinpath(file).read_text(encoding="utf-8", errors="replace")
        found, wrong = read_list(file, text)
        networks[name] += found
        refused += wrong
    return NetworksRead(NetworkLists(networks), refused, state)
