"""``/vast``, ``/vmap`` and ``/ads/list``: ads for players, and what they report, as raw ASGI.

An ad is chosen, paid for and billed as one in the feed is; only the language differs.
"""

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from typing import cast

from django.conf import settings

from takings.ads.actions import PlayerReportDraft, key_ring
from takings.ads.edge.filling import filling_of
from takings.ads.edge.players import asks_for_less, read_player
from takings.ads.edge.remembered import Remembered
from takings.ads.edge.routes import (
    NO_SIGNALS,
    AdEdge,
    Headers,
    Message,
    NoSuchRoute,
    Receive,
    Send,
    card,
    edge,
    is_robot,
    known_viewer,
)
from takings.ads.edge.server import CLICK_LIFE, Chosen
from takings.ads.edge.stock import Spot
from takings.ads.edge.told import Told
from takings.ads.queries.embedding import creative_picture, embedded
from takings.ads.rules.consent import Use, allowed_use
from takings.ads.rules.errors import BEGAN, read_error_code
from takings.ads.rules.interstitials import no_assets, one_asset
from takings.ads.rules.players import NO_SUCH_VIDEO, Asked, Embed, read_query, site_hindrance
from takings.ads.rules.serving import MEMBER, NO_BREAK, NO_CAMPAIGN, ROBOT, NoAd
from takings.ads.rules.targeting import read_client
from takings.ads.rules.tokens import Decision, Placement
from takings.ads.rules.vast import ERROR, EVENT_OF, Filling, Report, no_ad, one_ad
from takings.ads.rules.vmap import ad_breaks, no_breaks
from takings.core import clock, ids
from takings.core.errors import NotFound, Refusal, TooMuch, Unavailable
from takings.events.edge.collector import Collector, collector
from takings.events.rules.batches import Event

PREFIX, BREAKS, LIST = "/vast", "/vmap", "/ads/list"
OK, NO_CONTENT, FOUND = 200, 204, 302
XML = (b"content-type", b"application/xml; charset=utf-8")
JSON = (b"content-type", b"application/json")
RETRY_AFTER_S = 5


class OnlyGet(Refusal):
    """Players ask, and tell, with GET."""

    code = "only_get"
    sentence = "Ask with GET."


class AdIsOver(NotFound):
    """Nothing that is reported of so old a decision can matter."""

    code = "ad_is_over"
    sentence = "This ad was chosen more than a day ago; reports of it are not taken any more."


STATUS: dict[type, int] = {OnlyGet: 405, NotFound: 404, TooMuch: 429, Unavailable: 503}
OTHERWISE = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, besides what every answer has."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""


class PlayersEdge:
    """The routes for players of other sites, on this process's ad server and collector."""

    def __init__(self, *, ads: AdEdge, events: Collector) -> None:
        """Ask nothing yet."""
        self._ads = ads
        self._events = events
        self._told = Told()
        ads.chores.append(self._told.write)
        self._embeds = Remembered(_embedded)
        self._pictures = Remembered(creative_picture)
        self._documents = {
            PREFIX: (XML, self._ad),
            BREAKS: (XML, self._breaks),
            LIST: (JSON, self._list),
        }

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive  # no route reads a body
        try:
            answer = await self._answer(scope, at=clock.now())
        except Refusal as refusal:
            answer = _refused(refusal)
        headers = [*answer.headers, *shared_headers(origin_of(scope))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message, *, at: dt.datetime) -> Answer:
        if scope["method"] == "OPTIONS":  # a browser asks whether its page may
            allowed = [(b"access-control-allow-methods", b"GET")]
            return Answer(NO_CONTENT, allowed)
        if scope["method"] != "GET":
            raise OnlyGet
        path = str(scope["path"])
        if path in self._documents:
            kind, write = self._documents[path]
            return Answer(OK, [kind], await write(scope, at=at))
        told, _, token = path.removeprefix(f"{PREFIX}/").partition("/")
        if told == "click":
            return await self._click(token, scope, at=at)
        if told == ERROR:
            code = read_error_code(cast("bytes", scope["query_string"]))
            self._tell(_read(token, at=at), code, at=at)
        elif told in EVENT_OF:
            await self._keep(Report(told), token, scope, at=at)
        else:
            raise NoSuchRoute
        return Answer(NO_CONTENT)

    async def _ad(self, scope: Message, *, at: dt.datetime) -> bytes:
        """Return a document with an ad, or with the reason why there is none.

        Who plays a video and does not say where the ad stands gets one before it.
        """
        asked = read_query(cast("bytes", scope["query_string"]), unsaid=Placement.PRE)
        embed = _hindrance(scope) or await self._embed(asked, scope, at=at)
        chosen = await self._choose(asked, embed, scope, use=_use(asked), at=at)
        if isinstance(chosen, NoAd):
            return no_ad(chosen, version=asked.version)
        return one_ad(chosen[1], version=asked.version)

    async def _list(self, scope: Message, *, at: dt.datetime) -> bytes:
        """Return the ad of a place in a video, or an empty list with the reason.

        Our own pages may always ask: they have our cookie, and it goes to no other site's. What its
        owner chose under Privacy holds there as in the feed, so their age group may be used.
        """
        asked = read_query(cast("bytes", scope["query_string"]))
        viewer = known_viewer(cast("Headers", scope["headers"]), at=at)
        is_ours = viewer is not None and origin_of(scope) in {"", settings.PUBLIC_URL}
        embed = (None if is_ours else _hindrance(scope)) or await self._embed(asked, scope, at=at)
        if isinstance(embed, Embed) and not embed.has(asked.placement):
            embed = NO_BREAK
        use = Use.PROFILE if is_ours and asked.signals == NO_SIGNALS else _use(asked)
        chosen = await self._choose(asked, embed, scope, use=use, at=at)
        if isinstance(chosen, NoAd):
            return no_assets(chosen)
        return one_asset(chosen[1], card=card(chosen[0]))

    async def _choose(
        self, asked: Asked, embed: Embed | NoAd, scope: Message, *, use: Use, at: dt.datetime
    ) -> tuple[Chosen, Filling] | NoAd:
        """Choose an ad for a place at a video, or pass on why there is none."""
        if isinstance(embed, NoAd):
            return embed
        viewer = read_player(scope, at=at, use=use).viewer
        client = read_client(dict(cast("Headers", scope["headers"])))
        spot = Spot(viewer, embed.video_id, at, client, asked.placement, is_elsewhere=True)
        chosen = await self._ads.choose(spot, scope, signals=asked.signals)
        if isinstance(chosen, NoAd):
            return chosen
        picture = await self._pictures.answer(chosen.offer.creative_id, at=at)
        if picture is None:  # removed a moment ago; what was promised for it goes back by itself
            return NO_CAMPAIGN
        return chosen, filling_of(chosen, picture)

    async def _breaks(self, scope: Message, *, at: dt.datetime) -> bytes:
        """Return where ads stand in a video, or the reason why there are none."""
        asked = read_query(cast("bytes", scope["query_string"]))
        embed = _hindrance(scope) or await self._embed(asked, scope, at=at)
        viewer = known_viewer(cast("Headers", scope["headers"]), at=at)
        if isinstance(embed, NoAd):
            return no_breaks(embed)
        if viewer is not None and viewer.sees_no_ads(at=at):
            return no_breaks(MEMBER)
        return ad_breaks(embed, site=settings.PUBLIC_URL, version=asked.version)

    async def _embed(self, asked: Asked, scope: Message, *, at: dt.datetime) -> Embed | NoAd:
        """Return the video, or why nobody gets an ad with it, whatever campaigns run."""
        if is_robot(cast("Headers", scope["headers"])):
            return ROBOT
        if asked.video_id is None:
            return NO_SUCH_VIDEO
        return await self._embeds.answer(asked.video_id, at=at) or NO_SUCH_VIDEO

    async def _keep(self, report: Report, token: str, scope: Message, *, at: dt.datetime) -> None:
        """Write down what is reported. The same of the same ad again is the same event again."""
        decision = _read(token, at=at)
        name = ids.derived("ad report", decision.decision_id, report)
        event = Event(
            id=ids.uuid7(at=decision.issued_at, entropy=name.int),
            type=EVENT_OF[report],
            video=decision.creative_id,
            view=decision.decision_id,
            ad=token,
        )
        sender = read_player(scope, at=at, about=decision)
        await self._events.keep([event], sender, at=at)
        if report is Report.IMPRESSION:
            self._tell(decision, BEGAN, at=at)

    def _tell(self, decision: Decision, error_code: int, *, at: dt.datetime) -> None:
        """Count that an ad began, or why it failed."""
        draft = PlayerReportDraft(
            decision_id=decision.decision_id,
            campaign_id=decision.campaign_id,
            creative_id=decision.creative_id,
            error_code=error_code,
            reported_at=at,
        )
        self._told.tell(draft)

    async def _click(self, token: str, scope: Message, *, at: dt.datetime) -> Answer:
        """Lead to the advertiser's page, and name the click to it where that is allowed.

        Refuses as ``AdServer.follow`` does.
        """
        decision = key_ring().read(token)
        server = await self._ads.ready_server()
        viewer = read_player(scope, at=at, about=decision).viewer
        secret = "" if asks_for_less(scope, about=decision) else settings.SECRET_KEY
        url = server.follow(token=token, viewer_id=viewer.viewer_id, at=at, secret=secret)
        return Answer(FOUND, [(b"location", url.encode())])


def _embedded(video_id: uuid.UUID) -> Embed | None:
    return embedded(video_id=video_id, at=clock.now())


def _use(asked: Asked) -> Use:
    """Return how far identity may be used by what a player says of consent."""
    return allowed_use(asked.signals, vendor_id=settings.TCF_VENDOR_ID)


def _hindrance(scope: Message) -> NoAd | None:
    """Return why a player on this page gets no ad; None when it may."""
    return site_hindrance(
        origin=origin_of(scope), own=settings.PUBLIC_URL, sites=settings.EMBED_SITES
    )


def _read(token: str, *, at: dt.datetime) -> Decision:
    """Return the decision inside a token. Refuses: ForgedToken, AdIsOver."""
    decision = key_ring().read(token)
    if at - decision.issued_at > CLICK_LIFE:
        raise AdIsOver
    return decision


def origin_of(scope: Message) -> str:
    """Return the origin of the page that asks; empty where a request names none."""
    headers = dict(cast("Headers", scope["headers"]))
    return headers.get(b"origin", b"").decode("latin-1")


def shared_headers(origin: str) -> Headers:
    """Return the headers that let a page of another site read the answer, if it may have ads."""
    headers = [
        (b"cache-control", b"no-store"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"vary", b"origin"),
    ]
    if origin in settings.EMBED_SITES:
        headers.append((b"access-control-allow-origin", origin.encode()))
        headers.append((b"access-control-allow-credentials", b"true"))
    return headers


def _refused(refusal: Refusal) -> Answer:
    status = next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), OTHERWISE)
    headers = [(b"content-type", b"application/json"), (b"allow", b"GET")]
    if status in {429, 503}:
        wait_s = refusal.facts.get("wait_s", RETRY_AFTER_S)
        headers.append((b"retry-after", str(wait_s).encode()))
    body = json.dumps({"code": refusal.code, "sentence": str(refusal)}).encode()
    return Answer(status, headers, body)


_players = PlayersEdge(ads=edge, events=collector)
app = _players.app
