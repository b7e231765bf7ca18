"""``/ads/next`` and ``/ads/click/<token>`` as raw ASGI: no Django view, no query."""

import asyncio
import datetime as dt
import logging
import os
import threading
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import cast
from urllib.parse import parse_qs

import msgspec
from django.conf import settings
from django.db import close_old_connections, connections

from takings.ads.actions import key_ring
from takings.ads.edge.ended import ENDED
from takings.ads.edge.partners import Partners
from takings.ads.edge.server import AdServer, Chosen
from takings.ads.edge.stock import Spot
from takings.ads.rules.consent import Signals
from takings.ads.rules.lines import Pricing
from takings.ads.rules.outward import Watcher
from takings.ads.rules.serving import NO_VIEWER, ROBOT, NoAd, label_of
from takings.ads.rules.supply import domain_of
from takings.ads.rules.targeting import read_client
from takings.core import clock
from takings.core.errors import Invalid, NotFound, Refusal
from takings.events.edge.requests import client_address
from takings.events.rules.clients import classify_agent, day_viewer, is_private, read_cookies
from takings.people.rules import VIEWER_COOKIE, BadViewerToken, Viewer, read_viewer
from takings.videos.rules.files import MASTER, POSTER, media_url

log = logging.getLogger(__name__)

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

REFRESH_S = 2.0
SHORTEST_REST_S = 0.2
"""However often it is woken, the ad server looks at the database five times a second at most."""
NO_SIGNALS = Signals()
NEXT, CLICK = "/ads/next", "/ads/click/"
_JSON = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


class BadVideoId(Invalid):
    """``after`` names the post before the ad."""

    code = "bad_video_id"
    sentence = "“after” must be the id of the video that was shown last."


class NoSuchRoute(NotFound):
    """Nothing else lives here."""

    code = "no_such_route"
    sentence = "There is nothing here."


class AdEdge:
    """One process's ad routes, with the thread that keeps its ad server fresh."""

    def __init__(self) -> None:
        """Know nothing yet; the settings are read when it starts."""
        self.partners = Partners()
        self.chores: list[Callable[[], None]] = [  # besides, each time
            self._meet_partners,
            lambda: ENDED.learn(at=clock.now()),
        ]
        self._server: AdServer | None = None
        self._thread: threading.Thread | None = None
        self._awake = threading.Event()
        self._stopped = threading.Event()
        self._ready = threading.Event()

    async def startup(self) -> None:
        """Start the refreshing thread; decisions begin with its first look at the database."""
        if self._thread is None:
            name = f"{os.uname().nodename}-{os.getpid()}"
            self._server = AdServer(name=name[-64:], keys=key_ring(), wake=self._awake.set)
            self._stopped.clear()
            self._thread = threading.Thread(target=self._keep_fresh, name="ads", daemon=True)
            self._thread.start()

    async def shutdown(self) -> None:
        """Give back unpromised money and stop."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopped.set()
            self._awake.set()
            await asyncio.to_thread(thread.join, 5)
            self._server = None
            self._ready.clear()
            self.partners.close()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive  # neither route reads a body
        path = str(scope["path"])
        try:
            if scope["method"] != "GET":
                await _answer(send, 405, {"code": "only_get", "sentence": "Ask with GET."})
            elif path == NEXT:
                await _answer(send, 200, await self._next(scope))
            elif path.startswith(CLICK):
                await self._click(path.removeprefix(CLICK), scope, send)
            else:
                raise NoSuchRoute
        except Refusal as refusal:
            status = 422 if isinstance(refusal, Invalid) else 404
            await _answer(send, status, {"code": refusal.code, "sentence": str(refusal)})

    async def _next(self, scope: Message) -> dict[str, object]:
        headers = cast("Headers", scope["headers"])
        after = _after(cast("bytes", scope["query_string"]))
        at = clock.now()
        viewer = known_viewer(headers, at=at)
        if is_robot(headers):
            return _nothing(ROBOT)
        if viewer is None:
            return _nothing(NO_VIEWER)
        spot = Spot(viewer, after, at, read_client(dict(headers)))
        chosen = await self.choose(spot, scope)
        return _nothing(chosen) if isinstance(chosen, NoAd) else {"ad": card(chosen)}

    async def _click(self, token: str, scope: Message, send: Send) -> None:
        server = await self.ready_server()
        at = clock.now()
        given = cast("Headers", scope["headers"])
        viewer = known_viewer(given, at=at)
        asks_for_less = is_private(headers=dict(given), cookies=read_cookies(given))
        url = server.follow(
            token=token,
            viewer_id=viewer.viewer_id if viewer else None,
            at=at,
            secret="" if asks_for_less else settings.SECRET_KEY,
        )
        headers = [(b"location", url.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def choose(
        self,
        spot: Spot,
        scope: Message,
        *,
        signals: Signals = NO_SIGNALS,
        within_ms: int | None = None,
    ) -> Chosen | NoAd:
        """Choose an ad for a place; partners outside who want it are asked to bid first.

        They have ``within_ms`` at most, where the place is in a hurry.
        """
        server = await self.ready_server()
        country, placement = spot.viewer.country, spot.placement.word
        wanting = self.partners.wanting(country=country, placement=placement)
        if not wanting or spot.viewer.sees_no_ads(at=spot.at):
            return server.decide_against((), spot=spot)[0]
        bids = await self.partners.ask(
            wanting,
            place=replace(server.place(spot), site=_other_site(scope)),
            watcher=_watcher(spot, scope, signals),
            within_ms=within_ms,
        )
        chosen, outcomes = server.decide_against(bids, spot=spot)
        decision_id = None if isinstance(chosen, NoAd) else chosen.decision.decision_id
        self.partners.settle(
            bids,
            outcomes,
            decision_id=decision_id,
            at=spot.at,
            is_offer=spot.limits.is_offer,
        )
        return chosen

    async def ready_server(self) -> AdServer:
        """Return the server; the very first request waits for its first look at the database."""
        await self.startup()
        if not self._ready.is_set():
            await asyncio.to_thread(self._ready.wait, 5)
        return cast("AdServer", self._server)

    def _keep_fresh(self) -> None:
        server = cast("AdServer", self._server)
        while not self._stopped.is_set():
            self._awake.clear()
            self._attempt(lambda: server.refresh(at=clock.now()))
            self._do_chores()
            self._ready.set()
            self._stopped.wait(SHORTEST_REST_S)
            self._awake.wait(REFRESH_S)
        self._attempt(lambda: server.close(at=clock.now()))
        self._do_chores()
        connections.close_all()

    def _meet_partners(self) -> None:
        server = cast("AdServer", self._server)
        self.partners.refresh(server=server.name, at=clock.now())

    def _do_chores(self) -> None:
        for chore in self.chores:
            self._attempt(chore)

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do it; when the database is away, decisions go on with the money at hand."""
        close_old_connections()
        try:
            work()
        except Exception:  # the outermost edge of this thread
            log.exception("The ad server could not refresh; it tries again.")


def card(chosen: Chosen) -> dict[str, object]:
    """Return an ad as our own player shows it; for one of the platform itself nobody paid."""
    offer, decision = chosen.offer, chosen.decision
    is_free = chosen.won.item.pricing is Pricing.FREE
    return {
        "token": chosen.token,
        "decision_id": str(decision.decision_id),
        "campaign": str(offer.campaign_id),
        "video": f"/media/{offer.creative_id}",
        "media": media_url(offer.creative_id, MASTER),
        "poster": media_url(offer.creative_id, POSTER),
        "duration_ms": offer.duration_ms,
        "headline": offer.headline,
        "call_to_action": offer.call_to_action,
        "click_url": f"{CLICK}{chosen.token}",
        "label": label_of(is_free=is_free, is_promotion=offer.is_promotion),
        "from": offer.brand,
        "paid_by": "" if is_free else offer.brand,
        "why": chosen.why,
    }


def _watcher(spot: Spot, scope: Message, signals: Signals) -> Watcher:
    """Return who watches, as far as partners may be told of it."""
    pairs = cast("Headers", scope["headers"])
    headers = dict(pairs)
    return Watcher(
        viewer_id=spot.viewer.viewer_id,
        country=spot.viewer.country,
        region=spot.viewer.region,
        language=spot.client.language,
        device=spot.client.device,
        agent=headers.get(b"user-agent", b"").decode("latin-1"),
        address=client_address(scope),
        signals=signals,
        is_private=is_private(headers=headers, cookies=read_cookies(pairs)),
    )


def _other_site(scope: Message) -> str:
    """Return the domain of the page that shows the ad; empty for one of ours, or where unsaid."""
    origin = dict(cast("Headers", scope["headers"])).get(b"origin", b"").decode("latin-1")
    return "" if origin == settings.PUBLIC_URL else domain_of(origin)


def _nothing(why: NoAd) -> dict[str, object]:
    return {"ad": None, "code": why.code, "why": why.sentence}


def _after(query: bytes) -> uuid.UUID | None:
    if not query:
        return None
    given = parse_qs(query.decode("latin-1")).get("after", [""])[0]
    try:
        return uuid.UUID(given) if given else None
    except ValueError:
        raise BadVideoId from None


def known_viewer(headers: Headers, *, at: dt.datetime) -> Viewer | None:
    """Return who the signed cookie names, as the collector will write them down.

    What it says of a pass that ended since is left out.
    """
    cookies = read_cookies(headers)
    try:
        token = cookies.get(VIEWER_COOKIE, "")
        viewer = ENDED.corrected(read_viewer(token=token, key=settings.SECRET_KEY, at=at))
    except BadViewerToken:
        return None
    if is_private(headers=dict(headers), cookies=cookies):
        key = settings.SECRET_KEY
        today = day_viewer(viewer_id=viewer.viewer_id, day=at.date(), key=key)
        return replace(viewer, viewer_id=today, age="", region="")
    return viewer


def is_robot(headers: Headers) -> bool:
    """Tell whether nobody is looking: a declared robot, no name at all, or a prefetch."""
    found = dict(headers)
    purpose = found.get(b"sec-purpose", b"") + found.get(b"purpose", b"")
    agent = found.get(b"user-agent", b"").decode("latin-1")
    return b"prefetch" in purpose or classify_agent(agent) != "browser"


async def _answer(send: Send, status: int, content: dict[str, object]) -> None:
    headers = [*_JSON, (b"allow", b"GET")] if status == 405 else _JSON  # noqa: PLR2004 - HTTP
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(content)})


edge = AdEdge()
app, startup, shutdown = edge.app, edge.startup, edge.shutdown
