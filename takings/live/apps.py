"""Tells Django that this app exists, and the audience which rooms there are."""

from django.apps import AppConfig
from typing_extensions import override


class LiveConfig(AppConfig):
    """The ``live`` app."""

    name = "takings.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Let feed and channels lead to rooms."""
        from takings.audience.queries import register_invitations  # noqa: PLC0415 - the same
        from takings.live.queries.invitations import invitations  # noqa: PLC0415 - models load first

        register_invitations(invitations)
