"""Members of the demo world: a creator offers two tiers, and a viewer joins the first."""

import datetime as dt

from django.conf import settings

from takings.core import ids
from takings.demo.actions.paying import PAYS, enter_card
from takings.memberships.actions.fans import join, offer_tier
from takings.memberships.models import MemberMonth
from takings.memberships.rules.tiers import TierWish
from takings.money import Money
from takings.people.models import Creator, User
from takings.policies.queries import member_rules

TIERS = (
    ("Crew", "Your name in my chats\nA look behind the scenes each month", ("3.99", "3.99")),
    ("Bridge", "Every loop a week before all others\nThe files I make them with", ("8.99", "8.99")),
)


def sell_membership(*, host: Creator, fan: User, at: dt.datetime) -> None:
    """Let a viewer join a creator; once, and not before memberships are sold."""
    key = ids.derived("demo membership", fan.pk)
    if not settings.SANDBOX_ON or at < member_rules()[0].effective_from:
        return
    if not host.tiers.exists():
        for name, gives, (euros, dollars) in TIERS:
            prices = {"EUR": Money.parse(euros, "EUR"), "USD": Money.parse(dollars, "USD")}
            wish = TierWish(name, gives, prices, welcome="Welcome! Say hello in the next room.")
            offer_tier(creator=host, wish=wish, at=at)
    if not MemberMonth.objects.filter(pk=key, paid_at__isnull=False).exists():
        tier = host.tiers.get(rank=1)
        enter_card(join(user=fan, tier=tier, payment_id=key, at=at), card=PAYS, at=at)
