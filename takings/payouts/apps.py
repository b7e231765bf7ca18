"""Tells Django that this app exists, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class PayoutsConfig(AppConfig):
    """The ``payouts`` app."""

    name = "takings.payouts"
    label = "payouts"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Add our invariants to ``check_books``, and what we move at providers to their reports."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.payments.queries import register_movements  # noqa: PLC0415 - the same
        from takings.payouts.actions.exchanging import ExchangesAsPayouts  # noqa: PLC0415 - the same
        from takings.payouts.queries.checks import CHECKS  # noqa: PLC0415 - the same
        from takings.payouts.queries.transfers import movements  # noqa: PLC0415 - the same
        from takings.settlement.queries.rewards import register_gate  # noqa: PLC0415 - the same

        for check in CHECKS:
            register_check(check)
        register_movements(movements)
        register_gate(ExchangesAsPayouts())
