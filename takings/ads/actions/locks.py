"""One lock order everywhere: campaign, then lease, then the books.

A campaign's lock guards its line items too: what they buy, and what they have committed.
"""

from collections.abc import Iterable
from uuid import UUID

from takings.ads.models import Campaign, LineItem


def lock_campaign(campaign_id: UUID) -> Campaign:
    """Lock a campaign, so that two clicks at once are two steps or one refusal."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)


def lock_campaigns(campaign_ids: Iterable[UUID]) -> dict[UUID, Campaign]:
    """Lock campaigns in the order of their ids, so that two who lock several never wait in turn."""
    found = Campaign.objects.filter(pk__in=set(campaign_ids)).order_by("pk")
    return {campaign.pk: campaign for campaign in found.select_for_update(no_key=True)}


def lock_line_item(line_item_id: UUID) -> LineItem:
    """Lock a line item's campaign, then read the line item as it is now."""
    lock_campaign(LineItem.objects.values_list("campaign_id", flat=True).get(pk=line_item_id))
    return LineItem.objects.select_related("campaign").get(pk=line_item_id)
