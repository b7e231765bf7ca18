"""How often a stranger may ask: counted for all servers together, by the minute of the clock."""

import datetime as dt

from django.db.models import F
from django.utils.crypto import salted_hmac

from takings.insights.models import Asking

KEPT = dt.timedelta(hours=1)


def may_ask(*, asker: str, most: int, at: dt.datetime) -> bool:
    """Tell whether an asker may ask in this minute, and count it if so.

    Of any number at once, ``most`` are let in: PostgreSQL counts. Who asked is kept as a keyed
    digest, for about an hour.
    """
    minute = at.replace(second=0, microsecond=0)
    key = salted_hmac("insights.asking", asker, algorithm="sha256").hexdigest()
    row, is_new = Asking.objects.get_or_create(asker=key, minute=minute)
    if is_new:
        Asking.objects.filter(minute__lt=minute - KEPT).delete()
    counted = Asking.objects.filter(pk=row.pk, count__lt=most).update(count=F("count") + 1)
    return counted == 1
