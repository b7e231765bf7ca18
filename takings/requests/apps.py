"""Tells Django that this app exists, payments what it sells, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class RequestsConfig(AppConfig):
    """The ``requests`` app."""

    name = "takings.requests"
    label = "requests"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Take card payments, undo what they earned, and tell the books what to check."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.payments.queries import (  # noqa: PLC0415 - the same
            register_purpose,
            register_unearn,
        )
        from takings.requests.actions import RequestByCard, unearn  # noqa: PLC0415 - the same
        from takings.requests.queries import shows_video  # noqa: PLC0415 - the same
        from takings.requests.queries.checks import CHECKS  # noqa: PLC0415 - the same
        from takings.videos.queries import register_guests  # noqa: PLC0415 - the same

        register_purpose(RequestByCard())
        register_unearn(RequestByCard.name, unearn)
        register_guests(shows_video)
        for check in CHECKS:
            register_check(check)
