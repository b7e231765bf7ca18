"""One lock order everywhere: campaign, then lease, then the books.

A campaign's lock guards its line items too: what they buy, and what they have committed.
"""

from uuid import UUID

from takings.ads.models import Campaign, Lease, LineItem


def lock_campaign(campaign_id: UUID) -> Campaign:
    """Lock a campaign, so that two clicks at once are two steps or one refusal."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)


def lock_line_item(line_item_id: UUID) -> LineItem:
    """Lock a line item's campaign, then read the line item as it is now."""
    lock_campaign(LineItem.objects.values_list("campaign_id", flat=True).get(pk=line_item_id))
    return LineItem.objects.select_related("campaign").get(pk=line_item_id)


def lock_lease(lease_id: UUID) -> Lease:
    """Lock a lease after its campaign."""
    lock_campaign(Lease.objects.values_list("campaign_id", flat=True).get(pk=lease_id))
    leases = Lease.objects.select_related("line_item__campaign")
    return leases.select_for_update(of=("self",), no_key=True).get(pk=lease_id)
