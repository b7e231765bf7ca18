"""Tells Django that this app exists."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The ``api`` app."""

    name = "takings.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
