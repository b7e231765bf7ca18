"""Tells Django that this app exists."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """The ``videos`` app."""

    name = "takings.videos"
    label = "videos"
    default_auto_field = "django.db.models.BigAutoField"
