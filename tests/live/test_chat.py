"""The chat of a room: who may write and how fast, and what moderators decide and take back."""

import datetime as dt
import json
import threading
import uuid
from dataclasses import replace

import pytest
from django.db import connection

from takings.audience.actions import follow
from takings.core.errors import Refusal
from takings.live import actions
from takings.live.models import Event, Line, Report, ReportReason, Restraint
from takings.live.queries import (
    NoSuchLine,
    NoSuchRestraint,
    access_line_to_moderate,
    access_restraint,
    lines_of,
    reported_lines,
    restraints_of,
)
from takings.live.rules.chat import FollowersOnly, Muted, TooFast, WordBlocked
from takings.live.rules.rooms import Talkers
from takings.people.models import StaffAct
from tests.make.live import EIGHT, make_plan, make_room, make_running, say
from tests.make.people import NOON, make_creator, make_operator, make_user

SECOND = dt.timedelta(seconds=1)
HALF_PAST_SEVEN = EIGHT - 1800 * SECOND
pytestmark = pytest.mark.django_db


def told(kind: str) -> list[dict[str, object]]:
    bodies = Event.objects.filter(kind=kind).order_by("pk").values_list("body", flat=True)
    return [json.loads(body) for body in bodies]


def test_a_line_is_said_once_and_told_to_the_room() -> None:
    room, vera = make_running(), make_user("Vera")
    line_id = uuid.uuid4()
    for text in (" so  good ", "so good, again"):
        line = actions.say(room=room, user=vera, line_id=line_id, text=text, at=EIGHT)
        assert line.text == "so good"
    [shown] = told("line")
    assert (shown["name"], shown["text"], shown["is_host"]) == ("Vera", "so good", False)
    say(room, room.creator.user, "Welcome", at=EIGHT + SECOND)
    assert told("line")[1]["is_host"] is True
    assert told("line")[1]["by"] != shown["by"]
    assert [one.text for one in lines_of(room=room)] == ["so good", "Welcome"]
    with pytest.raises(actions.OtherLine):
        actions.say(room=room, user=make_user(), line_id=line_id, text="x", at=EIGHT)


def test_a_chat_is_open_from_half_an_hour_before_until_the_end() -> None:
    room, vera = make_room(), make_user("Vera")
    with pytest.raises(actions.ChatClosed):
        say(room, vera, at=HALF_PAST_SEVEN - SECOND)
    say(room, vera, at=HALF_PAST_SEVEN)
    actions.run_rooms(at=EIGHT)
    actions.end_room(room_id=room.pk, at=EIGHT)
    room.refresh_from_db()
    with pytest.raises(actions.ChatClosed):
        say(room, vera)
    assert Line.objects.count() == 1


def test_slow_mode_and_bursts_hold_everybody_but_the_hosts() -> None:
    room = make_running(plan=replace(make_plan(), slow_s=15))
    vera = make_user("Vera")
    say(room, vera)
    with pytest.raises(TooFast, match="Wait 5 s"):
        say(room, vera, at=EIGHT + 10 * SECOND)
    say(room, vera, at=EIGHT + 15 * SECOND)
    for _ in range(5):
        say(room, room.creator.user)
    with pytest.raises(TooFast):
        say(room, room.creator.user)


@pytest.mark.django_db(transaction=True)
def test_two_lines_at_once_are_one_too_many_in_slow_mode() -> None:
    room = make_running(plan=replace(make_plan(), slow_s=15))
    vera, refused = make_user("Vera"), list[Refusal]()
    together = threading.Barrier(3)

    def write() -> None:
        together.wait()
        try:
            say(room, vera)
        except TooFast as refusal:
            refused.append(refusal)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Line.objects.count(), len(refused)) == (1, 2)


def test_a_creator_lets_followers_write_and_blocks_words() -> None:
    room = make_running(plan=replace(make_plan(), talkers=Talkers.FOLLOWERS))
    vera, ada = make_user("Vera"), room.creator
    with pytest.raises(FollowersOnly, match=f"Only followers of @{ada.handle}"):
        say(room, vera)
    follow(user=vera, creator=ada, at=EIGHT)
    actions.set_blocked_words(creator=ada, text="spoiler\n", at=EIGHT)
    with pytest.raises(WordBlocked, match=f"@{ada.handle} does not want “spoiler” here"):
        say(room, vera, "A Spoiler: he lives")
    say(room, ada.user, "No spoiler please")
    assert actions.set_blocked_words(creator=ada, text="", at=EIGHT) == []
    say(room, vera, "A spoiler")


def test_a_mute_ends_by_itself_and_a_ban_does_not_and_both_are_lifted() -> None:
    room, vera = make_running(), make_user("Vera")
    host, line = room.creator.user, say(room, vera)
    muted = actions.mute(line=line, by=host, at=EIGHT)
    assert actions.mute(line=line, by=host, at=EIGHT + SECOND) == muted
    with pytest.raises(Muted, match="until 2026-11-02 20:10:00 UTC"):
        say(room, vera, at=EIGHT + 599 * SECOND)
    say(room, vera, at=EIGHT + 600 * SECOND)
    banned = actions.ban(line=line, by=host, at=EIGHT)
    assert actions.mute(line=line, by=host, at=EIGHT) == banned  # no milder than it is
    assert restraints_of(room=room, at=EIGHT) == [banned, muted]
    later = EIGHT + 9_000 * SECOND
    with pytest.raises(Muted, match="in this room any more"):
        say(room, vera, at=later)
    found = access_restraint(user=host, restraint_id=banned.pk)
    actions.lift(restraint=found, at=later)
    say(room, vera, at=later)
    with pytest.raises(NoSuchRestraint):
        access_restraint(user=host, restraint_id=banned.pk)
    with pytest.raises(NoSuchRestraint):
        access_restraint(user=vera, restraint_id=muted.pk)
    assert Restraint.objects.count() == 2


def test_hosts_are_not_silenced_and_guests_silence_nobody() -> None:
    room, vera, olga = make_running(), make_user("Vera"), make_operator()
    of_host, of_vera = say(room, room.creator.user), say(room, vera)
    for by in (room.creator.user, olga):
        with pytest.raises(actions.KeepsHost):
            actions.ban(line=of_host, by=by, at=EIGHT)
    with pytest.raises(actions.NotYours):
        actions.mute(line=of_vera, by=make_user(), at=EIGHT)
    for user in (make_user(), make_creator("Ben").user):
        with pytest.raises(NoSuchLine):
            access_line_to_moderate(user=user, line_id=of_vera.pk)
    with pytest.raises(NoSuchLine):
        access_line_to_moderate(user=olga, line_id=uuid.uuid4())
    assert access_line_to_moderate(user=olga, line_id=of_vera.pk) == of_vera
    assert not Restraint.objects.exists()


def test_a_line_is_removed_and_put_back_where_it_was() -> None:
    room, vera = make_running(), make_user("Vera")
    line, host = say(room, vera, "First"), room.creator.user
    say(room, vera, "Second", at=EIGHT + SECOND)
    for _ in range(2):
        actions.remove_line(line=line, by=host, at=EIGHT)
    assert told("gone") == [{"id": str(line.pk)}]
    assert [one.text for one in lines_of(room=room)] == ["Second"]
    for _ in range(2):
        actions.restore_line(line=line, by=host, at=EIGHT)
    assert [one.text for one in lines_of(room=room)] == ["First", "Second"]
    assert [one["text"] for one in told("line")] == ["First", "Second", "First"]
    with pytest.raises(actions.NotYours):
        actions.remove_line(line=line, by=make_user(), at=EIGHT)
    actions.remove_line(line=line, by=vera, at=EIGHT)
    with pytest.raises(actions.NotYours):
        actions.restore_line(line=line, by=host, at=EIGHT)  # it was hers to take back
    assert not StaffAct.objects.exists()


def test_reports_wait_for_an_operator_who_answers_all_of_a_line_at_once() -> None:
    room, vera, olga = make_running(), make_user("Vera"), make_operator()
    bad, good = say(room, vera, "Bad"), say(room, vera, "Good", at=EIGHT + SECOND)
    with pytest.raises(actions.OwnLine):
        actions.report_line(line=bad, user=vera, reason=ReportReason.SPAM, at=EIGHT)
    tom, ute = make_user("Tom"), make_user("Ute")
    for user, reason in ((tom, ReportReason.SPAM), (tom, ReportReason.HATE), (ute, "hate")):
        actions.report_line(line=bad, user=user, reason=ReportReason(reason), at=EIGHT)
    actions.report_line(line=good, user=tom, reason=ReportReason.SPAM, at=EIGHT + SECOND)
    first, second = reported_lines()
    assert (first.line, first.count, first.since) == (bad, 2, EIGHT)
    assert first.reasons == ["Is advertising or fraud", "Hates people for what they are"]
    for _ in range(2):
        actions.answer_reports(line=bad, operator=olga, was_right=True, at=EIGHT)
        actions.answer_reports(line=second.line, operator=olga, was_right=False, at=EIGHT)
    assert reported_lines() == []
    actions.report_line(line=bad, user=make_user("Lou"), reason=ReportReason.SPAM, at=EIGHT)
    actions.answer_reports(line=bad, operator=olga, was_right=True, at=EIGHT)  # gone already
    assert [line.text for line in lines_of(room=room)] == ["Good"]
    assert Report.objects.filter(was_right=True).count() == 3
    acts = StaffAct.objects.order_by("pk").values_list("act", "target")
    assert list(acts) == [("line removed", str(bad.pk)), ("line kept", str(good.pk))]


def test_reminders_and_names_are_asked_for_and_taken_back() -> None:
    room, vera = make_room(), make_user("Vera")
    for _ in range(2):
        actions.ask_reminder(room=room, user=vera, at=NOON)
        actions.show_name(room=room, user=vera)
    assert (room.reminders.count(), room.shown_names.count()) == (1, 1)
    for _ in range(2):
        actions.drop_reminder(room=room, user=vera)
        actions.hide_name(room=room, user=vera)
    assert (room.reminders.count(), room.shown_names.count()) == (0, 0)
    running = make_running()
    with pytest.raises(Refusal, match="is running and cannot be announced"):
        actions.ask_reminder(room=running, user=vera, at=EIGHT)
