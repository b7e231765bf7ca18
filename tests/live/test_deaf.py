"""Who never reads a stream, at the real server: it costs little, others hear all, and it goes."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.make.product import until

ROUNDS, EACH = 300, 100  # 30 MB: many times what a kernel holds for somebody who does not read
MOST_KB = 12_000  # 32 frames of 100 events wait at most, and are joined: twice 3.2 MB
PATIENCE_S = 60
HEAD = b"GET /live/stream/video/one HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    """Serve streams by Granian, as the product does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found = int(free.getsockname()[1])
    words = ["--interface", "asgi", "--no-ws", "--log-level", "critical", "--port", str(found)]
    command = [sys.executable, "-m", "granian", *words, "tests.live.deaf:app"]
    server = subprocess.Popen(command, start_new_session=True)
    try:
        until("the server answers", lambda: _answers(found))
        yield found
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # it serves in a process of its own
        server.wait()


def _answers(port: int) -> bool:
    try:
        return bool(ask(port, "/count"))
    except OSError:
        return False


def ask(port: int, path: str) -> tuple[int, int]:
    """Return how many listen and the server's memory in kB."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", path)
    listening, memory = connection.getresponse().read().split()
    connection.close()
    return int(listening), int(memory)


def listen(port: int) -> socket.socket:
    """Open a stream."""
    stream = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    stream.sendall(HEAD)
    return stream


def read_all(stream: socket.socket, *, until_is: int) -> list[int]:
    """Return the numbers of events in the order in which they come, up to one of them."""
    numbers: list[int] = []
    rest = b""
    while not numbers or numbers[-1] < until_is:
        rest += stream.recv(1 << 20)
        numbers += [int(one) for one in re.findall(rb"\nid: (\d+)\n", rest)]
        rest = rest[rest.rfind(b"\n\n") + 1 :]
    return numbers


@pytest.mark.processes
def test_who_never_reads_is_cut_off_and_costs_little_and_others_hear_all_in_order(
    port: int,
) -> None:
    deaf, other = listen(port), listen(port)
    until("both listen", lambda: ask(port, "/count")[0] == 2)
    before, heard = ask(port, "/count")[1], list[int]()
    most = before
    for number in range(ROUNDS):
        most = max(most, ask(port, f"/tell?{EACH}")[1])
        heard += read_all(other, until_is=(number + 1) * EACH)
    assert heard == sorted(set(heard))  # a frame has the number of its last event
    until("nobody waits for who is deaf", lambda: ask(port, "/count")[0] == 1)
    assert most - before < MOST_KB
    assert _is_cut(deaf)
    ask(port, f"/tell?{EACH}")
    assert read_all(other, until_is=(ROUNDS + 1) * EACH)
    for stream in (deaf, other):
        stream.close()


def _is_cut(stream: socket.socket) -> bool:
    """Read what was still under way, and tell whether the connection ends there."""
    try:
        while stream.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    return True
