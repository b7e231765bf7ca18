"""The collector alone, for a server process that a test starts and kills."""

import django

django.setup()

from takings.events.edge import app  # noqa: E402 - after Django is ready

__all__ = ["app"]
