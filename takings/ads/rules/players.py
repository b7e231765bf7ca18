"""Players of other sites: whose may show our ads, and who watches there without our cookie."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs

from takings.ads.rules.consent import Signals, read_signals
from takings.ads.rules.serving import NoAd
from takings.ads.rules.tokens import Placement
from takings.ads.rules.vast import Version, read_version
from takings.videos.rules.breaks import Break

OFF = NoAd("embedding_off", "This platform gives no ads to other players.")
OTHER_SITE = NoAd("other_site", "This site is not among those that may show ads of this platform.")
NO_SUCH_VIDEO = NoAd(
    "not_embeddable",
    "“video” must name a video that is open to all, of a creator who shares in ad money.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a player asks for: an ad at this place of this video, in this version of VAST.

    ``signals`` are what the viewer allows, as the site says.
    """

    video_id: uuid.UUID | None
    version: Version
    signals: Signals
    placement: Placement = Placement.FEED


@dataclass(frozen=True, slots=True)
class Embed:
    """A video that a player may show with ads, and the places that our playlists name in it."""

    video_id: uuid.UUID
    breaks: tuple[Break, ...] = ()

    def has(self, placement: Placement) -> bool:
        """Tell whether there is such a place."""
        return any(place.name == placement.word for place in self.breaks)


def read_query(query: bytes, *, unsaid: Placement = Placement.FEED) -> Asked:
    """Read ``video``, ``v``, ``versions``, ``break`` and consent.

    What cannot be read is as if it were not given; ``unsaid`` is then the place.
    """
    try:
        given = parse_qs(query.decode("latin-1"), max_num_fields=50)
    except ValueError:
        given = {}

    def say(name: str) -> str:
        return given.get(name, [""])[0]

    try:
        video_id = uuid.UUID(say("video"))
    except ValueError:
        video_id = None
    version = read_version(asked=say("v"), spoken=say("versions"))
    placement = next((one for one in Placement if one.word == say("break")), unsaid)
    return Asked(video_id, version, read_signals(say), placement)


def site_hindrance(*, origin: str, own: str, sites: Collection[str]) -> NoAd | None:
    """Return why a player of this origin gets no ad; None when it may.

    Browsers name the origin of a page that asks from elsewhere; apps and our own pages name none.
    """
    if not sites:
        return OFF
    return None if origin in {"", own, *sites} else OTHER_SITE


def player_viewer(*, network: int, agent: str, day: dt.date, key: str) -> uuid.UUID:
    """Return who watches in a player that has no cookie of ours: a network and a client, that day.

    The report of an ad must come from where the ad was asked for, and nobody is known for longer.
    """
    salt = hashlib.sha256(f"player-of-day:{key}:{day}".encode()).digest()
    seen = f"{network}:{agent}".encode()
    return uuid.UUID(bytes=hashlib.blake2b(seen, key=salt, digest_size=16).digest())
