"""A bidder outside: it answers bid requests as the story wants, and takes notices."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from takings.ads import actions
from takings.ads.actions import DealDraft, PartnerDraft
from takings.ads.models import Deal, DemandPartner, LineItem
from takings.ads.queries.outside import Outside
from takings.ads.rules.deals import Kind
from takings.ads.rules.lines import Pricing
from takings.ads.rules.partners import Access, Blocks
from tests.make.ads import Wanted, make_line_item, usd
from tests.make.outside import MEDIA, TAG, Answers, Handler, Server, outside
from tests.make.people import NOON, make_operator

CLIP = b"\x00\x00\x00\x18ftypmp42" + b"coats" * 1_000
VAST = f"""<VAST version="4.2" xmlns="http://www.iab.com/VAST"><Ad><InLine>
<AdTitle>Warm coats</AdTitle>
<Impression>https://{MEDIA}/seen?p=${{AUCTION_PRICE}}&amp;cb=[CACHEBUSTING]</Impression>
<Creatives><Creative><Linear><MediaFiles>
<MediaFile type="video/mp4" delivery="progressive">https://{MEDIA}/clip</MediaFile></MediaFiles>
<VideoClicks><ClickThrough>https://coats.example/now</ClickThrough></VideoClicks>
</Linear></Creative></Creatives></InLine></Ad></VAST>"""
Request = dict[str, object]
Bidding = Callable[[Request], tuple[int, bytes] | None]
"""Answers a request with a status and a body, or not at all."""


@dataclass
class Bidder:
    """Who answers, what it was asked, and with which secret."""

    way: Outside
    server: Server
    requests: list[Request] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    bid: Bidding = lambda _request: (204, b"")


class BidHandler(Handler):
    """Keeps its connections, and takes requests besides notices."""

    protocol_version = "HTTP/1.1"
    bidder: ClassVar[Bidder]

    def do_POST(self) -> None:  # noqa: N802 - as its base calls it
        """Answer a bid request."""
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.bidder.requests.append(request)
        self.bidder.keys.append(self.headers["x-key"])
        answer = self.bidder.bid(request)
        if answer is None:
            self.bidder.server.ended.wait(30)
            return
        self.send_response(answer[0])
        self.send_header("content-length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])


@contextmanager
def bidder(folder: Path) -> Iterator[Bidder]:
    """Let a bidder, and the servers of its ads, be there."""
    answers: Answers = {f"/{one}": (200, "", b"") for one in ("seen", "won", "billed", "lost")}
    answers |= {"/clip": (200, "", CLIP), "/gone": (404, "", b"")}
    with outside(folder, answers, BidHandler) as (way, server):
        BidHandler.bidder = Bidder(way, server)
        yield BidHandler.bidder


def bids(cpm: str, *, seat: str | None = None, **changes: object) -> Bidding:
    """Bid so much for each request, with the one ad of this bidder."""

    def answer(request: Request) -> tuple[int, bytes]:
        bid = {
            "impid": "1",
            "price": float(cpm) if cpm[:1].isdigit() else cpm,
            "crid": "c1",
            "adm": VAST,
            "adomain": ["coats.example"],
            "nurl": f"https://{TAG}/won?p=${{AUCTION_PRICE}}&i=${{AUCTION_ID}}",
            "burl": f"https://{TAG}/billed?p=${{AUCTION_PRICE}}",
            "lurl": f"https://{TAG}/lost?l=${{AUCTION_LOSS}}",
            **changes,
        }
        content = {"id": request["id"], "cur": "USD", "seatbid": [{"seat": seat, "bid": [bid]}]}
        return 200, json.dumps(content).encode()

    return answer


ACCESS = Access(endpoint=f"https://{TAG}/bid", timeout_ms=400, qps=500, header=("x-key", "s3cret"))


PATIENT_MS = 20_000


def make_partner(
    *, cpm: str = "20", access: Access = ACCESS, blocks: Blocks | None = None
) -> DemandPartner:
    """Let an operator ask a bidder, whose brand has paid; no ad of its own is there yet."""
    item = make_partner_line(cpm)
    draft = PartnerDraft("Bidder", item.pk, access, blocks or Blocks(), is_on=True)
    operator = make_operator("Otto")
    partner = actions.add_partner(id=uuid.uuid4(), draft=draft, operator=operator, at=NOON)
    be_patient(partner, ms=PATIENT_MS)
    return partner


def be_patient(partner: DemandPartner, *, ms: int) -> None:
    """Wait for a partner for so long: longer than anybody may, since a machine may be busy."""
    DemandPartner.objects.filter(pk=partner.pk).update(timeout_ms=ms)


def make_partner_line(cpm: str = "20") -> LineItem:
    """Let a brand buy impressions, for at most so much a thousand; its own ad is paused."""
    item = make_line_item(Wanted(cpm=usd(cpm), pricing=Pricing.CPM, budget=usd("50")))
    member = item.campaign.brand.members.get()
    own = item.campaign.creatives.get()
    actions.pause_creative(creative_id=own.pk, user=member, at=NOON)
    return item


def make_deal(partner: DemandPartner | None, *, price: str = "6", kind: Kind = Kind.FIXED) -> Deal:
    """Agree on so much for a thousand with the seat s1 of a partner, or with a site."""
    seats = frozenset({"s1"} if partner else ())
    terms = DealDraft("D-1", partner.pk if partner else None, kind, usd(price), seats, is_on=True)
    return actions.add_deal(id=uuid.uuid4(), draft=terms, operator=make_operator("Olga"), at=NOON)
