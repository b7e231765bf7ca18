"""The way from a channel to what its creator makes on request."""

from django import template

from takings.people.models import Creator
from takings.requests.queries import services_of

register = template.Library()


@register.inclusion_tag("requests/_channel.html")
def made_for_you(creator: Creator, *, is_own: bool) -> dict[str, object]:
    """Show how much a creator offers, and to themselves that they could."""
    return {
        "creator": creator,
        "count": services_of(creator=creator).count(),
        "is_own": is_own,
    }
