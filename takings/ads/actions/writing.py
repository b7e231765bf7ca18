"""Letters to advertisers."""

import uuid

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from takings.ads import queries
from takings.ads.models import Creative, Review
from takings.ads.queries.promoters import promoter_of
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
    told = {"ad": ad, "creator": creator, "link": f"{settings.PUBLIC_URL}{page}"}
    send_mail(
        subject=f"Your ad “{' '.join(ad.headline.split())}” was declined",
        message=render_to_string("ads/letters/declined.txt", told),
        from_email=None,
        recipient_list=addresses,
    )
    return bool(addresses)
