"""Kill -9 on the running product: nothing acknowledged is lost, nothing counts or pays twice."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from takings.demo.rules.cast import CHANNELS, OPERATOR
from tests.journeys.crowd import Caller, Crowd, crowd_at
from tests.make.product import Process, Product, everyone, steps_of, until
from tests.make.videos import Clip, make_clip

pytestmark = pytest.mark.processes
WORKER, VIDEO_WORKER = "config.worker default", "config.worker video"
WEB, DATABASE, TRANSCODER = "config.web", "/postgres -D", "takings.videos.transcoder"
STALLED_S = 120.0  # a dead worker's job is given to another after forty seconds


def ask_witness(product: Product, *words: str) -> dict[str, Any]:
    """Ask what the lake and the books hold."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.witness", *words],
        env={
            **product.surroundings,
            "DATABASE_URL": product.database_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def kill_member(product: Product, words: str) -> None:
    """Kill a process below `takings up`, and wait until another one is in its place."""
    victim = until(f"{words} runs", lambda: product.member(words))
    victim.kill()

    def another() -> bool:
        found = product.member(words)
        return found is not None and found != victim

    until(f"{words} runs again", another)


def transcoder_of(product: Product, video: object) -> Process | None:
    """Return the transcoder that works on this video now."""
    running = (one for one in product.processes() if TRANSCODER in one.words)
    return next((one for one in running if str(video) in one.words), None)


def await_shipping(product: Product) -> None:
    """Wait until no event waits in the log any more."""
    log = product.home / "events"
    until("all events are in the lake", lambda: not list(log.glob("*")), within_s=STALLED_S)


def check_crowd(product: Product, crowd: Crowd) -> None:
    """Compare the lake and the charges with what the crowd was told."""
    lake = ask_witness(product, "lake")
    assert lake["events"].keys() >= crowd.tries.keys(), "an acknowledged event is lost"
    once = {event for event, tries in crowd.tries.items() if tries == 1}
    assert {lake["events"][event] for event in once} == {1}
    assert lake["rows"] == lake["registered"]

    def everything_is_charged() -> dict[str, Any] | None:
        charges = ask_witness(product, "charges")
        return charges if charges["billed"].keys() >= crowd.seen else None

    what = "every ad that was seen is charged"
    charges = until(what, everything_is_charged, within_s=STALLED_S)
    assert not charges["billed"].keys() & (crowd.decided - crowd.reported), "nobody saw it"
    assert sum(charges["billed"].values()) == charges["charged"]
    assert "The books are right." in product.takings("check-books")


def test_killing_each_process_under_load_loses_nothing_and_doubles_nothing(
    product: Product, tmp_path: Path
) -> None:
    """The video's first transcoder dies, then the worker that runs the second one."""
    clip = make_clip(tmp_path / "tide.mp4", Clip(seconds=12, size=(360, 640)))
    mara = Caller(product.url)
    with crowd_at(product.url) as crowd:
        mara.sign_in(CHANNELS[0].person.email)
        video = mara.upload(clip, title="Tide against the clock")
        until("the transcoder works", lambda: transcoder_of(product, video)).kill()
        for words in (WORKER, WEB, DATABASE):
            kill_member(product, words)
            crowd.wait_for(events=40, ads=2)
        until("the transcoder works again", lambda: transcoder_of(product, video))
        kill_member(product, VIDEO_WORKER)
        kill_member(product, WORKER)
        crowd.wait_for(events=40, ads=2)
    await_shipping(product)
    check_crowd(product, crowd)
    until("it is published", lambda: mara.status_of(video) == "ready", within_s=STALLED_S)


@pytest.fixture
def period(product: Product) -> str:
    """Let some ads be seen, and return the name of the running period."""
    with crowd_at(product.url) as crowd:
        crowd.wait_for(events=20, ads=4)
    await_shipping(product)
    until(
        "the ads are charged",
        lambda: ask_witness(product, "charges")["billed"].keys() >= crowd.seen,
    )
    noor = Caller(product.url)
    noor.sign_in(OPERATOR.email)
    page = noor.ask("GET", "/desk/periods/").body.decode()
    found = re.search(r'href="/desk/periods/([^/]+)/close/"', page)
    assert found is not None, page
    return found[1]


def test_a_close_killed_at_two_of_its_steps_pays_once(product: Product, period: str) -> None:
    before = sum(ask_witness(product, "pooled")["pooled"].values())
    for fatal in ("counted", "posted US"):
        close = product.begin("close", period, "--early")
        with close:
            for step in steps_of(close):
                if step == fatal:
                    close.kill()
        assert close.returncode == -signal.SIGKILL
    assert ask_witness(product, "close", period)["status"] == "closing"
    product.takings("close", period, "--early")
    picture = ask_witness(product, "close", period)
    product.takings("close", period, "--early")
    assert ask_witness(product, "close", period) == picture
    earned = sum(amount for _, amount in picture["lines"])
    assert earned == sum(amount for _, amount, _ in picture["statements"]) > 0
    credited = sum(picture["pooled"].values()) - before
    assert earned == credited + picture["came_directly"]  # gifts were credited when they came
    assert set(picture["pools"].values()) == {0}
    assert "The books are right." in product.takings("check-books")


@pytest.mark.parametrize("word", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_no_process_stays_behind_and_the_next_start_is_warm(
    product: Product, word: signal.Signals
) -> None:
    with crowd_at(product.url) as crowd:
        crowd.wait_for(events=8)
        began = product.processes()
        assert len(began) > 10, "PostgreSQL, web, workers and what they started"
        code = product.stop(word)

    def left() -> list[Process]:
        """Return who is still there, or was forked meanwhile: a server does for each session."""
        return [one for one in everyone() if one in began or str(product.home) in one.words]

    if word == signal.SIGKILL:
        until("every process has ended", lambda: not left())
    assert not left()
    assert code == (-signal.SIGKILL if word == signal.SIGKILL else 0)
    product.start()
    assert "A month of viewing" not in product.said(), "the demo world was there"
    await_shipping(product)
    assert ask_witness(product, "lake")["events"].keys() >= crowd.tries.keys()
    assert "The books are right." in product.takings("check-books")


def test_a_second_start_on_the_same_home_is_refused_with_a_sentence(product: Product) -> None:
    refused = product.ask("up", "--demo", "--port", "1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Takings is already running on ")
    assert refused.stderr.count("\n") == 1
    assert Caller(product.url).ask("GET", "/healthz").status == 200


@pytest.fixture
def busy_port() -> Iterator[int]:
    """Give a port at which somebody else listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        yield int(other.getsockname()[1])


def test_a_busy_port_is_a_sentence_and_nothing_was_started(
    product: Product, tmp_path: Path, busy_port: int
) -> None:
    other = Product(
        home=tmp_path,
        surroundings={**product.surroundings, "TAKINGS_HOME": str(tmp_path)},
        port=busy_port,
    )
    refused = other.ask("up", "--port", str(busy_port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {busy_port} ")
    assert "--port" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "postgres").exists()
