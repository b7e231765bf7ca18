"""Tells Django that this app exists."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """The ``insights`` app."""

    name = "takings.insights"
    label = "insights"
    default_auto_field = "django.db.models.BigAutoField"
