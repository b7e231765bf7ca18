"""Tells Django that this app exists, the events whom to tell, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class AdsConfig(AppConfig):
    """The ``ads`` app."""

    name = "takings.ads"
    label = "ads"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Ask for every shipped segment, take money, and tell the books what to check."""
        from takings.ads.actions import (  # noqa: PLC0415 - models load first
            PrepaidByCard,
            PromotionCredits,
        )
        from takings.ads.jobs import order_charging  # noqa: PLC0415 - the same
        from takings.ads.queries.checks import CHECKS  # noqa: PLC0415 - the same
        from takings.events.jobs import after_shipping  # noqa: PLC0415 - the same
        from takings.ledger.queries import register_check  # noqa: PLC0415 - the same
        from takings.payments.queries import register_purpose  # noqa: PLC0415 - the same
        from takings.settlement.queries.rewards import (  # noqa: PLC0415 - the same
            register_reward,
        )

        after_shipping.append(order_charging)
        register_purpose(PrepaidByCard())
        register_reward(PromotionCredits())
        for check in CHECKS:
            register_check(check)
