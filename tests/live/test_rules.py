"""Texts, paces, plans and ages: the pure decisions."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.core.errors import Refusal
from takings.live.rules import chat, rooms
from takings.live.rules.bus import Event
from takings.live.rules.chat import check_pace, check_text, clean, read_blocked
from takings.live.rules.frames import frame_of, newest, pause_s
from takings.live.rules.rooms import Plan, check_age, check_plan, first_moment, instant
from tests.make.people import NOON

SECOND = dt.timedelta(seconds=1)
PLAN = Plan(title="Night", starts_at=NOON)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  so   good\n\tindeed ", "so good indeed"),
        ("e\u0301te\u0301", "été"),
        ("abc\u202edcba\u2066x\ufeff", "abcdcbax"),
        ("👩\u200d👧 ok", "👩\u200d👧 ok"),
        ("10.30 or 9.15? Yes.No", "10.30 or 9.15? Yes.No"),
        ("\ue000private", "private"),
        ("nu\x00l\ud800 \x1b[0m", "nul [0m"),
    ],
)
def test_a_text_is_shown_as_one_honest_line(text: str, shown: str) -> None:
    assert clean(text) == check_text(text) == shown


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (" \u200d\u202e ", chat.NothingSaid),
        ("a" * 301, chat.TooLong),
        ("look at https://x", chat.NoLinks),
        ("www.free.example", chat.NoLinks),
        ("freecoins.COM now", chat.NoLinks),
        ("freecoins．com now", chat.NoLinks),
        ("see evil.zone/page", chat.NoLinks),
        ("what a Sch1ngel!", chat.WordBlocked),
        ("ＳＣＨＩＮＧＥＬ", chat.WordBlocked),
        ("you big  bad, WOLF", chat.WordBlocked),
        ("cafe", chat.WordBlocked),
    ],
)
def test_what_is_not_wanted_is_refused_by_name(text: str, refusal: type[Refusal]) -> None:
    blocked = ["schingel", "bad wolf", "café", "!"]
    with pytest.raises(refusal):
        check_text(text, blocked=blocked, handle="ada")
    assert check_text("Schingelchen, a wolf", blocked=blocked) == "Schingelchen, a wolf"


def test_a_list_of_words_is_read_line_by_line() -> None:
    assert read_blocked(" one\n\ntwo words \none\n") == ["one", "two words"]
    for text in ("\n".join(map(str, range(201))), "x" * 41):
        with pytest.raises(chat.TooManyWords):
            read_blocked(text)


def test_nobody_writes_faster_than_others_read() -> None:
    check_pace(said=[], slow_s=30, at=NOON)
    check_pace(said=[NOON - 30 * SECOND], slow_s=30, at=NOON)
    with pytest.raises(chat.TooFast, match="Wait 1 s"):
        check_pace(said=[NOON - 29.5 * SECOND], slow_s=30, at=NOON)
    four = [NOON] * 4
    check_pace(said=four, slow_s=0, at=NOON)
    with pytest.raises(chat.TooFast, match="Wait 3 s"):
        check_pace(said=[*four, NOON - 7 * SECOND], slow_s=0, at=NOON)


@pytest.mark.parametrize(
    ("plan", "refusal"),
    [
        (replace(PLAN, title=" "), rooms.BadTitle),
        (replace(PLAN, title="x" * 101), rooms.BadTitle),
        (replace(PLAN, starts_at=NOON - 61 * SECOND), rooms.BadStart),
        (replace(PLAN, starts_at=NOON + 91 * dt.timedelta(days=1)), rooms.BadStart),
        (replace(PLAN, minimum_age=17), rooms.BadRoomRule),
        (replace(PLAN, slow_s=7), rooms.BadRoomRule),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(plan: Plan, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_plan(plan, at=NOON)
    check_plan(PLAN, at=NOON)


def test_a_begin_is_an_hour_that_exists_on_the_clocks_there() -> None:
    winter = dt.datetime(2027, 1, 5, 20)  # noqa: DTZ001 - what a clock on a wall shows
    assert instant(winter, zone="Europe/Berlin") == dt.datetime(2027, 1, 5, 19, tzinfo=dt.UTC)
    twice = dt.datetime(2027, 10, 31, 2, 30)  # noqa: DTZ001 - the same
    assert instant(twice, zone="Europe/Berlin").hour == 0  # the first of the two
    skipped = dt.datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001 - the same
    with pytest.raises(rooms.BadStart, match="clocks in Europe/Berlin skip"):
        instant(skipped, zone="Europe/Berlin")


def test_a_room_begins_when_it_was_announced_unless_we_are_very_late() -> None:
    assert first_moment(starts_at=NOON, at=NOON + 5 * SECOND) == NOON
    late = NOON + 61 * SECOND
    assert first_moment(starts_at=NOON, at=late) == late
    early = NOON - SECOND
    assert first_moment(starts_at=NOON, at=early) == early


def test_who_is_too_young_or_of_unknown_age_stays_outside() -> None:
    day = dt.date(2026, 11, 2)
    check_age(minimum=0, born_on=None, is_known=False, day=day)
    check_age(minimum=18, born_on=dt.date(2008, 11, 2), is_known=True, day=day)
    for born_on, is_known, why in (
        (None, False, "Sign in"),
        (None, True, "does not say"),
        (dt.date(2008, 11, 3), True, "younger"),
    ):
        with pytest.raises(rooms.RoomAge, match=why):
            check_age(minimum=18, born_on=born_on, is_known=is_known, day=day)


def test_frames_hold_what_counts_and_the_newest_of_the_rest() -> None:
    events = [Event(n, "room:1", "gift" if n % 2 else "line", f"{n}", n % 2 == 1) for n in range(9)]
    kept = [event.number for event in newest(events, most=6)]
    assert kept == [0, 2, 4, 6, 7, 8]
    assert [event.number for event in newest(events, most=2)] == [0, 2, 4, 6, 8]
    assert frame_of(events[:2]).data == b'id: 1\ndata: [["line",0],["gift",1]]\n\n'
    assert frame_of(events[1:2]).may_drop
    assert not frame_of(events[:2]).may_drop
    assert [pause_s(count) for count in (0, 2_000, 5_000, 50_000)] == [0, 0.1, 0.25, 0.25]
