"""What may be listened to, and by whom: the gate of every open stream."""

import uuid

from takings.audience.queries import access_post
from takings.live.rules.bus import Topic
from takings.people.models import User


def access_topic(*, topic: Topic, topic_id: uuid.UUID, user: User | None) -> None:
    """Refuse whoever may not watch what a topic is about: a video as its page does."""
    del topic
    access_post(user_id=user.pk if user else None, video_id=topic_id)
