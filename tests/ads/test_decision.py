"""The decision: equal to the slow and obvious one, always; and its parts as sentences."""

import datetime as dt
import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from takings.ads.rules.auction import NobodyWon, Passed, SetBy, Won, decide
from takings.ads.rules.frequency import full_caps
from takings.ads.rules.lifts import Lifts
from takings.ads.rules.lines import (
    Cap,
    LineItem,
    Opportunity,
    Pricing,
    Rotation,
    Sale,
    Targeting,
    Window,
)
from takings.ads.rules.rates import Counted, Rates, estimate_ppm
from takings.ads.rules.serving import (
    NO_BUDGET,
    NO_CAMPAIGN,
    SEEN_ENOUGH,
    explain_ad,
    why_nobody,
)
from takings.ads.rules.snapshot import TURNS, build_snapshot, takes_turn
from tests.ads.plainly import World, decide_plainly
from tests.make.people import NOON

DAY = dt.timedelta(days=1)
LEASE = uuid.UUID(int=99)
HERE = Opportunity(at=NOON, draw=0, country="DE", placement="feed")


def names(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.one_of(st.just(frozenset[str]()), st.frozensets(st.sampled_from(values)))


def line(number: int = 1, **changes: object) -> LineItem:
    made = LineItem(
        id=uuid.UUID(int=number),
        campaign_id=uuid.UUID(int=1_000 + number),
        advertiser_id=number,
        creative_ids=(uuid.UUID(int=100 * number),),
        pricing=Pricing.VCPM,
        bid_micros=4_250,
        starts_at=NOON,
        ends_at=NOON + DAY,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the story says which field


def ago(minutes: int) -> dt.datetime:
    return NOON - dt.timedelta(minutes=minutes)


def creative(number: int) -> tuple[uuid.UUID, uuid.UUID]:
    """Return line item and creative: 201 is the second creative of the second item."""
    return uuid.UUID(int=number // 100), uuid.UUID(int=number)


CAPS = st.builds(
    Cap,
    st.sampled_from([uuid.UUID(int=n) for n in (1, 2, 3, 100, 101, 1_001, 1_002)]),
    st.sampled_from(Window),
    st.integers(1, 3),
)
TARGETING = st.builds(
    Targeting,
    countries=names("DE", "US"),
    languages=names("de"),
    devices=names("phone"),
    hours=st.one_of(st.just(frozenset[int]()), st.frozensets(st.sampled_from([44, 48]))),
    placements=names("feed", "pre"),
    ages=names("18-24"),
    regions=names("DE-BY", "FR-ARA"),
    creators=names("ada"),
    categories=names("tea", "cars"),
    keywords=names("green", "fast"),
    blocked_creators=names("ada"),
    blocked_categories=names("cars", "unsaid"),
    blocked_keywords=names("fast"),
    blocked_regions=names("FR-01", "DE-"),
)


@st.composite
def lines(draw: st.DrawFn) -> list[LineItem]:
    some = st.one_of(st.just(Targeting()), TARGETING)
    return [
        line(
            number,
            advertiser_id=draw(st.integers(1, 4)),
            **draw(creatives(number)),
            pricing=draw(st.sampled_from(Pricing)),
            bid_micros=draw(st.sampled_from([1, 900, 1_000, 50_000])),
            starts_at=NOON + draw(st.sampled_from([0, 0, 0, 1])) * DAY,
            ends_at=NOON + 2 * DAY,
            sale=draw(st.sampled_from(Sale)),
            targeting=draw(some),
            caps=tuple(draw(st.lists(CAPS, max_size=2))),
            categories=draw(names("tea", "cars")),
            quality_bp=draw(st.sampled_from([5_000, 10_000, 15_000])),
            pace_ppm=draw(st.sampled_from([10_000, 500_000, 1_000_000])),
        )
        for number in range(1, draw(st.integers(1, 30)))
    ]


@st.composite
def creatives(draw: st.DrawFn, number: int) -> dict[str, object]:
    """Return one, two or three creatives of an item, and how they come in turn."""
    count = draw(st.integers(1, 3))
    rotation = draw(st.sampled_from(Rotation))
    weights = [draw(st.integers(1, 10)) for _ in range(count * (rotation is Rotation.WEIGHTED))]
    ids = tuple(uuid.UUID(int=100 * number + n) for n in range(count))
    return {"creative_ids": ids, "rotation": rotation, "weights": tuple(weights)}


FACTORS = st.dictionaries(
    st.sampled_from(["placement", "device", "about"]),
    st.dictionaries(st.sampled_from(["feed", "phone", "tea"]), st.integers(1, 10_000_000)),
    max_size=2,
)
LIFTS = st.builds(
    Lifts,
    everywhere_ppm=st.integers(100_000, 10_000_000),
    places=FACTORS,
    items=st.dictionaries(
        st.sampled_from([uuid.UUID(int=n) for n in range(1, 9)]),
        st.dictionaries(st.sampled_from(["placement=feed", "about=tea"]), st.integers(1, 10**7)),
    ),
    knots=st.sampled_from([(), ((5_000, 4_000),), ((1_000, 2_000), (500_000, 600_000))]),
)
WORLDS = st.builds(
    World,
    items=lines(),
    rates=st.builds(
        Rates,
        creatives=st.dictionaries(
            st.sampled_from([creative(n) for n in (100, 101, 200, 300)]),
            st.integers(1, 1_000_000),
        ),
        lifts=st.dictionaries(st.sampled_from(Pricing), LIFTS, max_size=2),
    ),
    seed=st.integers(0, 3),
    broke=st.frozensets(st.sampled_from([uuid.UUID(int=n) for n in range(1, 30)])),
)
OPPORTUNITIES = st.builds(
    Opportunity,
    at=st.sampled_from([NOON, NOON - dt.timedelta(hours=1), NOON + DAY]),
    draw=st.integers(0, 10_000),
    country=st.sampled_from(["DE", "US", "FR"]),
    language=st.sampled_from(["", "de"]),
    device=st.sampled_from(["", "phone"]),
    placement=st.sampled_from(["feed", "pre"]),
    age=st.sampled_from(["", "18-24"]),
    region=st.sampled_from(["", "DE-BY", "FR-01", "FR-ARA"]),
    creator=st.sampled_from(["", "ada"]),
    categories=names("tea", "cars"),
    keywords=names("green", "fast"),
    blocked_advertisers=st.frozensets(st.integers(1, 4), max_size=2),
    blocked_categories=names("cars"),
    seen=st.dictionaries(
        st.sampled_from([uuid.UUID(int=n) for n in (1, 2, 100, 1_001)]),
        st.lists(
            st.sampled_from([2, 59, 60, 61, 1_439, 1_440, 5_000, 10_080]).map(ago), max_size=4
        ).map(sorted),
    ),
    floor_micros=st.sampled_from([0, 1, 700]),
)


@given(WORLDS, OPPORTUNITIES)
def test_the_index_decides_as_looking_at_every_item_does(world: World, here: Opportunity) -> None:
    snapshot = build_snapshot(world.items, rates=world.rates, seed=world.seed)
    won = decide(
        snapshot,
        here=here,
        reserve=lambda bid, _: None if bid.item.id in world.broke else LEASE,
    )
    found = (won.item.id, won.creative_id, won.price_micros) if isinstance(won, Won) else None
    assert found == decide_plainly(world, here)
    if isinstance(won, Won):
        assert 0 < won.price_micros <= won.item.bid_micros
        assert won.item.id not in won.passed
        assert won.runner_up_id != won.item.id


def run(*items: LineItem, here: Opportunity = HERE, broke: tuple[int, ...] = ()) -> Won | NobodyWon:
    return decide(
        build_snapshot(items),
        here=here,
        reserve=lambda bid, _: None if bid.item.advertiser_id in broke else LEASE,
    )


def won(*items: LineItem, here: Opportunity = HERE, broke: tuple[int, ...] = ()) -> Won:
    found = run(*items, here=here, broke=broke)
    assert isinstance(found, Won)
    return found


def test_an_auction_pays_what_it_took_to_win_and_a_fixed_price_itself() -> None:
    dear, cheap = line(1, bid_micros=9_000, sale=Sale.AUCTION), line(2, bid_micros=4_250)
    found = won(dear, cheap)
    assert (found.price_micros, found.set_by) == (4_250, SetBy.RUNNER_UP)
    assert (found.runner_up_id, found.rival_count) == (cheap.id, 1)
    found = won(replace(dear, sale=Sale.FIXED), cheap)
    assert (found.price_micros, found.set_by) == (9_000, SetBy.OWN_PRICE)


def test_quality_and_pace_weigh_a_bid_and_the_price_stays_below_it() -> None:
    good = line(1, bid_micros=4_000, quality_bp=15_000, sale=Sale.AUCTION)
    dear = line(2, bid_micros=5_000, sale=Sale.AUCTION)
    assert won(good, dear).price_micros == 3_334, "5,000 / 1.5, rounded up"
    paced = replace(dear, bid_micros=9_000, pace_ppm=500_000)
    assert won(good, paced).price_micros == 3_000, "4,500 / 1.5"


def test_alone_an_auction_pays_the_floor_and_below_it_nobody_runs() -> None:
    alone = line(sale=Sale.AUCTION)
    floor = replace(HERE, floor_micros=600)
    found = won(alone, here=floor)
    assert (found.price_micros, found.set_by) == (1_000, SetBy.FLOOR), "at 60 % viewable"
    assert won(alone).price_micros == 1
    nobody = run(alone, here=replace(HERE, floor_micros=2_551))
    assert isinstance(nobody, NobodyWon)
    assert nobody.passed == {alone.id: Passed.BELOW_FLOOR}
    assert why_nobody(nobody, is_broke=False) == NO_CAMPAIGN


def test_nobody_bids_against_oneself() -> None:
    first, second = (line(n, advertiser_id=7, sale=Sale.AUCTION) for n in (1, 2))
    found = won(first, second)
    assert (found.price_micros, found.runner_up_id) == (1, None)


def test_who_has_no_room_is_passed_over_and_named() -> None:
    dear, cheap = line(1, bid_micros=9_000), line(2)
    found = won(dear, cheap, broke=(1,))
    assert (found.item, found.passed) == (cheap, {dear.id: Passed.NO_MONEY})
    nobody = run(dear, cheap, broke=(1, 2))
    assert isinstance(nobody, NobodyWon)
    assert why_nobody(nobody, is_broke=False) == NO_BUDGET
    assert why_nobody(NobodyWon({}), is_broke=True) == NO_BUDGET
    assert why_nobody(NobodyWon({}), is_broke=False) == NO_CAMPAIGN


def test_windows_slide_and_what_was_never_seen_counts_nothing() -> None:
    seen, week = uuid.uuid4(), 7 * 24 * 60
    times = [ago(week + 1), ago(week), ago(2 * 24 * 60), ago(60), ago(59), ago(0)]
    for window, count in {Window.HOUR: 2, Window.DAY: 3, Window.WEEK: 4}.items():
        ad = line(caps=(Cap(seen, window, count), Cap(uuid.uuid4(), window, 1)))
        assert full_caps(ad, seen={seen: times}, at=NOON) == {seen}
        assert full_caps(ad, seen={seen: times[1:]}, at=NOON) == {seen}
        assert not full_caps(ad, seen={seen: times[:-1]}, at=NOON)
        assert not full_caps(ad, seen={}, at=NOON)


def test_a_viewer_sees_a_capped_ad_so_often_and_the_others_still() -> None:
    first, second = uuid.UUID(int=100), uuid.UUID(int=101)
    ad = line(creative_ids=(first, second), caps=(Cap(first, Window.DAY, 2),))
    seen = replace(HERE, seen={first: [ago(60), ago(60)]})
    assert {won(ad, here=replace(seen, draw=n)).creative_id for n in range(4)} == {second}
    assert won(ad, here=replace(seen, seen={first: [ago(60)]})).creative_id == first
    for counted in (ad.id, ad.campaign_id):
        capped = replace(ad, caps=(Cap(counted, Window.HOUR, 1),))
        nobody = run(capped, here=replace(HERE, seen={counted: [ago(59)]}))
        assert nobody == NobodyWon({ad.id: Passed.CAPPED})
        assert isinstance(nobody, NobodyWon)
        assert why_nobody(nobody, is_broke=False) == SEEN_ENOUGH


def test_an_ad_stays_away_from_what_its_advertiser_or_the_creator_blocks() -> None:
    wants = Targeting(
        blocked_creators=frozenset({"eve"}),
        blocked_categories=frozenset({"war"}),
        blocked_keywords=frozenset({"blood"}),
    )
    ad = line(targeting=wants, categories=frozenset({"alcohol"}))
    assert won(ad, here=replace(HERE, creator="ada", categories=frozenset({"tea"}))).item == ad
    for place in (
        replace(HERE, creator="eve"),
        replace(HERE, categories=frozenset({"tea", "war"})),
        replace(HERE, keywords=frozenset({"blood"})),
        replace(HERE, blocked_advertisers=frozenset({1})),
        replace(HERE, blocked_categories=frozenset({"alcohol"})),
    ):
        assert run(ad, here=place) == NobodyWon({})


def test_the_first_twenty_of_the_rank_are_weighed_anew_by_what_is_known_of_the_place() -> None:
    items = [line(n, bid_micros=5_000 - n) for n in range(1, 23)]
    likely = {items[n].id: {"placement=feed": 1_100_000} for n in (19, 20)}
    learned = Lifts(items=likely | {LEASE: {"placement=feed": 9_000_000}})
    snapshot = build_snapshot(items, rates=Rates(lifts={items[0].pricing: learned}))
    found = decide(snapshot, here=HERE, reserve=lambda *_: LEASE)
    assert isinstance(found, Won)
    assert (found.item, found.rival_count) == (items[19], 19)
    elsewhere = decide(snapshot, here=replace(HERE, placement="pre"), reserve=lambda *_: LEASE)
    assert isinstance(elsewhere, Won)
    assert elsewhere.item == items[0]


def test_an_item_outside_of_its_dates_is_passed_over() -> None:
    ad = line()
    assert run(ad, here=replace(HERE, at=NOON + DAY)) == NobodyWon({ad.id: Passed.NOT_NOW})
    assert ad.runs(NOON)
    assert not ad.runs(NOON + DAY)


def test_a_paced_fixed_price_takes_its_part_of_the_turns() -> None:
    tenth = line(pace_ppm=100_000)
    taken = sum(takes_turn(tenth, turn=n, seed=s) for n in range(TURNS) for s in range(200))
    assert 0.09 < taken / (200 * TURNS) < 0.11
    assert takes_turn(replace(tenth, sale=Sale.AUCTION), turn=0, seed=0)
    ran = sum(isinstance(run(tenth, here=replace(HERE, draw=n)), Won) for n in range(TURNS))
    assert ran == sum(takes_turn(tenth, turn=n, seed=0) for n in range(TURNS))


def test_an_ad_says_who_paid_what_was_looked_at_and_why_this_one() -> None:
    wants = Targeting(countries=frozenset({"DE"}), keywords=frozenset({"tea", "pot"}))
    ad, here = line(bid_micros=9_000, targeting=wants), replace(HERE, keywords=frozenset({"tea"}))
    rivals = [line(n) for n in (2, 3)]
    used = "your country, the words of the video before: tea"
    assert explain_ad(won(ad, *rivals, here=here), brand="Northwind", here=here) == [
        "Northwind paid for this ad.",
        "Shown in Germany, between videos.",
        "It was worth most of the ads that could run here, before 2 other ads.",
        f"Not based on your profile: only {used} and this place were used.",
        "Your country is the one of your account.",
    ]
    told = explain_ad(won(line(9), rivals[0]), brand="Northwind", here=HERE)
    assert told[1] == "Shown everywhere, between videos."
    assert told[2].endswith("before one other ad.")
    alone = explain_ad(won(ad, here=here), brand="Northwind", here=here)
    assert alone[2] == "No other ad could run here at this moment."


def test_an_ad_says_that_a_prediction_was_used_and_of_what() -> None:
    wants = Targeting(devices=frozenset({"phone"}))
    ad, here = line(bid_micros=9_000, targeting=wants), replace(HERE, device="phone")
    rates = Rates(lifts={ad.pricing: Lifts()})
    found = decide(build_snapshot([ad], rates=rates), here=here, reserve=lambda *_: LEASE)
    assert isinstance(found, Won)
    assert found.is_predicted
    told = explain_ad(found, brand="Northwind", here=here)
    assert told[3] == (
        "How likely it is to do well in a place like this was learned from ads in such places."
    )
    assert told[4] == (
        "Not based on your profile: only your country, your kind of device, phone, the time of the"
        " day, what the video before is about and this place were used."
    )


def test_few_events_are_believed_little_and_many_are_believed() -> None:
    assert estimate_ppm([Counted(8_000, 100)], prior_ppm=5_000) == 11_000
    assert estimate_ppm([Counted(0, 0)] * 3, prior_ppm=600_000) == 600_000
    assert estimate_ppm([Counted(10, 0)], prior_ppm=5_000) == 4_975
    assert estimate_ppm([Counted(2_000, 0), Counted(2_000, 0)], prior_ppm=5_000) == 1_250
    assert estimate_ppm([Counted(10, 10**6)], prior_ppm=5_000) == 1_000_000
    assert estimate_ppm([Counted(10**9, 0)], prior_ppm=5_000) == 1
