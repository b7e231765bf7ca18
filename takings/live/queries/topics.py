"""What may be listened to, and by whom: the gate of every open stream."""

import datetime as dt
import uuid

from takings.audience.queries import access_post
from takings.core.errors import NotFound
from takings.live.queries.rooms import access_room
from takings.live.rules.bus import Topic, earnings_topic
from takings.people.models import Creator, User


class NotYourEarnings(NotFound):
    """They are another creator's, or nobody's."""

    code = "not_your_earnings"
    sentence = "What a creator earns is told to nobody else."


def access_topic(*, topic: Topic, topic_id: uuid.UUID, user: User | None, at: dt.datetime) -> None:
    """Refuse whoever may not watch what a topic is about: a room or a video, as its page does.

    To what a creator earns listens nobody else. Refuses: what these refuse; NotYourEarnings.
    """
    if topic == Topic.EARNINGS:
        creator = Creator.objects.filter(user=user).first() if user else None
        if creator is None or earnings_topic(creator.pk) != topic.of(topic_id):
            raise NotYourEarnings
    elif topic == Topic.ROOM:
        access_room(user=user, room_id=topic_id, at=at)
    else:
        access_post(user_id=user.pk if user else None, video_id=topic_id)
