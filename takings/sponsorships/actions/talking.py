"""What the two say to each other; it is evidence, so it stays."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Invalid
from takings.sponsorships.actions.running import lock_deal, take_step
from takings.sponsorships.models import Step
from takings.sponsorships.queries import Seat

LONGEST_MESSAGE = 2_000


class SayingNeedsWords(Invalid):
    """An empty line says nothing; a book is read by nobody."""

    code = "saying_needs_words"
    sentence = "Write something, in at most {most} characters."


@transaction.atomic
def say(*, seat: Seat, words: str, at: dt.datetime) -> Step:
    """Write into the room of a deal; both sides and operators read it, and it stays.

    Refuses: SayingNeedsWords.
    """
    if not words.strip() or len(words) > LONGEST_MESSAGE:
        raise SayingNeedsWords(most=LONGEST_MESSAGE)
    return take_step(lock_deal(seat.deal.pk), "said", seat=seat, words=words.strip(), at=at)
