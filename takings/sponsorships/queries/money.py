"""Where a deal's money is: what is held, what went to whom, what is on its way back."""

from dataclasses import dataclass

from django.db.models import Sum

from takings.money import Money
from takings.payments.queries import parts_of
from takings.sponsorships.models import Deal, Funding, Milestone, Release, Settled, TakenBack
from takings.sponsorships.queries.deals import payment_of


@dataclass(frozen=True, slots=True)
class Picture:
    """A deal's money. ``paid_in`` is the sum of the next four.

    ``held`` waits for its milestone; ``creator`` and ``platform`` is what went out and stands;
    ``back`` is the brand's again, or on its way to the card.
    """

    paid_in: Money
    held: Money
    creator: Money
    platform: Money
    back: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """A release and what of it was not taken back; ``share`` of ``total`` is the creator's."""

    release: Release
    total: Money
    share: Money


def funding_of(deal: Deal) -> Funding | None:
    """Return what a deal was paid in by."""
    return deal.fundings.filter(is_wanted=True).first()


def unsettled(deal: Deal, *, number: int | None = None) -> list[Milestone]:
    """Return the milestones whose money is held, in order; of one video where it is said."""
    found = deal.milestones.filter(settled__isnull=True).select_related("deal")
    return list(found if number is None else found.filter(number=number))


def standings(deal: Deal) -> list[Standing]:
    """Return what releases moved and stands, the newest first."""
    found = Release.objects.filter(settled__milestone__deal=deal).order_by("-pk")
    return [standing_of(one) for one in found.select_related("settled__milestone__deal")]


def standing_of(release: Release) -> Standing:
    """Return what of a release stands."""
    taken = release.taken.aggregate(total=Sum("total_micros"), share=Sum("share_micros"))
    return Standing(
        release,
        Money(release.total_micros - (taken["total"] or 0), release.currency),
        Money(release.share_micros - (taken["share"] or 0), release.currency),
    )


def missing_of(settled: Settled) -> Money:
    """Return what of a creator's milestone was taken back and not given again."""
    there = sum((standing_of(one).total for one in settled.releases.all()), settled.to_creator * 0)
    return settled.to_creator - there


def due_back(funding: Funding) -> Money:
    """Return what of a funding the brand is to get back, in all: all of what is not wanted."""
    if not funding.is_wanted:
        return funding.amount
    found = Settled.objects.filter(milestone__deal=funding.deal)
    micros = found.aggregate(micros=Sum("brand_micros"))["micros"] or 0
    return Money(micros, funding.currency)


def gone_back(funding: Funding) -> Money:
    """Return what of a card's funding went back to the card, by us or its bank."""
    parts = parts_of(payment_of(funding.pk))
    return sum((part.taken for part in parts), Money.zero(funding.currency))


def picture(deal: Deal) -> Picture:
    """Return where a deal's money is."""
    nothing = Money.zero(deal.currency)
    funding = funding_of(deal)
    if funding is None:
        return Picture(nothing, nothing, nothing, nothing, nothing)
    rows = Release.objects.filter(settled__milestone__deal=deal)
    gone = TakenBack.objects.filter(release__settled__milestone__deal=deal)
    sums = [
        one.aggregate(total=Sum("total_micros"), share=Sum("share_micros")) for one in (rows, gone)
    ]
    total, share = (
        Money((sums[0][name] or 0) - (sums[1][name] or 0), deal.currency)
        for name in ("total", "share")
    )
    held = sum((one.amount for one in unsettled(deal)), nothing)
    return Picture(funding.amount, held, share, total - share, funding.amount - held - total)
