"""Tells Django that this app exists, settlement what it gives, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class VouchersConfig(AppConfig):
    """The ``vouchers`` app."""

    name = "takings.vouchers"
    label = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Offer vouchers for earnings, and tell the books what to check."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.settlement.queries.rewards import register_reward  # noqa: PLC0415 - the same
        from takings.vouchers.actions import VouchersForEarnings  # noqa: PLC0415 - the same
        from takings.vouchers.queries.checks import CHECKS  # noqa: PLC0415 - the same

        register_reward(VouchersForEarnings())
        for check in CHECKS:
            register_check(check)
