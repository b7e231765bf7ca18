"""Tells Django that this app exists."""

from django.apps import AppConfig


class AdsConfig(AppConfig):
    """The ``ads`` app."""

    name = "takings.ads"
    label = "ads"
    default_auto_field = "django.db.models.BigAutoField"
