"""The picture of an entry is arithmetic: widths in proportion, ends that fit, nothing lost."""

import itertools

from takings.insights.rules.flows import DRAWN, Flow, flows_of
from takings.insights.rules.ribbons import (
    FULL,
    LINE,
    NARROW,
    THINNEST,
    WIDE,
    Bar,
    picture,
    shortened,
)
from takings.ledger.rules import TransferDraft
from takings.money import Money
from tests.make.ledger import move, usd

POOL = "pool:feed_ads:DE:2026-11"


def paid_to(count: int) -> list[TransferDraft]:
    """Return a pool that is shared among so many creators and the platform."""
    creators = [move(POOL, f"creator:{number}:pending", "1") for number in range(1, count)]
    return [*creators, move(POOL, "platform:revenue:ads", "5")]


def bar_of(bars: tuple[Bar, ...], name: str) -> Bar:
    """Return the only bar of this name."""
    [bar] = [bar for bar in bars if bar.name == name]
    return bar


def test_few_transfers_are_drawn_one_by_one_and_nothing_has_to_be_said() -> None:
    flows = flows_of(paid_to(DRAWN))
    assert len(flows.drawn) == DRAWN
    assert flows.note == ""
    assert {flow.transfer_count for flow in flows.drawn} == {1}


def test_many_transfers_become_one_flow_per_kind_of_account_and_a_sentence_says_so() -> None:
    flows = flows_of(paid_to(DRAWN + 1))
    assert flows.drawn == (
        Flow(POOL, "creator:<id>:pending", usd(12), transfer_count=12),
        Flow(POOL, "platform:revenue:ads", usd(5), transfer_count=1),
    )
    assert flows.note.startswith("13 transfers are drawn as 2: those between the same two kinds")
    assert "not drawn" not in flows.note


def test_of_more_kinds_than_can_be_drawn_the_smallest_are_left_out_and_counted() -> None:
    ends = ["bank", "advertiser:1:prepaid", "platform:fees", "tax:DE:vat", "rights:north"]
    moves = [
        move(debit, credit, str(amount))
        for amount, (debit, credit) in enumerate(itertools.permutations(ends, 2), start=1)
    ]
    flows = flows_of(moves)
    assert [flow.amount for flow in flows.drawn] == [usd(20 - n) for n in range(DRAWN)]
    assert "The 8 smallest are not drawn." in flows.note


def test_currencies_are_drawn_apart() -> None:
    coins = move("coins:issued", "viewer:3:coins", Money(100_000_000, "COIN"))
    flows = flows_of([move("provider:stripe", "coins:liability", "1.25"), coins])
    assert flows.currencies == ("USD", "COIN")
    assert [flow.amount for flow in flows.of("COIN")] == [coins.amount]


def test_widths_are_in_proportion_and_a_cent_is_still_seen() -> None:
    drawn = picture(
        flows_of(
            [
                move(POOL, "rights:north", "75"),
                move(POOL, "platform:revenue:ads", "25"),
                move(POOL, "creator:1:pending", "0.000001"),
            ]
        ).drawn,
        width=WIDE,
    )
    heights = {bar.name: bar.height for bar in drawn.bars}
    assert heights["rights:north"] == FULL * 75 // 100 - 1  # a micro-unit less than three quarters
    assert heights["platform:revenue:ads"] == FULL * 25 // 100 - 1
    assert heights["creator:1:pending"] == THINNEST
    assert heights[POOL] == sum(heights.values()) - heights[POOL]
    assert drawn.total == Money(100_000_001, "USD")


def test_bars_stand_at_both_edges_and_never_overlap() -> None:
    for width in (NARROW, WIDE):
        drawn = picture(flows_of(paid_to(DRAWN)).drawn, width=width)
        for end in ("debit", "credit"):
            side = [bar for bar in drawn.bars if bar.end == end]
            for above, below in itertools.pairwise(side):
                assert above.y + above.height < below.name_y - 12
            assert side[0].name_y > 12
            assert side[-1].y + side[-1].height < drawn.height
        edges = {(bar.end, bar.text_x) for bar in drawn.bars}
        assert edges == {("debit", 0), ("credit", width)}


def test_an_account_on_both_sides_is_drawn_twice_and_a_shared_ribbon_says_its_amount() -> None:
    chain = [
        move("bank", "advertiser:1:prepaid", "3"),
        move("bank", "tax:DE:vat", "1"),
        move("advertiser:1:prepaid", "tax:DE:vat", "2"),
    ]
    drawn = picture(flows_of(chain).drawn, width=WIDE)
    assert [bar.end for bar in drawn.bars if bar.name == "advertiser:1:prepaid"] == [
        "debit",
        "credit",
    ]
    assert bar_of(drawn.bars, "tax:DE:vat").amount == usd(3)
    assert [ribbon.is_labelled for ribbon in drawn.ribbons] == [False, True, False]


def test_amounts_on_ribbons_that_cross_are_not_written_over_one_another() -> None:
    ends = itertools.product(
        ("bank", "provider:stripe"), ("tax:DE:vat", "rights:north", "platform:revenue:ads")
    )
    drawn = picture(flows_of([move(*end, "1") for end in ends]).drawn, width=NARROW)
    assert all(ribbon.is_labelled for ribbon in drawn.ribbons)
    heights = sorted(ribbon.y for ribbon in drawn.ribbons)
    assert all(below - above >= LINE for above, below in itertools.pairwise(heights))


def test_a_ribbon_runs_from_bar_to_bar() -> None:
    drawn = picture(flows_of([move("bank", "advertiser:1:prepaid", "3")]).drawn, width=NARROW)
    [ribbon] = drawn.ribbons
    y = drawn.bars[0].y
    assert ribbon.path.startswith(f"M7 {y}C156 {y} 156 {y} 306 {y}l7 {FULL // 2}L306 {y + FULL}C")
    assert ribbon.path.endswith(f"7 {y + FULL}Z")
    assert ribbon.flow.amount == usd(3)


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    assert shortened("bank", letters=12) == "bank"
    short = shortened("rights:" + "a" * 100 + "z", letters=20)
    assert short == "rights:aa…aaaaaaaaaz"
    assert len(short) == 20
