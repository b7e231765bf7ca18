"""What a fan thinks of what was made, once it is done."""

import datetime as dt

from django.db import transaction

from takings.people.models import User
from takings.policies.queries import request_rule
from takings.requests.actions.keeping import begin, take_step
from takings.requests.models import Rating, Request
from takings.requests.queries import said_well
from takings.requests.rules import MOST_STARS, Act, RatedAlready, Side, check_stars


@transaction.atomic
def rate(*, request: Request, by: User, stars: int, words: str, at: dt.datetime) -> Rating:
    """Give stars to a request that is done, and say why if one likes; everybody reads it.

    The same once more is once. Refuses: NotNow, BadStars, RatedAlready, and what ``check_text``
    refuses.
    """
    one = begin(request, Act.RATE, by=by).request
    most = request_rule(one.rule_version).message_chars
    said = said_well(words, creator=one.creator, most=most) if words.strip() else ""
    known = Rating.objects.filter(pk=one.pk).first()
    if known is None:
        known = Rating.objects.create(request=one, stars=check_stars(stars), words=said, at=at)
        note = f"{stars} of {MOST_STARS} stars" + (f": {said}" if said else "")
        take_step(one, Act.RATE, side=Side.FAN, by=by, note=note, at=at)
    elif (known.stars, known.words) != (stars, said):
        raise RatedAlready
    return known
