"""What a player of another site is sent for an ad that was chosen: where its media are."""

from django.conf import settings

from takings.ads.edge.server import Chosen
from takings.ads.rules.vast import Filling, Picture
from takings.videos.rules.files import WHOLE, media_url


def filling_of(chosen: Chosen, picture: Picture) -> Filling:
    """Return all that a document of this ad says."""
    site, creative_id = settings.PUBLIC_URL, chosen.offer.creative_id
    return Filling(
        decision=chosen.decision,
        token=chosen.token,
        offer=chosen.offer,
        picture=picture,
        media_url=site + media_url(creative_id),
        whole_url=site + media_url(creative_id, WHOLE) if picture.whole_bytes else "",
        site=site,
        pricing=chosen.won.item.pricing,
    )
