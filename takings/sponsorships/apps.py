"""Tells Django that this app exists, payments what it takes, videos whom it invites."""

from django.apps import AppConfig
from typing_extensions import override


class SponsorshipsConfig(AppConfig):
    """The ``sponsorships`` app."""

    name = "takings.sponsorships"
    label = "sponsorships"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Take card payments, let brands watch drafts, and tell the books what to check."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.payments.queries import (  # noqa: PLC0415 - the same
            register_purpose,
            register_unearn,
        )
        from takings.sponsorships.actions import DealByCard, let_wait_again  # noqa: PLC0415 - the same
        from takings.sponsorships.queries.checks import CHECKS  # noqa: PLC0415 - the same
        from takings.sponsorships.queries.guests import may_watch_draft  # noqa: PLC0415 - the same
        from takings.videos.queries import register_guests  # noqa: PLC0415 - the same

        register_purpose(DealByCard())
        register_unearn(DealByCard.name, let_wait_again)
        register_guests(may_watch_draft)
        for check in CHECKS:
            register_check(check)
