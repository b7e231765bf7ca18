"""Who may watch a draft: members of the brand for which it is made, and operators."""

import uuid

from django.db.models import Q

from takings.people.models import User
from takings.sponsorships.models import Work


def may_watch_draft(user_id: int, video_id: uuid.UUID) -> bool:
    """Tell whether a person looks at the deal of which this video is, from the other side."""
    is_operator = User.objects.filter(pk=user_id, is_staff=True, is_active=True).exists()
    whose = Q() if is_operator else Q(deal__brand__members=user_id)
    return Work.objects.filter(whose, video=video_id).exists()
