"""What we kept of deals, by entry: accountants work the tax in it out from this."""

from collections.abc import Iterator, Sequence
from itertools import chain

from takings.core.cells import cell
from takings.money import Money
from takings.sponsorships.models import Release, TakenBack

FEE_HEAD = (
    *("moved_at", "entry", "deal", "brand", "brand_country", "creator", "creator_country"),
    *("currency", "paid", "creator_share", "fee"),
)


def fee_rows() -> Iterator[Sequence[object]]:
    """Return what each milestone brought us under :data:`FEE_HEAD`, then what was taken back.

    Amounts are exact decimals without the tax that a brand may have paid; what was taken back is
    below zero.
    """
    deal = "settled__milestone__deal"
    released = Release.objects.select_related(f"{deal}__brand", f"{deal}__creator__user")
    taken = TakenBack.objects.select_related(
        f"release__{deal}__brand", f"release__{deal}__creator__user"
    )
    return chain(
        (_row(one, one, sign=1) for one in released.order_by("pk").iterator()),
        (_row(one, one.release, sign=-1) for one in taken.order_by("pk").iterator()),
    )


def _row(one: Release | TakenBack, of: Release, *, sign: int) -> Sequence[object]:
    deal = of.settled.milestone.deal
    paid, share = (
        Money(sign * micros, of.currency) for micros in (one.total_micros, one.share_micros)
    )
    told = (
        *(f"{one.moved_at:%Y-%m-%dT%H:%M:%SZ}", one.entry_id, deal.pk, deal.brand, of.country),
        *(deal.creator.handle, deal.creator.user.country, of.currency),
        *(paid.decimal(), share.decimal(), (paid - share).decimal()),
    )
    return [cell(value) for value in told]
