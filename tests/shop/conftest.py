"""The sandbox takes cards, media lie apart, and a clock that the stories set."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.make.passes import Time
from tests.make.payments import cards_taken

DECEMBER_1 = dt.datetime(2026, 12, 1, 14, tzinfo=dt.UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Time]:
    """Let the stories begin on 1 December 2026 at 14:00 UTC."""
    with cards_taken(), override_settings(MEDIA_HOME=tmp_path):
        yield Time(monkeypatch, DECEMBER_1)
