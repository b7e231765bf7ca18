"""Data centres are known by the operator's lists, which may change while the collector runs."""

import asyncio
import errno
import ipaddress
import logging
import os
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from takings.events.edge.networks import WatchedNetworks
from takings.events.queries.networks import read_networks
from takings.events.rules.networks import NetworkLists
from tests.events.test_collector import events, records, tell

LISTS = {
    "hosting.txt": "# clouds\n192.0.2.0/24\n192.0.2.0/25\n2001:db8::/32 # all of it\n\n",
    "hosting-more.txt": "198.51.100.7\n",
    "blocked.txt": "192.0.2.128/25\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the lists."""
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.0", "hosting"),
        ("192.0.2.127", "hosting"),
        ("192.0.2.128", "blocked"),
        ("192.0.2.255", "blocked"),
        ("192.0.3.0", ""),
        ("192.0.1.255", ""),
        ("198.51.100.7", "hosting"),
        ("198.51.100.8", ""),
        ("2001:db8:ffff::1", "hosting"),
        ("2001:db9::", ""),
        ("::ffff:192.0.2.1", "hosting"),
        ("0.0.0.1", ""),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_an_address_has_the_class_of_the_list_it_is_in(
    folder: Path, address: str, expected: str
) -> None:
    assert read_networks(folder).lists.classify(address) == expected


@given(st.lists(st.ip_addresses(v=4), max_size=8), st.ip_addresses(v=4))
def test_the_search_finds_what_going_through_all_finds(
    bases: list[ipaddress.IPv4Address], address: ipaddress.IPv4Address
) -> None:
    networks = [
        ipaddress.ip_network(f"{base}/{n % 25}", strict=False) for n, base in enumerate(bases)
    ]
    expected = "hosting" if any(address in network for network in networks) else ""
    assert NetworkLists({"hosting": networks}).classify(str(address)) == expected


def test_a_wrong_line_is_named_and_the_others_hold(folder: Path) -> None:
    (folder / "hosting.txt").write_text(
        "192.0.2.0/24\n192.0.2.1/24\neverybody\n\xff\n203.0.113.0/24\n"
    )
    (folder / "friends.txt").write_text("192.0.2.0/24\n")
    (folder / ".hidden").write_text("x")
    read = read_networks(folder)
    said = [str(refusal) for refusal in read.refused]
    assert said[0] == "friends.txt: the name of a list of networks begins with blocked or hosting."
    assert said[1].startswith("hosting.txt, line 2: “192.0.2.1/24” is no network")
    assert [sentence.partition(":")[0] for sentence in said[2:]] == [
        "hosting.txt, line 3",
        "hosting.txt, line 4",
    ]
    assert read.lists.classify("203.0.113.9") == "hosting"


def test_no_folder_is_no_list(tmp_path: Path) -> None:
    read = read_networks(tmp_path / "nowhere")
    assert (read.lists.classify("192.0.2.1"), read.refused, read.state) == ("", [], ())


def test_a_list_that_changes_is_read_again_while_requests_go_on(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        networks = WatchedNetworks(folder, look_s=0)
        assert networks.classify("203.0.113.1") == ""
        (folder / "blocked.txt").write_text("203.0.113.0/24\nnonsense\n")
        os.utime(folder / "blocked.txt", ns=(1, 1))
        while networks.classify("203.0.113.1") != "blocked":  # noqa: ASYNC110 - the disk tells nobody
            await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert caplog.messages == [
        "blocked.txt, line 2: “nonsense” is no network; write one as 192.0.2.0/24."
    ]


def test_lists_that_cannot_be_read_any_more_stay_as_they_were(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        networks = WatchedNetworks(folder, look_s=0)
        (folder / "blocked.txt").write_text("203.0.113.0/24\n")
        monkeypatch.setattr(Path, "read_text", break_disk)
        while not caplog.messages:
            assert networks.classify("192.0.2.200") == "blocked"
            await asyncio.sleep(0)

    def break_disk(*_: object, **__: object) -> str:
        raise OSError(errno.EIO, "the disk is broken")

    asyncio.run(story())
    assert "the last ones hold" in caplog.messages[0]


def test_the_collector_writes_down_the_class_and_not_the_address(
    folder: Path, tmp_path: Path
) -> None:
    with override_settings(EVENTS_HOME=tmp_path / "events", NETWORKS_HOME=folder):
        assert tell(events())[0].status == 202
    assert [kept.net_class for kept in records(tmp_path / "events")] == ["hosting"]
