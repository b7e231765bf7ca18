"""What promotions add to ``check_books``."""

from collections.abc import Callable, Iterator
from itertools import islice

from django.db.models import Exists, OuterRef

from takings.ads.models import Creative, Deposit, Promoter
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.settlement.models import Exchange
from takings.videos.models import Purpose

Progress = Callable[[int, int], None]
BATCH = 1_000
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
    """Compare what was exchanged for credits with what the creator's brand was given for it."""
    brand_of = dict(Promoter.objects.values_list("creator_id", "pk"))
    rows = Exchange.objects.filter(reward=REWARD).order_by("pk").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        ids = [row.entry_id for row in batch]
        posted, archived = ledger.credits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
        given = {one.pk: one for one in Deposit.objects.filter(pk__in=ids)}
        for row in batch:
            deposit, brand_id = given.get(row.entry_id), brand_of.get(row.creator_id)
            account = (f"advertiser:{brand_id}:prepaid", row.currency)
            micros = posted.get(row.entry_id, {}).get(account, 0)
            said = deposit.amount_micros if deposit and deposit.brand_id == brand_id else 0
            if not said or (row.entry_id not in archived and said != micros):
                told = f"its entry gave {micros} micro-units of credits, its deposit says {said}"
                yield Finding(CREDITS_ARE_GIVEN.invariant, f"exchange:{row.pk}", told)


PROMOTIONS_ARE_OWN = Check(
    "promotion credits show their creator's own videos, and nothing else does", _find_others
)
CREDITS_ARE_GIVEN = Check(
    "all earnings that were exchanged for promotion credits became as many", _find_credits
)
CHECKS = (PROMOTIONS_ARE_OWN, CREDITS_ARE_GIVEN)
