"""What both sides of a deal agreed on, to be printed."""

from takings.core.errors import NotFound
from takings.sponsorships.models import Deal
from takings.sponsorships.rules.paper import Agreed


class NothingAgreed(NotFound):
    """An offer is no agreement."""

    code = "nothing_agreed"
    sentence = "Nothing is agreed on yet in this deal, so there is no agreement to keep."


def agreed_of(deal: Deal) -> Agreed:
    """Return the agreement of a deal. Refuses: NothingAgreed."""
    if deal.agreed_at is None:
        raise NothingAgreed
    return Agreed(
        number=str(deal.pk),
        brand=deal.brand.name,
        creator=deal.creator.name,
        handle=deal.creator.handle,
        terms=deal.terms,
        version=deal.version,
        at=deal.agreed_at,
        digest=deal.digest,
    )
