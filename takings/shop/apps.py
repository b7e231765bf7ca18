"""Tells Django that this app exists, payments what it sells, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class ShopConfig(AppConfig):
    """The ``shop`` app."""

    name = "takings.shop"
    label = "shop"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Take card payments, and tell the books what to check."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.payments.queries import register_purpose, register_unearn  # noqa: PLC0415
        from takings.shop.actions import OrderByCard, unearn_order  # noqa: PLC0415 - the same
        from takings.shop.queries.checks import CHECKS  # noqa: PLC0415 - the same

        register_purpose(OrderByCard())
        register_unearn(OrderByCard.name, unearn_order)
        for check in CHECKS:
            register_check(check)
