"""What every random life has: an instant, books on paper, and the laws after each step."""

import datetime as dt
from typing import ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from typing_extensions import override

from takings.ledger.queries import check_books
from tests.life.oracle import Oracle
from tests.life.world import World
from tests.make.ledger import all_balances
from tests.make.people import NOON


class Crash(Exception):  # noqa: N818 - it stands for a power cut
    """The power goes."""


class Reborn(RuleBasedStateMachine):
    """A life that begins on the second of November with empty books, and is forgotten."""

    world: ClassVar[World]

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self.now = NOON
        self.paper = Oracle()
        self.dream = transaction.atomic()
        self.dream.__enter__()

    @override
    def teardown(self) -> None:
        """Forget this life."""
        transaction.set_rollback(True)
        self.dream.__exit__(None, None, None)

    @rule(hours=st.integers(1, 24 * 12))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.now += dt.timedelta(hours=hours)

    @invariant()
    def the_books_are_as_on_paper(self) -> None:
        """Every balance is what naive books say it is."""
        real = {key: micros for key, micros in all_balances().items() if micros}
        assert real == self.paper.picture()

    @invariant()
    def every_law_of_money_holds(self) -> None:
        """``check_books`` finds nothing, ever, in the middle of a close or a batch either."""
        assert check_books() == []
