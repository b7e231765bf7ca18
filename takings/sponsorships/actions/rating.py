"""What the two say of each other when it is over; neither reads the other's before saying it."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict, Invalid
from takings.policies.queries import deal_rule
from takings.sponsorships.actions.running import lock_standing
from takings.sponsorships.models import Rating
from takings.sponsorships.queries import Seat
from takings.sponsorships.rules import Status

MOST_STARS, LONGEST_RATING = 5, 500


class BadRating(Invalid):
    """One to five, and some words if one likes."""

    code = "bad_rating"
    sentence = "Give one to {most} stars, and at most {chars} characters."


class RatedAlready(Conflict):
    """Each side rates once."""

    code = "rated_already"
    sentence = "Your side has rated this deal."


class TooLateToRate(Conflict):
    """By then the other's rating may be read."""

    code = "too_late_to_rate"
    sentence = "A deal can be rated for {days} days after its end."


@transaction.atomic
def rate_deal(*, seat: Seat, stars: int, words: str, at: dt.datetime) -> Rating:
    """Rate the other side of a deal that is over.

    Refuses: BadRating, NotNow, RatedAlready, TooLateToRate.
    """
    if not 1 <= stars <= MOST_STARS or len(words) > LONGEST_RATING:
        raise BadRating(most=MOST_STARS, chars=LONGEST_RATING)
    deal = lock_standing(seat.deal.pk, Status.DONE, Status.ENDED)
    assert deal.ended_at is not None  # noqa: S101 - it is over
    rule = deal_rule(deal.rule_version)
    if at >= deal.ended_at + rule.rating:
        raise TooLateToRate(days=rule.rating.days)
    if deal.ratings.filter(side=seat.side).exists():
        raise RatedAlready
    return Rating.objects.create(
        deal=deal,
        side=seat.side or "",
        stars=stars,
        words=words.strip(),
        rated_by=seat.user,
        rated_at=at,
    )
