"""Which gifts count: those that stand. Sums, levels, goals and lists are made of nothing else."""

import datetime as dt

from django.db.models import Case, F, Q, QuerySet, Value, When

from takings.gifts.models import Gift
from takings.people.models import Creator

IS_FREE = Q(hold__isnull=True) | Q(release__isnull=False)
HIDDEN = Q(is_anonymous=True) | Q(sender__fan_choice__is_anonymous=True)
SHOWN_NAME = Case(When(HIDDEN, then=Value("")), default=F("sender__display_name"))
"""Under which name a gift is shown to anybody but its sender; empty: under none."""


def standing_gifts(*, creator: Creator, since: dt.datetime | None = None) -> QuerySet[Gift]:
    """Return a creator's gifts that were not taken back and do not wait, in no order.

    ``since``: sent from this instant on. What is taken back later is gone from here at once.
    """
    found = Gift.objects.filter(IS_FREE, creator=creator, taken_back__isnull=True).order_by()
    return found if since is None else found.filter(sent_at__gte=since)
