"""Tells Django that this app exists."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The ``events`` app."""

    name = "takings.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
