"""Everything that a room shows to somebody who comes in."""

import datetime as dt

from takings.audience.rules import Byline, TextTrack, language_name
from takings.core import clock
from takings.live.models import Room
from takings.live.queries.chat import lines_of, moderates, shown_lines, talker_id
from takings.live.queries.rooms import has_reminder, shows_name, state_of
from takings.live.rules.rooms import OPENS_BEFORE
from takings.live.rules.shown import Entrance, ShownVideo
from takings.people.models import User
from takings.people.queries import Visitor
from takings.videos.models import HIDDEN, Video
from takings.videos.queries import captions_of
from takings.videos.rules.files import MASTER, POSTER, media_url


def entrance(*, room: Room, user: Visitor, after: int, at: dt.datetime) -> Entrance:
    """Return what a room shows; ``after`` was asked before, so that nothing is missed."""
    person = user if isinstance(user, User) else None
    return Entrance(
        room=state_of(room),
        video=_shown_video(room.video),
        creator=Byline(handle=room.creator.handle, name=room.creator.name),
        lines=shown_lines(lines_of(room=room), room=room, at=at),
        after=after,
        now_ms=clock.to_ms(at),
        chat_opens_ms=clock.to_ms(room.starts_at - OPENS_BEFORE),
        minimum_age=room.minimum_age,
        me=talker_id(room_id=room.pk, user_id=person.pk) if person else "",
        hosts=moderates(user=user, room=room),
        shows_name=shows_name(user=person, room_id=room.pk),
        is_reminded=has_reminder(user=person, room=room),
        signed_in=person is not None,
    )


def _shown_video(video: Video) -> ShownVideo:
    is_secret = video.visibility in HIDDEN  # until a premiere begins
    return ShownVideo(
        id=str(video.pk),
        title=video.title,
        media=media_url(video.pk, MASTER),
        poster="" if is_secret else media_url(video.pk, POSTER),
        duration_ms=video.duration_ms,
        width=video.width,
        height=video.height,
        captions=[
            TextTrack(src=one.url, language=one.language, label=language_name(one.language))
            for one in captions_of(video)
        ],
    )
