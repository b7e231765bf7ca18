"""Who floods the collector is asked to wait; who sends as players do never is."""

import asyncio
import uuid
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from takings.events.edge.collector import Collector
from takings.events.edge.floods import BURST_S, Floods, Throttle, TooFast
from takings.events.rules.clients import network_of
from tests.events.test_collector import events, records
from tests.make.collecting import post, viewer_cookie


def test_a_burst_is_taken_and_then_the_average() -> None:
    throttle = Throttle(per_second=2)
    assert throttle.wait_s("a", count=2 * BURST_S, now_s=1_000.0) == 0
    assert throttle.wait_s("a", count=3, now_s=1_000.0) == 2
    assert throttle.wait_s("a", count=3, now_s=1_001.0) == 1
    assert throttle.wait_s("a", count=3, now_s=1_001.5) == 0
    assert throttle.wait_s("b", count=3, now_s=1_001.5) == 0


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(1, 400)), max_size=60))
def test_never_more_is_taken_than_the_burst_and_the_average(steps: list[tuple[float, int]]) -> None:
    throttle = Throttle(per_second=3)
    now = start = 1_000.0
    taken = 0
    for pause, count in steps:
        now += pause
        if not throttle.wait_s("a", count=count, now_s=now):
            taken += count
    assert taken <= 3 * (BURST_S + now - start) + 1e-6


def test_memory_is_bounded_and_whoever_sends_on_is_not_forgotten() -> None:
    throttle = Throttle(per_second=1, most_known=10)
    for n in range(1_000):
        throttle.wait_s(n, count=1, now_s=1_000.0)
        throttle.wait_s("flood", count=1, now_s=1_000.0)
    assert len(throttle) <= 20
    assert throttle.wait_s("flood", count=1, now_s=1_000.0) == 1


def test_networks_have_a_limit_of_their_own() -> None:
    floods = Floods(per_second=1)
    for n in range(100):
        floods.check(viewer=n, network="home", count=100, now_s=5.0)
    with pytest.raises(TooFast, match="from this network; send them again in 1 s"):
        floods.check(viewer="next", network="home", count=100, now_s=5.0)
    floods.check(viewer="afar", network=None, count=100, now_s=5.0)
    Floods(per_second=0).check(viewer="any", network="home", count=10**9, now_s=5.0)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", (4, 0x080808)),
        ("::ffff:8.8.8.9", (4, 0x080808)),
        ("2a00:1450:4001:81b::200e", (6, 0x2A0014504001)),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("::1", None),
        ("", None),
    ],
)
def test_an_address_that_many_share_is_no_network(
    address: str, expected: tuple[int, int] | None
) -> None:
    assert network_of(address) == expected


def test_a_flooding_viewer_is_told_when_to_come_again_and_others_are_served(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        collector = Collector()
        flooding = {"cookie": viewer_cookie(uuid.uuid4())}
        answers = [await post(collector, events(40), headers=flooding) for _ in range(3)]
        assert [answer.status for answer in answers] == [202, 429, 429]
        assert answers[1].json["code"] == "too_fast"
        assert 50 < int(answers[1].headers[b"retry-after"]) <= 60
        other = {"cookie": viewer_cookie(uuid.uuid4())}
        assert (await post(collector, events(), headers=other)).status == 202
        await collector.shutdown()

    with override_settings(EVENTS_HOME=tmp_path / "events", EVENTS_PER_SECOND=1):
        asyncio.run(story())
    assert sum(len(record.events) for record in records(tmp_path / "events")) == 82
