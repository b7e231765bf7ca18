"""How often somebody may ask."""

import datetime as dt

from takings.core.pace import MOST_ASKERS, Pace

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_the_window_slides_and_each_asker_has_their_own() -> None:
    pace = Pace(most=2, window=10 * SECOND)
    assert [pace.allows("a", at=NOON + n * SECOND) for n in (0, 4, 5)] == [True, True, False]
    assert pace.allows("b", at=NOON + 5 * SECOND)
    assert not pace.allows("a", at=NOON + 9 * SECOND)
    assert pace.allows("a", at=NOON + 10 * SECOND)
    assert not pace.allows("a", at=NOON + 11 * SECOND)
    assert pace.allows("a", at=NOON + 14 * SECOND)


def test_a_crowd_of_addresses_does_not_fill_the_memory() -> None:
    pace = Pace(most=1, window=10 * SECOND)
    for number in range(MOST_ASKERS + 1):
        assert pace.allows(str(number), at=NOON)
    assert not pace.allows(str(MOST_ASKERS), at=NOON)
    assert pace.allows("0", at=NOON)  # forgotten first
