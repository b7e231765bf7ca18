"""The platform as an advertiser of itself: opened once, by an operator."""

import datetime as dt

from django.db import transaction

from takings.ads.models import House
from takings.ads.rules.creatives import HouseIsOpen
from takings.people.actions import open_brand, record_staff_act
from takings.people.models import Brand, User


@transaction.atomic
def open_house(*, operator: User, name: str, website: str, at: dt.datetime) -> Brand:
    """Open the brand under which the platform shows ads of its own; a staff act.

    Viewers read its name. Its operators make its campaigns; they cost nothing.
    Refuses: HouseIsOpen, BrandNameTaken.
    """
    brand = open_brand(user=operator, name=name, website=website, at=at)
    _, is_new = House.objects.get_or_create(
        is_only=True, defaults={"brand": brand, "opened_by": operator, "opened_at": at}
    )
    if not is_new:
        raise HouseIsOpen
    record_staff_act(
        operator=operator,
        act="ads.open_house",
        target=f"brand:{brand.pk}",
        reason=f"The platform shows ads of its own as {brand}",
        at=at,
    )
    return brand
