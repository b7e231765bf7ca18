"""Passes, bought and paid at the sandbox, at a time that the story sets."""

import datetime as dt
from dataclasses import dataclass
from uuid import uuid4

import pytest

from takings.core import clock
from takings.memberships.actions import buy_pass
from takings.payments.models import Payment
from takings.people.models import User
from tests.make.payments import PAYS, asked, pay


@dataclass
class Time:
    """The clock of a story, for us and for the card company alike."""

    monkeypatch: pytest.MonkeyPatch
    now: dt.datetime

    def __post_init__(self) -> None:
        """Begin."""
        self.monkeypatch.setattr(clock, "now", lambda: self.now)

    def go(self, month: int, day: int, hour: int = 14) -> dt.datetime:
        """Let it be that day of 2027."""
        self.now = dt.datetime(2027, month, day, hour, tzinfo=dt.UTC)
        return self.now


def bought(user: User, card: str = PAYS) -> Payment:
    """Buy a month and pay it by this card, now."""
    payment = buy_pass(user=user, payment_id=uuid4(), at=clock.now())
    pay(payment, card)
    return asked(payment)
