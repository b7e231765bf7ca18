"""What the stories of the edge stand on."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections

from takings.videos import edge
from takings.videos.edge import threads


@pytest.fixture
def edge_in_test(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001
    """Let the edge's threads see what the test has written but not committed.

    They borrow the test's own connection, as Django's live server does; so a test needs no
    committed rows, and no emptying of every table after it.
    """
    ours = connections["default"]

    def borrow() -> None:
        connections["default"] = ours

    monkeypatch.setattr(
        threads, "ThreadPoolExecutor", partial(ThreadPoolExecutor, initializer=borrow)
    )
    monkeypatch.setattr(threads, "close_old_connections", lambda: None)  # as Django's client does
    asyncio.run(edge.shutdown())  # threads of another story have connections of their own
    ours.inc_thread_sharing()
    yield
    asyncio.run(edge.shutdown())
    ours.dec_thread_sharing()
