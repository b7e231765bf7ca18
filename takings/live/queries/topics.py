"""What may be listened to, and by whom: the gate of every open stream."""

import datetime as dt
import uuid

from takings.audience.queries import access_post
from takings.live.queries.rooms import access_room
from takings.live.rules.bus import Topic
from takings.people.models import User


def access_topic(*, topic: Topic, topic_id: uuid.UUID, user: User | None, at: dt.datetime) -> None:
    """Refuse whoever may not watch what a topic is about: a room or a video, as its page does."""
    if topic == Topic.ROOM:
        access_room(user=user, room_id=topic_id, at=at)
    else:
        access_post(user_id=user.pk if user else None, video_id=topic_id)
