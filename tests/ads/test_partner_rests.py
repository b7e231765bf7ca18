"""How often a partner is asked: rests after failures, and so many questions a second."""

import datetime as dt

from takings.ads.rules.breaking import FIRST_REST, LONGEST_REST, SECOND, Breaker, Bucket
from tests.make.people import NOON


def test_five_failures_in_a_row_are_a_rest_and_one_answer_ends_it() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.fail("timed_out", at=NOON)
    breaker.succeed()
    for _ in range(5):
        assert breaker.admits(NOON)
        breaker.fail("timed_out", at=NOON)
    later = NOON + FIRST_REST
    assert breaker.rests_until == later
    assert not breaker.admits(later - SECOND)
    assert breaker.admits(later)
    assert not breaker.admits(later)  # one at a time
    breaker.forget()
    assert breaker.admits(later)
    breaker.fail("unreachable", at=later)
    assert (breaker.rests_until, breaker.why) == (later + 2 * FIRST_REST, "unreachable")
    for _ in range(9):
        assert breaker.rests_until is not None
        later = breaker.rests_until
        assert breaker.admits(later)
        breaker.fail("unreachable", at=later)
    assert breaker.rests_until == later + LONGEST_REST
    assert breaker.admits(later + LONGEST_REST)
    breaker.succeed()
    assert breaker == Breaker()


def test_no_more_than_so_many_are_asked_in_any_second() -> None:
    bucket = Bucket(10)
    assert sum(bucket.take(NOON) for _ in range(50)) == 10
    half = NOON + SECOND / 2
    assert sum(bucket.take(half) for _ in range(50)) == 5
    assert sum(bucket.take(half + dt.timedelta(hours=1)) for _ in range(50)) == 10


def test_several_servers_share_the_questions_of_a_second() -> None:
    bucket = Bucket(10, sharers=2)
    assert sum(bucket.take(NOON) for _ in range(50)) == 5
    assert sum(bucket.take(NOON + SECOND / 2) for _ in range(50)) == 2
    sixth = Bucket(6)
    assert sum(sixth.take(NOON) for _ in range(50)) == 6, "a sixth of a second is no whole number"
    one = Bucket(1, sharers=2)
    turns = [one.take(NOON + SECOND * second) for second in range(5)]
    assert turns == [True, False, True, False, True]
