"""A lake of the test's own, and people who are signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from takings.people.models import User
from tests.make.events import own_lake


@pytest.fixture
def lake(tmp_path: Path, db: None) -> Iterator[None]:  # noqa: ARG001 - the catalog is in it
    """Give an empty lake and a folder for media."""
    with own_lake(tmp_path), override_settings(MEDIA_HOME=tmp_path / "media"):
        yield


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Return a browser of this person."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser
