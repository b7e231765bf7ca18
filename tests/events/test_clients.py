"""Robots are told from browsers, and addresses are not kept."""

import datetime as dt

import pytest

from takings.events.rules.clients import classify_agent, hash_network

DAY = dt.date(2026, 11, 2)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "browser"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148", "browser"),
        ("Mozilla/5.0 (X11; CUBOT_NOTE) Gecko/20100101", "browser"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36", "bot"),
        ("python-requests/2.32", "bot"),
        ("curl/8.5.0", "bot"),
        ("  ", "unknown"),
    ],
)
def test_a_declared_robot_is_known(agent: str, kind: str) -> None:
    assert classify_agent(agent) == kind


def test_neighbours_in_one_network_look_alike_for_one_day() -> None:
    here = hash_network(address="192.0.2.7", day=DAY, key="secret")
    assert here == hash_network(address="192.0.2.250", day=DAY, key="secret")
    assert here != hash_network(address="192.0.3.7", day=DAY, key="secret")
    assert here != hash_network(address="192.0.2.7", day=DAY + dt.timedelta(1), key="secret")
    assert here != hash_network(address="192.0.2.7", day=DAY, key="another")
    assert -(2**63) <= here < 2**63


def test_ipv6_is_cut_to_the_site() -> None:
    site = hash_network(address="2001:db8:1:2::9", day=DAY, key="secret")
    assert site == hash_network(address="2001:db8:1:ff::1", day=DAY, key="secret")
    assert site != hash_network(address="2001:db8:2::9", day=DAY, key="secret")


@pytest.mark.parametrize("address", ["", "unix:", "999.1.1.1"])
def test_no_address_is_no_network(address: str) -> None:
    assert hash_network(address=address, day=DAY, key="secret") == 0
