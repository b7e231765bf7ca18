"""Tells Django that this app exists."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The ``demo`` app."""

    name = "takings.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
