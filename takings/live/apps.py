"""Tells Django that this app exists."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """The ``live`` app."""

    name = "takings.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"
