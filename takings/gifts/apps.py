"""Tells Django that this app exists, coins who undoes gifts, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class GiftsConfig(AppConfig):
    """The ``gifts`` app."""

    name = "takings.gifts"
    label = "gifts"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Tell coins who undoes gifts, and the books what to check."""
        from takings.coins.queries.unwinders import register_unwinder  # noqa: PLC0415 - the same
        from takings.gifts.actions import unwind_gifts  # noqa: PLC0415 - the same
        from takings.gifts.queries.checks import CHECKS  # noqa: PLC0415 - models load first
        from takings.ledger.queries import register_check  # noqa: PLC0415 - the same

        register_unwinder(unwind_gifts)
        for check in CHECKS:
            register_check(check)
