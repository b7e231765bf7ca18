"""Everything that changes what is live, one file per concern; import the verbs from here."""

from takings.live.actions.chatting import (
    ChatClosed,
    OtherLine,
    OwnLine,
    ask_reminder,
    drop_reminder,
    hide_name,
    report_line,
    say,
    show_name,
)
from takings.live.actions.counting import forget_guests, say_guests
from takings.live.actions.moderating import (
    KeepsHost,
    NotYours,
    answer_reports,
    ban,
    lift,
    mute,
    remove_line,
    restore_line,
    set_blocked_words,
)
from takings.live.actions.publishing import forget_events, last_number, publish, publish_many
from takings.live.actions.running import remind, run_rooms
from takings.live.actions.scheduling import (
    OtherRoom,
    VideoIsPrivate,
    VideoNotReady,
    begin_room,
    change_room,
    end_room,
    schedule_room,
)

__all__ = [
    "ChatClosed",
    "KeepsHost",
    "NotYours",
    "OtherLine",
    "OtherRoom",
    "OwnLine",
    "VideoIsPrivate",
    "VideoNotReady",
    "answer_reports",
    "ask_reminder",
    "ban",
    "begin_room",
    "change_room",
    "drop_reminder",
    "end_room",
    "forget_events",
    "forget_guests",
    "hide_name",
    "last_number",
    "lift",
    "mute",
    "publish",
    "publish_many",
    "remind",
    "remove_line",
    "report_line",
    "restore_line",
    "run_rooms",
    "say",
    "say_guests",
    "schedule_room",
    "set_blocked_words",
    "show_name",
]
