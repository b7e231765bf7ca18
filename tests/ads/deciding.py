"""One ad server that decides without end and prints its tokens, for tests that kill it."""

import sys
import uuid

import django

django.setup()

from takings.ads.actions import key_ring  # noqa: E402 - after Django is ready
from takings.ads.edge import AdServer, Chosen  # noqa: E402 - the same
from takings.core import clock  # noqa: E402 - the same
from takings.people.rules import Viewer  # noqa: E402 - the same

server = AdServer(name=sys.argv[1], keys=key_ring(), wake=lambda: None)
for number in range(100_000):
    now = clock.now()
    if number % 7 == 0:
        server.refresh(at=now)
    chosen = server.decide(viewer=Viewer(uuid.uuid4(), None, "DE", now), after=None, at=now)
    sys.stdout.write(f"{chosen.token if isinstance(chosen, Chosen) else chosen.code}\n")
    sys.stdout.flush()
