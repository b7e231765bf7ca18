"""Ads of partners: their video is fetched and prepared by us, then reviewed like any other."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from takings.ads.actions.creatives import CreativeDraft, add_creative
from takings.ads.actions.partner_traffic import order_creative
from takings.ads.actions.tags import take_media
from takings.ads.models import Creative, PartnerCreative
from takings.ads.queries.outside import OUTSIDE, Outside
from takings.ads.queries.partners import owner_of, partner_creative
from takings.ads.queries.tags import find_media_in
from takings.ads.rules.campaigns import LONGEST_HEADLINE, Message
from takings.ads.rules.partners import known_category
from takings.core import ids
from takings.core.errors import Conflict, Refusal

CALL = "Learn more"


class BrandWithoutOwner(Conflict):
    """Somebody of the brand stands for its ads."""

    code = "brand_without_owner"
    sentence = "The partner’s brand has no owner; invite one."


def take_partner_creative(
    *, creative_id: int, at: dt.datetime, outside: Outside = OUTSIDE
) -> PartnerCreative:
    """Fetch the video of a partner's ad and hand it in for review; once done, it stays so.

    A refusal is kept for operators to read. Killed on the way, it goes on when called again.
    """
    row = partner_creative(creative_id=creative_id)
    if row.creative_id or row.refused_why:
        return row
    try:
        row.creative = _take(row, outside=outside, at=at)
    except Refusal as refusal:
        row.refused_why = str(refusal)[:300]
    row.save(update_fields=["creative", "refused_why"])
    return row


@transaction.atomic
def retry_partner_creative(*, partner_id: UUID, creative_id: int) -> None:
    """Order once more what could not be fetched; of what could, or is not there, nothing."""
    rows = PartnerCreative.objects.filter(partner=partner_id, pk=creative_id)
    row = rows.exclude(refused_why="").select_for_update(no_key=True).first()
    if row is not None:
        row.refused_why = ""
        row.save(update_fields=["refused_why"])
        order_creative(row.pk)


def _take(row: PartnerCreative, *, outside: Outside, at: dt.datetime) -> Creative:
    campaign = row.partner.line_item.campaign
    owner = owner_of(brand=campaign.brand)
    if owner is None:
        raise BrandWithoutOwner
    media = find_media_in(document=row.markup.encode(), outside=outside)
    title = "".join(one if one.isprintable() else " " for one in media.title)
    video = take_media(
        replace(media, title=title),
        video_id=ids.derived("video of a partner", row.pk),
        user=owner,
        outside=outside,
        at=at,
    )
    landing = media.landing or f"https://{row.advertiser}/"
    category = known_category(row.categories)
    message = Message(title[:LONGEST_HEADLINE].strip(), CALL, landing, category)
    draft = CreativeDraft(ids.derived("ad of a partner", row.pk), video.pk, message)
    return add_creative(campaign_id=campaign.pk, draft=draft, user=owner, at=at)
