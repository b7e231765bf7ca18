"""Every story about events has a lake and a log of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make.events import own_lake


@pytest.fixture
def lake(tmp_path: Path, db: None) -> Iterator[Path]:  # noqa: ARG001 - the lake's catalog is in it
    """Give an empty lake, and the folder its log lies in (``events`` below it)."""
    with own_lake(tmp_path) as folder:
        yield folder
