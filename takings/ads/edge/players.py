"""Who watches in a player of another site, as far as its requests tell."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from django.conf import settings

from takings.ads.edge.routes import Headers, Message, known_viewer
from takings.ads.rules.consent import Use
from takings.ads.rules.players import player_viewer
from takings.ads.rules.tokens import Decision
from takings.events.edge.requests import Sender, client_address
from takings.events.rules.clients import classify_agent, hash_network, is_private, read_cookies
from takings.people.rules import Viewer


def asks_for_less(scope: Message, *, about: Decision) -> bool:
    """Tell whether who answers an ad, or for whom it was chosen, may be named to nobody else.

    That is who asks for it now, and who allowed nothing when the ad was chosen.
    """
    pairs = cast("Headers", scope["headers"])
    headers = dict(pairs)
    return about.viewer_id == _nameless(headers, about.issued_at.date()) or is_private(
        headers=headers, cookies=read_cookies(pairs)
    )


def read_player(
    scope: Message,
    *,
    at: dt.datetime,
    about: Decision | None = None,
    use: Use = Use.RECOGNISE,
) -> Sender:
    """Return who sends this; ``about`` is the decision that a report is about.

    A browser sends our cookie along with a click and not with a report, so whoever of the two the
    ad was chosen for is the one who speaks. Where not even recognising is allowed, that is the
    client alone; reports do not repeat the consent, so an ad chosen for it is reported by it. Their
    age group and region are used where profiles are allowed.
    """
    pairs = cast("Headers", scope["headers"])
    headers = dict(pairs)
    day = (about.issued_at if about else at).date()
    agent = _agent(headers)
    address, key = client_address(scope), settings.SECRET_KEY
    if about is not None and about.viewer_id == _nameless(headers, day):
        use = Use.NOTHING
    network = 0
    if use and not is_private(headers=headers, cookies=read_cookies(pairs)):
        network = hash_network(address=address, day=day, key=key)
    here = player_viewer(network=network, agent=agent, day=day, key=key)
    viewer = known_viewer(pairs, at=at) if use else None
    if viewer is not None and use < Use.PROFILE:
        viewer = replace(viewer, age="", region="")
    if viewer is None or (about is not None and about.viewer_id == here):
        viewer = Viewer(here, None, settings.DEFAULT_COUNTRY, at, is_shared=not network)
    return Sender(
        viewer=viewer,
        address=address,
        ua_class=classify_agent(agent),
        network=network,
        is_private=False,  # whoever asks for less is somebody of that day already
    )


def _nameless(headers: Mapping[bytes, bytes], day: dt.date) -> uuid.UUID:
    """Return who watches where nothing may be told but the client."""
    return player_viewer(network=0, agent=_agent(headers), day=day, key=settings.SECRET_KEY)


def _agent(headers: Mapping[bytes, bytes]) -> str:
    return headers.get(b"user-agent", b"").decode("latin-1")
