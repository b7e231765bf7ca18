"""Tells Django that this app exists, and the books what it can check."""

from django.apps import AppConfig
from typing_extensions import override


class PoliciesConfig(AppConfig):
    """The ``policies`` app."""

    name = "takings.policies"
    label = "policies"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Add our invariant to ``check_books``."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.policies.queries.checks import (  # noqa: PLC0415 - the same
            ENTRIES_NAME_POLICIES,
        )

        register_check(ENTRIES_NAME_POLICIES)
