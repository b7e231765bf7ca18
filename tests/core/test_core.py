"""What every part stands on: refusals, the clock, ids, silence."""

import datetime as dt
import uuid

import pytest

from takings.core import clock, ids
from takings.core.errors import Conflict, Refusal
from takings.core.progress import silent

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


class NotEnoughCoins(Conflict):
    """A refusal as any app writes one."""

    code = "not_enough_coins"
    sentence = "You have {held} coins; this gift costs {price}."


def test_a_refusal_says_its_sentence_and_keeps_its_facts() -> None:
    refusal = NotEnoughCoins(held=3, price=5)
    assert str(refusal) == "You have 3 coins; this gift costs 5."
    assert refusal.facts == {"held": 3, "price": 5}
    assert isinstance(refusal, Refusal)


def test_the_clock_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is dt.UTC


def test_an_instant_is_said_in_utc_wherever_it_was() -> None:
    there = NOON.astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert clock.said(there) == clock.said(NOON) == "2026-11-02 12:00:00 UTC"


def test_milliseconds_and_back_are_the_same_instant() -> None:
    assert clock.to_ms(NOON) == 1_793_620_800_000
    assert clock.from_ms(clock.to_ms(NOON)) == NOON
    assert clock.to_ms(NOON + dt.timedelta(microseconds=999)) == clock.to_ms(NOON)


def test_time_ordered_ids_sort_by_their_time_and_carry_it() -> None:
    earlier = ids.uuid7(at=NOON)
    later = ids.uuid7(at=NOON + dt.timedelta(milliseconds=1))
    assert earlier < later
    assert earlier.version == 7
    assert earlier.variant == uuid.RFC_4122
    assert ids.time_of(earlier) == NOON


def test_ids_of_one_instant_differ_unless_their_entropy_is_given() -> None:
    assert ids.uuid7(at=NOON) != ids.uuid7(at=NOON)
    assert ids.uuid7(at=NOON, entropy=7) == ids.uuid7(at=NOON, entropy=7)
    assert ids.uuid7(at=NOON, entropy=(1 << 74) - 1).version == 7


def test_only_time_ordered_ids_have_a_time() -> None:
    with pytest.raises(ValueError, match="not a UUIDv7"):
        ids.time_of(uuid.uuid4())


def test_the_same_parts_derive_the_same_id_and_others_another() -> None:
    assert ids.derived("pool_shared", "2026-11", "DE") == ids.derived(
        "pool_shared", "2026-11", "DE"
    )
    assert ids.derived("a", "bc") != ids.derived("ab", "c")


def test_silence_says_nothing() -> None:
    silent("counting", 1, 2)
