"""Letters to advertisers."""

import uuid

from django.urls import reverse

from takings.ads import queries
from takings.ads.models import Creative, Review
from takings.ads.queries.promoters import promoter_of
from takings.people.actions.letters import send_letter
from takings.people.models import Role
from takings.people.queries import members_of


def tell_declined(*, creative_id: uuid.UUID, edition: int) -> bool:
    """Write to who may mend a declined ad why it was, and what to do; tell if so.

    To the owners and editors of its brand, or to the creator whose video it promotes. Not of an ad
    that was changed or approved meanwhile, nor of one of the platform itself. A job killed right
    after the letter sends another one: twice is better than never.
    """
    ad = Creative.objects.select_related("campaign__brand").get(pk=creative_id)
    campaign = ad.campaign
    if (ad.review, ad.edition) != (Review.DECLINED, edition):
        return False
    if queries.is_house(brand_id=campaign.brand_id):
        return False
    creator = promoter_of(brand_id=campaign.brand_id)
    if creator is not None:
        readers, page = [creator.user], reverse("ads:promotion", args=[campaign.pk])
    else:
        members = members_of(brand=campaign.brand)
        readers = [one.user for one in members if one.role != Role.VIEWER]
        page = reverse("ads:creative", args=[ad.pk])
    addresses = [one.email for one in readers if one.is_active]
    for address in addresses:
        send_letter(
            address=address,
            subject=f"Your ad “{ad.headline}” was declined",
            letter="ads/letters/declined.txt",
            told={"ad": ad, "creator": creator},
            page=page,
        )
    return bool(addresses)
