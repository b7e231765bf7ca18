"""Tells Django that this app exists."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """The ``policies`` app."""

    name = "takings.policies"
    label = "policies"
    default_auto_field = "django.db.models.BigAutoField"
