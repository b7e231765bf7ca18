"""Tells Django that this app exists."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The ``people`` app."""

    name = "takings.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
