"""What tests of settlement begin with."""

import pytest

from takings.settlement.actions import (
    close_period,
)
from tests.make.settlement import (
    DECEMBER,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
)


@pytest.fixture
def acts() -> tuple[Act, Act]:
    """Ada and Ben, whose November of 100 dollars is closed with five views each."""
    ada, ben = make_act("Ada"), make_act("Ben")
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5), counted(ben, 5)))
    return ada, ben
