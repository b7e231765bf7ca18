"""Who may watch a draft: members of the brand for which it is made."""

import uuid

from takings.sponsorships.models import Work


def may_watch_draft(user_id: int, video_id: uuid.UUID) -> bool:
    """Tell whether a person belongs to the brand of the deal of which this video is."""
    found = Work.objects.filter(video=video_id, deal__brand__members=user_id)
    return found.exists()
