"""Tells Django that this app exists, and the books what it can check."""

from django.apps import AppConfig
from typing_extensions import override


class InvoicingConfig(AppConfig):
    """The ``invoicing`` app."""

    name = "takings.invoicing"
    label = "invoicing"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Add our invariants to ``check_books``."""
        from takings.invoicing.queries.checks import CHECKS  # noqa: PLC0415 - models load first
        from takings.ledger.queries import register_check  # noqa: PLC0415 - the same

        for check in CHECKS:
            register_check(check)
