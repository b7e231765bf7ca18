"""Tells Django that this app exists."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The ``web`` app."""

    name = "takings.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
