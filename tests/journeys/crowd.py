"""People without a browser, over HTTP: some watch and report without pause, one uploads a clip."""

import base64
import http.client
import itertools
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from takings.core import clock, ids
from takings.demo.rules.cast import PASSWORD
from tests.make.collecting import BROWSER
from tests.make.product import until

PLAYERS = 4
SEEN_AFTER_S = 2.2
WATCHED_MS = 6_000
PAUSE_S = 0.05


@dataclass(frozen=True)
class Answer:
    """What the product said; status 0 when it said nothing."""

    status: int
    body: bytes = b""
    location: str = ""


class Caller:
    """Somebody with a cookie jar."""

    def __init__(self, url: str) -> None:
        """Know where the product is."""
        self._url = url
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor())

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Ask once. Underscores in the names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = Request(  # noqa: S310 - always the product's own address
            self._url + path, body, {"User-Agent": BROWSER, **named}, method=method
        )
        try:
            with self._opener.open(asked, timeout=10) as answer:
                place = answer.headers.get("Location", "")
                return Answer(answer.status, answer.read(), place)
        except HTTPError as refused:
            return Answer(refused.code, refused.read())
        except (OSError, http.client.HTTPException):
            return Answer(0)

    def sign_in(self, email: str) -> None:
        """Sign in with a demo login."""
        page = self.ask("GET", "/accounts/login/").body.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, page
        fields = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        form = "application/x-www-form-urlencoded"
        body = urlencode(fields).encode()
        assert self.ask("POST", "/accounts/login/", body, Content_Type=form).status == 200

    def upload(self, clip: Path, *, title: str) -> uuid.UUID:
        """Upload a clip by the tus protocol and publish it."""
        content, video_id = clip.read_bytes(), ids.uuid7(at=clock.now())
        words = {"id": str(video_id), "filename": clip.name, "title": title}
        metadata = ",".join(
            f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in words.items()
        )
        made = self.ask(
            "POST",
            "/uploads/",
            Tus_Resumable="1.0.0",
            Upload_Length=str(len(content)),
            Upload_Metadata=metadata,
        )
        assert made.status == 201, made
        sent = self.ask(
            "PATCH",
            f"/uploads/{video_id}",
            content,
            Tus_Resumable="1.0.0",
            Upload_Offset="0",
            Content_Type="application/offset+octet-stream",
        )
        assert sent.status == 204, sent
        return video_id

    def status_of(self, video_id: uuid.UUID) -> str:
        """Return how far the preparation of an own video is."""
        answer = self.ask("GET", f"/api/studio/videos/{video_id}")
        return str(json.loads(answer.body)["status"]) if answer.status == 200 else ""


@dataclass
class Crowd:
    """Players that report what they watch, each batch until it is acknowledged."""

    url: str
    videos: list[str]
    tries: dict[str, int] = field(default_factory=dict)  # of each acknowledged event
    decided: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)  # reported, and the report is acknowledged
    stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, *, events: int = 0, ads: int = 0) -> None:
        """Wait until so many more events, and ads that were seen, are acknowledged."""
        goal, ad_goal = len(self.tries) + events, len(self.seen) + ads
        until(
            f"{events} more events and {ads} more ads are acknowledged",
            lambda: len(self.tries) >= goal and len(self.seen) >= ad_goal,
        )

    def play(self, number: int) -> None:
        """Watch one video after the other, with an ad behind each, until the story stops."""
        caller, dice = Caller(self.url), random.Random(number)  # noqa: S311 - dice of a test
        until("a cookie", lambda: caller.ask("GET", "/").status == 200)
        ripening: list[tuple[float, dict[str, str]]] = []
        while not self.stopped.wait(PAUSE_S):
            video = dice.choice(self.videos)
            events = _view(video)
            now = time.monotonic()
            ripe = [card for due, card in ripening if due <= now]
            ripening = [one for one in ripening if one[0] > now]
            events += [_ad_event(card) for card in ripe]
            self._report(caller, events, ripe)
            card = self._next_ad(caller, video)
            if card is not None:
                ripening.append((time.monotonic() + SEEN_AFTER_S, card))

    def _next_ad(self, caller: Caller, video: str) -> dict[str, str] | None:
        answer = caller.ask("GET", f"/ads/next?after={video}")
        card: dict[str, str] | None = (
            json.loads(answer.body)["ad"] if answer.status == 200 else None
        )
        if card is not None:
            with self._lock:
                self.decided.add(card["decision_id"])
        return card

    def _report(
        self, caller: Caller, events: list[dict[str, object]], ripe: list[dict[str, str]]
    ) -> None:
        with self._lock:
            self.reported |= {card["decision_id"] for card in ripe}
        for attempt in itertools.count(1):
            now_ms = clock.to_ms(clock.now())
            body = json.dumps({"v": 1, "sent_ms": now_ms, "events": events}).encode()
            answer = caller.ask("POST", "/e", body, Content_Type="application/json")
            if answer.status == 202:
                assert json.loads(answer.body)["rejected"] == []
                with self._lock:
                    self.tries |= {str(event["id"]): attempt for event in events}
                    self.seen |= {card["decision_id"] for card in ripe}
                return
            if self.stopped.wait(PAUSE_S):
                return


def _view(video: str) -> list[dict[str, object]]:
    view = str(ids.uuid7(at=clock.now()))
    return [
        _event(kind, video=video, view=view, watched_ms=ms)
        for kind, ms in (("start", 0), ("heartbeat", WATCHED_MS))
    ]


def _ad_event(card: dict[str, str]) -> dict[str, object]:
    creative = re.search(r"[0-9a-f-]{36}", card["video"])
    assert creative is not None, card
    view = str(ids.uuid7(at=clock.now()))
    event = _event("ad_viewable", video=creative[0], view=view, watched_ms=2_000)
    return {**event, "ad": card["token"]}


def _event(kind: str, *, video: str, view: str, watched_ms: int) -> dict[str, object]:
    return {
        "id": str(ids.uuid7(at=clock.now())),
        "type": kind,
        "video": video,
        "view": view,
        "watched_ms": watched_ms,
        "position_ms": watched_ms,
        "surface": "feed",
    }


@contextmanager
def crowd_at(url: str) -> Iterator[Crowd]:
    """Let a crowd watch what the feed offers while the block runs."""
    caller = Caller(url)

    def ads_are_served() -> bool:
        with suppress(ValueError, KeyError):
            items = json.loads(caller.ask("GET", "/api/feed").body)["items"]
            after = items[0]["id"] if items else ""
            return bool(json.loads(caller.ask("GET", f"/ads/next?after={after}").body)["ad"])
        return False

    until("a first page", lambda: caller.ask("GET", "/").status == 200)
    until("a video and an ad can be watched", ads_are_served, within_s=120)
    items = json.loads(caller.ask("GET", "/api/feed").body)["items"]
    crowd = Crowd(url, [item["id"] for item in items])
    threads = [threading.Thread(target=crowd.play, args=[number]) for number in range(PLAYERS)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.stopped.set()
        for thread in threads:
            thread.join()
