"""Tells Django that this app exists, payments what it sells, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class CoinsConfig(AppConfig):
    """The ``coins`` app."""

    name = "takings.coins"
    label = "coins"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Take card payments, and tell the books what to check."""
        from takings.coins.actions import CoinsByCard  # noqa: PLC0415 - models load first
        from takings.coins.actions.exchanging import CoinsForEarnings  # noqa: PLC0415 - the same
        from takings.coins.queries.checks import CHECKS  # noqa: PLC0415 - the same
        from takings.ledger.queries import register_check  # noqa: PLC0415 - the same
        from takings.payments.queries import register_purpose  # noqa: PLC0415 - the same
        from takings.settlement.queries.rewards import register_reward  # noqa: PLC0415 - the same

        register_purpose(CoinsByCard())
        register_reward(CoinsForEarnings())
        for check in CHECKS:
            register_check(check)
