"""What a brand and a creator have shown in deals so far: in public, from what was done."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low

from takings.core.errors import NotFound
from takings.people.models import Brand, Creator
from takings.policies.queries import deal_rule
from takings.sponsorships.models import Deal, Dispute, Rating, Step
from takings.sponsorships.queries.deals import PROMOTER
from takings.sponsorships.rules import Side, Status, span_words

OVER = (Status.DONE, Status.ENDED)
NEWEST = 20


class NoSuchRecord(NotFound):
    """There is no such brand, or it hires nobody."""

    code = "no_such_record"
    sentence = "There is no brand of this number that hires creators."


@dataclass(frozen=True, slots=True)
class Record:
    """A brand's record: how it pays, how long it takes, what it was disputed for.

    ``to_pay`` and ``to_answer`` are the middle times from the agreement to the money, and from a
    draft to the brand's word; ``silent`` drafts were approved by the clock. ``unpaid`` were agreed
    on and never paid in.
    """

    agreed: int
    paid: int
    unpaid: int
    done: int
    ended: int
    to_pay: dt.timedelta | None
    to_answer: dt.timedelta | None
    drafts: int
    silent: int
    disputes: int
    ratings: Sequence[Rating]

    @property
    def to_pay_words(self) -> str:
        """How long paying in takes, as people say it."""
        return span_words(self.to_pay)

    @property
    def to_answer_words(self) -> str:
        """How long an answer takes, as people say it."""
        return span_words(self.to_answer)


def access_record(*, brand_id: int) -> Brand:
    """Return a brand whose record everybody may read. Refuses: NoSuchRecord."""
    found = Brand.objects.filter(pk=brand_id).exclude(name__startswith=PROMOTER).first()
    if found is None:
        raise NoSuchRecord
    return found


def record_of(*, brand: Brand, at: dt.datetime) -> Record:
    """Return what a brand has shown in deals so far."""
    deals = list(Deal.objects.filter(brand=brand, agreed_at__isnull=False))
    paid = [deal for deal in deals if deal.funded_at is not None]
    waits, silent = _answers(paid)
    return Record(
        agreed=len(deals),
        paid=len(paid),
        unpaid=sum(1 for deal in deals if deal.status == Status.EXPIRED),
        done=sum(1 for deal in paid if deal.status == Status.DONE),
        ended=sum(1 for deal in paid if deal.status == Status.ENDED),
        to_pay=_middle(_between(deal.agreed_at, deal.funded_at) for deal in paid),
        to_answer=_middle(waits),
        drafts=len(waits) + silent,
        silent=silent,
        disputes=Dispute.objects.filter(deal__brand=brand, side=Side.CREATOR).count(),
        ratings=ratings_of(brand=brand, at=at),
    )


def ratings_of(
    *, brand: Brand | None = None, creator: Creator | None = None, at: dt.datetime
) -> list[Rating]:
    """Return what others say of a brand, or of a creator: as soon as it may be read, newest first.

    It may when both have rated, or when it is too late to.
    """
    side = Side.CREATOR if brand is not None else Side.BRAND
    found = Rating.objects.filter(side=side, deal__status__in=OVER)
    whose = found.filter(deal__brand=brand) if brand else found.filter(deal__creator=creator)
    rows = whose.select_related("deal__brand", "deal__creator").order_by("-rated_at", "-pk")
    return [one for one in rows[: 2 * NEWEST] if may_read(one.deal, at=at)][:NEWEST]


def may_read(deal: Deal, *, at: dt.datetime) -> bool:
    """Tell whether the ratings of a deal are shown."""
    if deal.ended_at is None:
        return False
    is_over = at >= deal.ended_at + deal_rule(deal.rule_version).rating
    return is_over or deal.ratings.count() == len(Side)


def _answers(deals: Sequence[Deal]) -> tuple[list[dt.timedelta], int]:
    """Return how long each draft waited for the brand's word, and how many had none."""
    kinds = ("handed_in", "approved", "sent_back", "silence")
    steps = Step.objects.filter(deal__in=deals, kind__in=kinds).order_by("id")
    handed: dict[tuple[object, int], dt.datetime] = {}
    waits, silent = list[dt.timedelta](), 0
    for step in steps:
        place = step.deal_id, step.number
        if step.kind == "handed_in":
            handed[place] = step.taken_at
        elif step.kind == "silence":
            silent += 1
        else:
            waits.append(step.taken_at - handed[place])
    return waits, silent


def _between(first: dt.datetime | None, last: dt.datetime | None) -> dt.timedelta:
    assert first is not None  # noqa: S101 - only of what was agreed on and paid in
    assert last is not None  # noqa: S101 - the same
    return last - first


def _middle(times: Iterable[dt.timedelta]) -> dt.timedelta | None:
    found = sorted(times)
    return median_low(found) if found else None
