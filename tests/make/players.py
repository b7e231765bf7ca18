"""Players and sellers of other sites, without a browser: they ask for ads and report on them."""

import xml.etree.ElementTree as ET
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from takings.ads.edge.openrtb import BidEdge
from takings.ads.edge.vast import PlayersEdge

SITE = "https://blog.example"
TV = "Mozilla/5.0 (SMART-TV; Linux) AppleWebKit/537.36 TV Safari/537.36"
HOME = "203.0.113.9"


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""

    @property
    def xml(self) -> ET.Element:
        """The document, its elements without namespace."""
        text = self.body.decode().replace(' xmlns="http://www.iab.com/VAST"', "")
        return ET.fromstring(text)  # noqa: S314 - our own document


@dataclass
class Player:
    """One player on one site, behind one address."""

    edge: PlayersEdge | BidEdge
    origin: str = SITE
    agent: str = TV
    address: str = HOME
    cookie: str = ""

    async def ask(self, url: str, *, method: str = "GET", body: bytes | None = None) -> Answer:
        """Ask for an address of ours."""
        parts = urlsplit(url)
        given = {"user-agent": self.agent, "origin": self.origin, "cookie": self.cookie}
        answer = Answer()

        async def receive() -> MutableMapping[str, object]:
            assert body is not None, "no body is read"
            return {"type": "http.request", "body": body}

        async def send(message: MutableMapping[str, object]) -> None:
            if message["type"] == "http.response.start":
                assert isinstance(message["status"], int)
                assert isinstance(message["headers"], list)
                answer.status, answer.headers = message["status"], dict(message["headers"])
            else:
                assert isinstance(message["body"], bytes)
                answer.body += message["body"]

        scope: MutableMapping[str, object] = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), v.encode()) for name, v in given.items() if v],
            "client": (self.address, 40_000),
        }
        await self.edge.app(scope, receive, send)
        return answer
