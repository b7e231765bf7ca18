"""What promotions add to ``check_books``."""

from collections.abc import Callable, Iterator

from django.db.models import Exists, F, OuterRef

from takings.ads.models import Creative, Deposit, Promoter
from takings.ledger.queries import Check, Finding
from takings.settlement.models import Exchange
from takings.videos.models import Purpose

Progress = Callable[[int, int], None]
REWARD = "promotion"
"""The name under which earnings are exchanged for credits."""


def _find_others(_: Progress) -> Iterator[Finding]:
    """Look for promotions of others' videos, and for credits that paid for anything else."""
    promoter = Promoter.objects.filter(pk=OuterRef("campaign__brand_id"))
    own = promoter.filter(creator=OuterRef("video__creator_id"))
    ads = Creative.objects.annotate(by_promoter=Exists(promoter), is_own=Exists(own))
    posts, of_promoters = ads.filter(video__purpose=Purpose.POST), ads.filter(by_promoter=True)
    wrong = (posts | of_promoters).filter(is_own=False)
    for creative in wrong.order_by("pk"):
        told = "it shows a video that is not its payer’s own, for credits or as a promotion"
        yield Finding(PROMOTIONS_ARE_OWN.invariant, f"creative:{creative.pk}", told)


def _find_credits(_: Progress) -> Iterator[Finding]:
    """Compare what was exchanged for credits with what the creator's brand was given."""
    given = Deposit.objects.filter(
        pk=OuterRef("entry_id"),
        brand__in=Promoter.objects.filter(creator=OuterRef(OuterRef("creator_id"))).values("pk"),
        currency=OuterRef("currency"),
        amount_micros=OuterRef("amount_micros"),
    )
    rows = Exchange.objects.filter(reward=REWARD).annotate(is_given=Exists(given))
    for row in rows.filter(is_given=False).annotate(micros=F("amount_micros")).order_by("pk"):
        told = f"{row.amount_micros} micro-units of earnings became no credits"
        yield Finding(CREDITS_ARE_GIVEN.invariant, f"exchange:{row.pk}", told)


PROMOTIONS_ARE_OWN = Check(
    "promotion credits show their creator's own videos, and nothing else does", _find_others
)
CREDITS_ARE_GIVEN = Check(
    "all earnings that were exchanged for promotion credits became as many", _find_credits
)
CHECKS = (PROMOTIONS_ARE_OWN, CREDITS_ARE_GIVEN)
