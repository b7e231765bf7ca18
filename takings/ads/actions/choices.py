"""Creators choose which ads are kept away from their videos."""

import datetime as dt
from collections.abc import Collection

from takings.ads.models import AdChoice
from takings.people.models import Creator
from takings.videos.rules.categories import check_category


def choose_ads(
    *, creator: Creator, blocked_categories: Collection[str], at: dt.datetime
) -> AdChoice:
    """Keep ads of these categories away from a creator's videos, from within a minute on.

    Ads that do not say what they are about are kept away with any of them. The same again changes
    nothing. Refuses: BadCategory.
    """
    for category in blocked_categories:
        check_category(category)
    wanted = sorted(set(blocked_categories))
    choice, is_new = AdChoice.objects.get_or_create(
        creator=creator, defaults={"blocked_categories": wanted, "chosen_at": at}
    )
    if not is_new and choice.blocked_categories != wanted:
        choice.blocked_categories, choice.chosen_at = wanted, at
        choice.save(update_fields=["blocked_categories", "chosen_at"])
    return choice
