"""Tells Django that this app exists."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The ``sandbox`` app."""

    name = "takings.sandbox"
    label = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"
