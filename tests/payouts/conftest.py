"""People who are signed in, and a browser."""

from collections.abc import Callable

import pytest
from django.test import Client

from takings.people.models import User
from tests.make.browser import chromium, look

__all__ = ["chromium", "look", "sign_in"]


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Return a browser of this person."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser
