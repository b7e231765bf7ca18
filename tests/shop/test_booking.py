"""Who gets what of an order is a function of where it stands; nothing is lost, nothing is twice."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import Money, Rate
from takings.shop.rules.booking import (
    LineState,
    Paid,
    Parts,
    Terms,
    booking_of,
    part_of_price,
    parts_of,
    share_net,
    spread,
)

BP = Rate.of_bp


def eur(micros: int) -> Money:
    return Money(micros, "EUR")


def cents(count: int) -> Money:
    return eur(count * 10_000)


def terms(
    commission: int = 900, affiliate: int = 0, *, fee: int = 0, cap: int | None = None
) -> Terms:
    most = None if cap is None else cents(cap)
    return Terms(BP(commission), BP(affiliate), BP(fee), most)


def line(
    number: int,
    gross: int,
    *,
    returned: int = 0,
    kept: int | None = None,
    on: Terms | None = None,
) -> LineState:
    """Return a line without tax, which was earned whole unless told otherwise."""
    left = cents(gross if kept is None else kept)
    return LineState(number, cents(gross), cents(gross), cents(returned), left, on or terms())


def test_a_line_is_cut_once_the_affiliate_first_and_nothing_until_it_is_earned() -> None:
    one = line(1, 10_000, on=terms(900, 1_000))
    parts = parts_of(one, gone=cents(0))
    assert parts == Parts(cents(10_000), cents(8_100), cents(1_000))
    assert parts.from_seller == cents(9_000)
    waiting = LineState(1, cents(100), cents(100), cents(0), None, terms())
    assert parts_of(waiting, gone=cents(0)) == Parts(cents(0), cents(0), cents(0))


def test_a_partial_refund_adjusts_every_beneficiary_in_the_ratio_first_paid() -> None:
    """Bug 19 of our peers: a refund was taken from the seller alone."""
    one = line(1, 10_000, on=terms(900, 1_000))
    assert parts_of(one, gone=cents(2_500)) == Parts(cents(7_500), cents(6_075), cents(750))


@pytest.mark.parametrize(("price", "kept", "fee"), [(20_000, 18_800, 240), (50_000, 47_000, 500)])
def test_what_goes_back_after_it_was_earned_costs_its_seller_a_part_of_the_commission(
    price: int, kept: int, fee: int
) -> None:
    """WE-34: of a $200 order the fee was $12, of which $2.40 stays; of $500 at most $5."""
    on = terms(600, fee=2_000, cap=500)
    one = line(1, price, on=on)
    assert parts_of(one, gone=cents(0)).seller == cents(kept)
    assert parts_of(one, gone=cents(price)) == Parts(cents(0), cents(-fee), cents(0))
    early = line(1, price, kept=0, on=on)
    assert parts_of(early, gone=cents(price)).seller == cents(0)


def test_what_was_agreed_goes_first_and_what_a_bank_takes_beyond_is_everybodys() -> None:
    lines = [line(1, 1_000, returned=1_000), line(2, 3_000), line(3, 1_000)]
    assert spread(lines, taken=cents(0)) == {1: cents(1_000), 2: cents(0), 3: cents(0)}
    assert spread(lines, taken=cents(1_400)) == {1: cents(1_000), 2: cents(300), 3: cents(100)}
    whole = [line(1, 1_000, returned=1_000)]
    assert spread(whole, taken=cents(1_200)) == {1: cents(1_000)}


def test_the_pieces_of_a_line_come_to_its_price_however_they_go_back() -> None:
    for order in itertools.permutations([1, 2, 4]):
        befores = [sum(order[:place]) for place in range(3)]
        parts = [
            part_of_price(cents(1_000), quantity=7, before=before, count=count, unit=10_000)
            for before, count in zip(befores, order, strict=True)
        ]
        assert sum(parts, cents(0)) == cents(1_000)


@given(
    grosses=st.lists(st.integers(1, 200_000), min_size=1, max_size=4),
    tax_bp=st.integers(0, 2_700),
    steps=st.lists(st.integers(0, 10_000), max_size=5),
    shares=st.tuples(st.integers(0, 2_000), st.integers(0, 5_000), st.integers(0, 2_000)),
)
def test_whatever_goes_back_nobody_gains_and_every_micro_unit_has_a_place(
    *, grosses: list[int], tax_bp: int, steps: list[int], shares: tuple[int, int, int]
) -> None:
    gross = sum(grosses)
    paid = Paid(cents(gross), cents(gross * tax_bp // (10_000 + tax_bp)))
    nets = share_net(paid, grosses={n: cents(one) for n, one in enumerate(grosses)})
    assert sum(nets.values(), eur(0)) == paid.net
    lines = [
        LineState(
            n,
            cents(one),
            nets[n],
            cents(0),
            cents(one),
            terms(shares[0], shares[1], fee=shares[2], cap=500),
        )
        for n, one in enumerate(grosses)
    ]
    before, taken = booking_of(paid, lines=lines, taken=cents(0)), 0
    assert before.rounding == eur(0)
    for step in steps:
        taken = min(gross, taken + step)
        after = booking_of(paid, lines=lines, taken=cents(taken))
        for number, now in after.lines.items():
            had = before.lines[number]
            total, seller = had.total - now.total, had.seller - now.seller
            lost = Parts(total, seller, had.affiliate - now.affiliate)
            assert eur(0) <= lost.affiliate <= lost.total
            assert eur(0) <= lost.seller <= lost.from_seller
        whole = sum((one.total for one in after.lines.values()), eur(0))
        assert whole + after.rounding + paid.net_of(cents(taken)) == paid.net
        assert abs(after.rounding.micros) <= 10_000 + len(lines)
        before = after
