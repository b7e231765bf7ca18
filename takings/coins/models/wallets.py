"""Whose coins they are."""

from django.db import models
from typing_extensions import override


class Wallet(models.Model):
    """Somebody's coins. Whoever changes what is in it locks this row first.

    ``user`` is its key: the accounts in the books are ``viewer:<user>:coins`` and
    ``:bonus_coins``.
    """

    user = models.OneToOneField(
        "people.User", on_delete=models.PROTECT, primary_key=True, related_name="wallet"
    )
    opened_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show whose it is."""
        return f"Wallet of {self.user}"
