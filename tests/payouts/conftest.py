"""People who are signed in, and a browser."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings

from takings.people.models import User
from tests.make.browser import chromium, look

PAYER = {
    "name": "Takings GmbH",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "routing": "021000021",
    "account": "000123456",
}
__all__ = ["chromium", "look", "sign_in"]


@pytest.fixture(autouse=True)
def _our_own_account() -> Iterator[None]:
    """Give the platform bank accounts of its own."""
    with override_settings(PAYER=PAYER):
        yield


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Return a browser of this person."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser
