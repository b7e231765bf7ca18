"""Bid requests that say no more than they may, bids that are judged hard, partners left alone."""

import json
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from takings.ads.rules.campaigns import BadText
from takings.ads.rules.consent import Signals, Use
from takings.ads.rules.limits import Limits
from takings.ads.rules.lines import UNSAID
from takings.ads.rules.outbids import (
    LONGEST_MARKUP,
    Facts,
    GivenBid,
    fill_notice,
    judge_answer,
)
from takings.ads.rules.outside import BadOutsideAddress
from takings.ads.rules.outward import Asking, Place, Watcher, bid_request, use_by
from takings.ads.rules.partners import (
    LOSS,
    SENTENCES,
    Access,
    BadPartner,
    Blocks,
    Outcome,
    Partner,
    check_partner,
    known_category,
)
from takings.ads.rules.sealing import Seal
from takings.ads.rules.supply import Seller
from takings.ads.rules.targeting import Context
from takings.money import Money
from tests.make.bidders import ACCESS, VAST

VIDEO, SHOWN = uuid.UUID(int=7), uuid.UUID(int=8)
SELLER = Seller("tk-1", "Takings", "takings.example", "ads@takings.example")
PARTNER = Partner(
    id=uuid.UUID(int=1),
    line_item_id=uuid.UUID(int=2),
    access=ACCESS,
    dearest=Money.parse("20", "USD"),
    is_running=True,
    blocks=Blocks(frozenset({"rival.example"}), frozenset({"IAB7-39"})),
    shown={"c1": SHOWN},
    hidden={"c2": Outcome.IN_REVIEW},
)
PLACE = Place(uuid.UUID(int=3), "pre", VIDEO, 1_500, Context(keywords=frozenset({"tea"})))
WATCHER = Watcher(
    viewer_id=uuid.UUID(int=4),
    country="DE",
    language="de",
    device="phone",
    agent="Firefox",
    address="203.0.113.77",
)
YES = "CQuSqEAQuSqEAAfACAENB4EgAPIAAAAAAAYgF5wAgAFALzAAAAAA"


def request(**changes: object) -> dict[str, object]:
    place = replace(PLACE, **changes.pop("place", {}))  # type: ignore[arg-type] # by name
    asked = {"seller": SELLER, "use": Use.NOTHING, "within_ms": PARTNER.access.timeout_ms}
    asking = Asking(**{name: changes.pop(name, usual) for name, usual in asked.items()})  # type: ignore[arg-type] # by name
    given = {"partner": PARTNER, "watcher": WATCHER, "asking": asking}
    found = json.loads(bid_request(place, **{**given, **changes}))  # type: ignore[arg-type] # by name
    assert isinstance(found, dict)
    return found


def test_a_request_is_one_place_at_a_first_price_with_a_whole_chain() -> None:
    assert request() == {
        "id": str(PLACE.id),
        "imp": [
            {
                "id": "1",
                "video": {
                    "mimes": ["video/mp4", "video/webm"],
                    "minduration": 1,
                    "maxduration": 120,
                    "protocols": [2, 3, 7, 11, 13, 5, 6, 8, 12, 14],
                    "startdelay": 0,
                    "plcmt": 1,
                    "placement": 1,
                    "linearity": 1,
                    "skip": 1,
                },
                "bidfloor": 1.5,
                "bidfloorcur": "USD",
                "secure": 1,
            }
        ],
        "site": {
            "domain": "takings.example",
            "publisher": {"id": "tk-1", "name": "Takings", "domain": "takings.example"},
            "content": {"id": str(VIDEO), "kwarray": ["tea"], "context": 5},
        },
        "device": {"devicetype": 4, "language": "de", "geo": {"country": "DEU"}, "lmt": 1},
        "at": 1,
        "tmax": 400,
        "cur": ["USD"],
        "bcat": ["IAB7-39"],
        "badv": ["rival.example"],
        "source": {
            "fd": 1,
            "tid": str(PLACE.id),
            "schain": {
                "complete": 1,
                "ver": "1.0",
                "nodes": [{"asi": "takings.example", "sid": "tk-1", "rid": str(PLACE.id), "hp": 1}],
            },
        },
    }


def test_a_region_is_told_to_a_partner_only_with_a_yes() -> None:
    watcher = replace(WATCHER, region="DE-BY")
    told = [request(watcher=watcher, use=use)["device"] for use in Use]
    geos = [device["geo"] for device in told if isinstance(device, dict)]
    assert geos == [{"country": "DEU"}, {"country": "DEU"}, {"country": "DEU", "region": "BY"}]


def test_a_request_says_what_the_place_asks_and_leaves_out_what_is_not_known() -> None:
    limits = Limits(0, 1_500, 30_000, frozenset({"other.example"}), frozenset({"IAB8"}))
    context = Context(blocked_categories=frozenset({"IAB14", UNSAID}))
    found = request(
        place={"placement": "feed", "video_id": None, "limits": limits, "context": context},
        partner=replace(PARTNER, access=replace(ACCESS, seat="s-9")),
        seller=replace(SELLER, domain=""),
        watcher=replace(WATCHER, country="??", language="", device=""),
    )
    assert isinstance(found["imp"], list)
    video = found["imp"][0]["video"]
    assert (video["minduration"], video["maxduration"]) == (2, 30)
    assert (video["plcmt"], video["placement"], "startdelay" in video) == (4, 5, False)
    assert (found["wseat"], found["badv"]) == (["s-9"], ["other.example", "rival.example"])
    assert found["bcat"] == ["IAB14", "IAB7-39", "IAB8"]
    assert found["device"] == {"lmt": 1}
    assert found["site"] == {"publisher": {"id": "tk-1", "name": "Takings", "domain": ""}}
    assert found["source"] == {"fd": 1, "tid": str(PLACE.id)}


def test_a_request_for_a_page_of_others_names_it_and_who_may_sell_there() -> None:
    found = request(place={"site": "blog.example"}, within_ms=90)
    assert found["tmax"] == 90
    assert isinstance(found["site"], dict)
    assert found["site"]["domain"] == "blog.example"
    assert found["site"]["inventorypartnerdomain"] == "takings.example"


def test_who_watches_is_told_only_with_a_yes_and_cut_short() -> None:
    signals = Signals(gdpr=True, tc=YES, gpp="DBAA~x", sections=frozenset({7, 2}), us_privacy="1--")
    told = replace(WATCHER, signals=signals)
    no = request(watcher=told, use=Use.RECOGNISE)
    assert no["user"] == {"consent": YES}
    assert no["regs"] == {"gdpr": 1, "us_privacy": "1--", "gpp": "DBAA~x", "gpp_sid": [2, 7]}
    assert no["device"] == request()["device"]
    yes = request(watcher=told, use=Use.PROFILE)
    device, user = yes["device"], yes["user"]
    assert isinstance(device, dict)
    assert isinstance(user, dict)
    assert (device["ua"], device["ip"], device["lmt"]) == ("Firefox", "203.0.113.0", 0)
    assert user["id"] != str(WATCHER.viewer_id)
    other = request(partner=replace(PARTNER, id=uuid.uuid4()), watcher=told, use=Use.PROFILE)
    assert other["user"] != user  # two partners cannot compare
    for address, said in (("2001:db8:1:2::3%eth0", "2001:db8:1::"), ("somewhere", None)):
        found = request(watcher=replace(told, address=address), use=Use.PROFILE)["device"]
        assert isinstance(found, dict)
        assert found.get("ipv6") == said


def test_what_may_be_told_is_what_both_may_know() -> None:
    def use(**changes: object) -> Use:
        vendor = int(str(changes.pop("vendor_id", 0)))
        partner = replace(PARTNER, access=replace(ACCESS, vendor_id=vendor))
        watcher = replace(WATCHER, **changes)  # type: ignore[arg-type] # by name
        return use_by(partner, watcher, vendor_id=755)

    yes = Signals(us_privacy="1YNN")
    assert use() == Use.RECOGNISE  # nothing was said
    assert use(signals=yes) == Use.PROFILE
    assert use(signals=yes, is_private=True) == Use.NOTHING
    assert use(signals=replace(yes, objects=True)) == Use.NOTHING
    assert use(signals=Signals(gdpr=True, tc=YES)) == Use.NOTHING  # vendor 0 was asked of nobody


BID: dict[str, object] = {
    "impid": "1",
    "price": 5,
    "crid": "c1",
    "adm": VAST,
    "adomain": ["Coats.example"],
}


def answer(*bids: dict[str, object], **changes: object) -> bytes:
    seats = [{"seat": "s", "bid": list(bids)}]
    return json.dumps({"id": str(PLACE.id), "bidid": "b", "seatbid": seats, **changes}).encode()


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"impid": "2"}, Outcome.UNKNOWN_PLACE),
        *(({"price": price}, Outcome.NO_PRICE) for price in (0, -1, 0.0009, "NaN", "Infinity")),
        ({"price": 1e300}, Outcome.TOO_DEAR),
        ({"price": 20.0001}, Outcome.TOO_DEAR),
        ({"price": 1.4999}, Outcome.BELOW_FLOOR),
        *(({"crid": crid}, Outcome.NO_CREATIVE_ID) for crid in (None, "", "c\0")),
        *(
            ({"adm": adm}, Outcome.NO_MARKUP)
            for adm in (None, "", "\0", " " * (LONGEST_MARKUP + 1))
        ),
        ({"adm": VAST.replace("https://coats", "http://coats")}, Outcome.INSECURE),
        ({"adm": "<VAST><a><![CDATA[ HTTP://x ]]></a></VAST>"}, Outcome.INSECURE),
        *(
            ({"adomain": names}, Outcome.BLOCKED_DOMAIN)
            for names in (None, [], ["?"], ["shop.rival.example"], ["a.example", "rival.example"])
        ),
        ({"cat": ["IAB7-39"]}, Outcome.BLOCKED_CATEGORY),
        ({"crid": "c2"}, Outcome.IN_REVIEW),
        ({"crid": "c3"}, Outcome.NEW_CREATIVE),
    ],
)
def test_each_flaw_of_a_bid_has_its_name(changes: dict[str, object], outcome: Outcome) -> None:
    judged = judge_answer(answer({**BID, **changes}), partner=PARTNER, place=PLACE)
    assert (judged.best, judged.flaw) == (None, None)
    assert [one.outcome for one in judged.lost] == [outcome]


@pytest.mark.parametrize(
    ("changes", "said", "blocked", "is_kept_away"),
    [
        ({"cat": ["IAB8-5"]}, (), {"IAB8-5"}, True),
        ({"cat": ["IAB8-5"]}, (), {"IAB8"}, True),
        ({"cat": ["IAB8"]}, (), {"IAB8-5"}, False),
        ({"cat": ["IAB9"]}, ("IAB8",), {"IAB8"}, True),
        ({}, ("IAB1",), {UNSAID}, False),
        ({"cat": ["IAB9"]}, (), {UNSAID}, False),
        ({}, (), {UNSAID}, True),
        ({"cat": ["8 5", "x" * 21]}, (), {UNSAID}, True),
        ({"cat": ["IAB8"], "cattax": 7}, (), {"IAB8"}, False),
        ({"cat": ["IAB8"], "cattax": 7}, (), {UNSAID}, True),
    ],
)
def test_an_ad_is_kept_away_by_all_that_was_ever_said_of_what_it_advertises(
    changes: dict[str, object], said: tuple[str, ...], blocked: set[str], *, is_kept_away: bool
) -> None:
    partner = replace(PARTNER, said={"c1": frozenset(said)})
    of_creator = replace(PLACE, context=Context(blocked_categories=frozenset(blocked)))
    of_site = replace(PLACE, limits=Limits(blocked_categories=frozenset(blocked)))
    of_operator = replace(partner, blocks=Blocks(categories=frozenset(blocked)))
    for asked, place in ((partner, of_creator), (partner, of_site), (of_operator, PLACE)):
        judged = judge_answer(answer({**BID, **changes}), partner=asked, place=place)
        outcomes = [one.outcome for one in judged.lost]
        assert outcomes == ([Outcome.BLOCKED_CATEGORY] if is_kept_away else [])


def test_a_category_of_others_is_ours_where_we_have_one_it_belongs_to() -> None:
    assert known_category(["IAB7-39", "IAB8-5"]) == "IAB7"
    assert (known_category(["IAB8-5"]), known_category(["IAB99", "x"])) == ("IAB8-5", "")


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"", Outcome.UNREADABLE),
        (b"\xff", Outcome.UNREADABLE),
        (b"[" * 100_000, Outcome.UNREADABLE),
        (answer({**BID, "price": "dear"}), Outcome.UNREADABLE),
        (answer(*[BID] * 21), Outcome.UNREADABLE),
        (answer({**BID, "nurl": "x" * 2_001}), Outcome.UNREADABLE),
        (answer(BID, id="another"), Outcome.WRONG_ID),
        (answer(BID, cur="EUR"), Outcome.OTHER_CURRENCY),
        (answer(), Outcome.NO_BID),
        (answer(seatbid=None), Outcome.NO_BID),
    ],
)
def test_each_flaw_of_an_answer_has_its_name(body: bytes, flaw: Outcome) -> None:
    judged = judge_answer(body, partner=PARTNER, place=PLACE)
    assert (judged.best, judged.lost, judged.flaw) == (None, (), flaw)


def test_the_best_bid_that_may_win_is_taken_at_its_price_rounded_down() -> None:
    body = answer(BID, {**BID, "price": 6.0009999999}, {**BID, "crid": "c3", "price": 9})
    judged = judge_answer(body, partner=PARTNER, place=PLACE)
    assert judged.best is not None
    assert (judged.best.price_micros, judged.best.video_id) == (6_000, SHOWN)
    assert judged.best.advertiser == "coats.example"
    assert [one.outcome for one in judged.lost] == [Outcome.NEW_CREATIVE, Outcome.OUTBID]


def test_notices_are_filled_with_the_standards_macros() -> None:
    facts = Facts(PLACE.id, "s&1", "b", "USD")
    bid = GivenBid(impid="1", price=Decimal("6.50"), adid="a")
    url = "x?p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}&s=%24%7bAUCTION_SEAT_ID%7D&m=${AUCTION_MBR}"
    assert fill_notice(url, facts=facts, bid=bid) == "x?p=6.50&c=USD&s=s%261&m=1"
    url = (
        "x?p=${AUCTION_PRICE}&l=${AUCTION_LOSS}&b=${AUCTION_BID_ID}${AUCTION_AD_ID}&w=${AUCTION_X}"
    )
    lost = fill_notice(url, facts=facts, bid=bid, loss=Outcome.BELOW_FLOOR)
    assert lost == "x?p=&l=100&b=ba&w="
    assert set(SENTENCES) == set(Outcome)
    assert set(LOSS) < set(Outcome)


def test_a_partner_wants_the_places_of_its_line_item_and_learns_slowly() -> None:
    local = replace(PARTNER, countries=frozenset({"DE"}), placements=frozenset({"pre"}))
    assert PARTNER.wants(country="FR", placement="feed")
    assert local.wants(country="DE", placement="pre")
    assert not local.wants(country="FR", placement="pre")
    assert not local.wants(country="DE", placement="feed")
    assert (PARTNER.qps, replace(PARTNER, is_running=False).qps) == (500, 1)


@pytest.mark.parametrize(
    ("changes", "blocks"),
    [
        ({"timeout_ms": 19}, Blocks()),
        ({"timeout_ms": 501}, Blocks()),
        ({"qps": 0}, Blocks()),
        ({"qps": 10_001}, Blocks()),
        *(({"header": (name, "x")}, Blocks()) for name in ("a b", "Host", "ü", "x\r\ny")),
        *(({"header": ("x", value)}, Blocks()) for value in ("ü", "a\r\nb", "x" * 501)),
        ({"header": ("", "x")}, Blocks()),
        ({"seat": "ü"}, Blocks()),
        ({"seat": "x" * 65}, Blocks()),
        ({"vendor_id": 65_536}, Blocks()),
        ({}, Blocks(frozenset({"rival"}))),
        ({}, Blocks(frozenset({f"{'a.' * 130}example"}))),
        ({}, Blocks(frozenset(f"a{number}.example" for number in range(201)))),
        ({}, Blocks(categories=frozenset({"IAB 7"}))),
        ({}, Blocks(categories=frozenset(f"IAB{number}" for number in range(201)))),
    ],
)
def test_a_partner_that_could_not_work_is_refused(
    changes: dict[str, object], blocks: Blocks
) -> None:
    access = replace(ACCESS, **changes)  # type: ignore[arg-type] # by name
    with pytest.raises(BadPartner):
        check_partner("Bidder", access=access, blocks=blocks)


def test_a_partner_has_a_name_and_an_address_outside() -> None:
    check_partner("Bidder", access=replace(ACCESS, header=("", "")), blocks=PARTNER.blocks)
    with pytest.raises(BadText):
        check_partner(" ", access=ACCESS, blocks=Blocks())
    with pytest.raises(BadOutsideAddress):
        check_partner("Bidder", access=Access("http://x.example/", 100, 1), blocks=Blocks())


def test_a_secret_is_read_with_any_of_our_keys_and_without_them_not() -> None:
    sealed = Seal(["old"]).lock("s3cret")
    assert b"s3cret" not in sealed
    assert Seal(["new", "old"]).open(sealed) == "s3cret"
    assert Seal(["new"]).open(sealed) is None
    assert (Seal(["new"]).lock(""), Seal(["new"]).open(b"")) == (b"", "")
