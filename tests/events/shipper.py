"""Ships without end, for a process that a test starts and kills."""

import django

django.setup()

from takings.core import clock  # noqa: E402 - after Django is ready
from takings.events import actions  # noqa: E402 - the same

while True:
    actions.ship_segments(at=clock.now())
