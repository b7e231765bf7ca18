"""Tells Django that this app exists."""

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    """The ``audience`` app."""

    name = "takings.audience"
    label = "audience"
    default_auto_field = "django.db.models.BigAutoField"
