"""Tells Django that this app exists, and others what gifts know."""

from django.apps import AppConfig
from typing_extensions import override


class GiftsConfig(AppConfig):
    """The ``gifts`` app."""

    name = "takings.gifts"
    label = "gifts"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Tell chats who is a fan, coins who undoes gifts, and the books what to check."""
        from takings.coins.queries.unwinders import register_unwinder  # noqa: PLC0415 - the same
        from takings.gifts.actions import unwind_gifts  # noqa: PLC0415 - the same
        from takings.gifts.queries.checks import CHECKS  # noqa: PLC0415 - models load first
        from takings.gifts.queries.fans import badges  # noqa: PLC0415 - the same
        from takings.ledger.queries import register_check  # noqa: PLC0415 - the same
        from takings.live.queries.badges import register_badges  # noqa: PLC0415 - the same

        register_badges(badges)
        register_unwinder(unwind_gifts)
        for check in CHECKS:
            register_check(check)
