"""A browser for the pages of sites that show our ads, and a partner that may be asked for bids."""

from collections.abc import Iterator

import pytest

from tests.make.bidders import Bidder, bidder
from tests.make.browser import chromium

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bidder]:
    """Let a partner answer, over TLS."""
    with bidder(tmp_path_factory.mktemp("tls")) as found:
        yield found
