"""Pure laws of payments: facts fold the same in any order, shares always sum."""

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import Money
from takings.payments.rules import (
    LOSS,
    BadRoute,
    Booked,
    Fact,
    FactKind,
    NoCardsTaken,
    NotPayable,
    Part,
    Plan,
    ReportLine,
    Route,
    Share,
    SharesDoNotAddUp,
    Status,
    Step,
    check_payable,
    choose_provider,
    compare,
    fold,
    in_order,
    read_routes,
    status_of,
    steps,
    targets,
    transfers_of,
)
from takings.sandbox.rules import NotATestCard, dispute_fee, fee_of, is_signed, script_of, sign
from tests.make.people import NOON

ONE, OTHER = "creator:1:pending", "platform:revenue:shop"


def usd(micros: int) -> Money:
    return Money(micros, "USD")


def fact(kind: str, micros: int = 100, *, about: str = "x", fee: int = 0, after_s: int = 0) -> Fact:
    at = NOON + dt.timedelta(seconds=after_s)
    return Fact(FactKind(kind), about, usd(micros), usd(fee), at)


facts = st.builds(
    fact,
    st.sampled_from(list(FactKind)),
    st.integers(0, 120),
    about=st.sampled_from("ab"),
    fee=st.integers(-20, 20),
    after_s=st.integers(0, 3),
)


@given(st.lists(facts, max_size=8, unique_by=lambda one: one.key), st.randoms())
def test_order_and_repetition_make_no_difference(told: list[Fact], chance: object) -> None:
    shuffled = [*told, *told]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert fold(shuffled, currency="USD") == fold(told, currency="USD")
    start = Status.STARTED
    assert status_of(shuffled, otherwise=start) == status_of(told, otherwise=start)
    assert in_order(shuffled)[::2] == in_order(told)


@given(st.lists(facts, max_size=8, unique_by=lambda one: one.key))
def test_no_more_is_taken_than_was_paid_and_the_rest_is_excess(told: list[Fact]) -> None:
    standing = fold(told, currency="USD")
    assert standing.taken <= standing.paid
    assert standing.taken + standing.excess == standing.refunded + standing.disputed
    assert standing.refundable == standing.paid - standing.taken


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ((), "started"),
        (("failed",), "failed"),
        (("authorised",), "authorised"),
        (("authorised", "cancelled"), "cancelled"),
        (("failed", "succeeded"), "succeeded"),
        (("refunded",), "unknown"),
        (("dispute_won",), "unknown"),
        (("succeeded", "refunded"), "refunded"),
        (("succeeded", "refunded", "refund_failed"), "succeeded"),
        (("succeeded", "disputed"), "disputed"),
        (("succeeded", "disputed", "dispute_won"), "dispute_won"),
        (("succeeded", "disputed", "dispute_lost"), "dispute_lost"),
        (("succeeded", "disputed", "dispute_won", "refunded"), "refunded"),
    ],
)
def test_each_set_of_facts_has_one_status_in_any_order(kinds: tuple[str, ...], status: str) -> None:
    for told in permutations(fact(kind) for kind in kinds):
        assert status_of(told, otherwise=Status.STARTED) == status


def test_a_part_refunded_and_two_disputes() -> None:
    part = [fact("succeeded"), fact("refunded", 40)]
    assert status_of(part, otherwise=Status.STARTED) == "partly_refunded"
    two = [fact("succeeded"), fact("disputed"), fact("dispute_won"), fact("disputed", about="y")]
    assert status_of(two, otherwise=Status.STARTED) == "disputed"


def test_bug_10_a_refund_and_a_dispute_take_the_amount_once_and_one_fee() -> None:
    told = [fact("succeeded", fee=3), fact("refunded"), fact("disputed", about="d", fee=15)]
    for order in permutations(told):
        standing = fold(order, currency="USD")
        assert (standing.taken, standing.excess, standing.fees) == (usd(100), usd(100), usd(18))
        assert standing.at_provider == usd(-118)


def test_shares_give_back_in_the_ratio_first_paid() -> None:
    shares = [Share(ONE, usd(90)), Share(OTHER, usd(10))]
    assert targets(shares=shares, taken=usd(55)) == {ONE: usd(50), OTHER: usd(5)}
    assert targets(shares=shares, taken=usd(100)) == {ONE: usd(90), OTHER: usd(10)}


def test_tax_goes_back_in_whole_cents_and_all_of_it_with_the_last_part() -> None:
    tax = "tax:DE:vat"
    shares = [Share(ONE, usd(84_030_000)), Share(tax, usd(15_970_000))]
    for taken, back in (
        (33_330_000, 5_320_000),
        (62_000_000, 9_900_000),
        (100_000_000, 15_970_000),
    ):
        aims = targets(shares=shares, taken=usd(taken))
        assert aims == {ONE: usd(taken - back), tax: usd(back)}


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
    st.lists(st.integers(0, 10**9), max_size=4),
)
def test_bugs_14_and_19_parts_always_sum_whatever_the_pieces(
    amounts: list[int], pieces: list[int]
) -> None:
    shares = [Share(f"creator:{n}:pending", usd(amount)) for n, amount in enumerate(amounts)]
    total, gone = sum(amounts), 0
    parts = [Part(share, usd(0), usd(0)) for share in shares]
    for piece in [*pieces, total]:
        gone = min(total, gone + piece)
        rooms = {share.account: None for share in shares}
        moves = {move.share: move for move in steps(parts=parts, taken=usd(gone), available=rooms)}
        nothing = Step(shares[0], usd(0), usd(0))
        parts = [
            Part(one.share, one.given + moves.get(one.share, nothing).given, usd(0))
            for one in parts
        ]
        assert sum(part.given.micros for part in parts) == gone
        assert {part.share.account: part.given for part in parts} == targets(
            shares=shares, taken=usd(gone)
        )
    assert [part.given for part in parts] == [share.amount for share in shares]


def test_what_an_account_has_not_its_bearer_bears_and_is_freed_first() -> None:
    share = Share(ONE, usd(100), bearer="creator:1:payable")
    [taken] = steps(parts=[Part(share, usd(0), usd(0))], taken=usd(80), available={ONE: usd(30)})
    assert (taken.given, taken.borne) == (usd(30), usd(50))
    part = Part(share, usd(30), usd(50))
    [back] = steps(parts=[part], taken=usd(20), available={ONE: usd(0)})
    assert (back.given, back.borne) == (usd(-10), usd(-50))
    assert steps(parts=[part], taken=usd(80), available={ONE: usd(0)}) == []
    [owing] = steps(parts=[Part(share, usd(0), usd(0))], taken=usd(9), available={ONE: usd(-5)})
    assert (owing.given, owing.borne) == (usd(0), usd(9))


def test_transfers_of_a_change_and_of_its_undoing() -> None:
    share = Share(ONE, usd(100))
    taken = transfers_of(
        moves=[Step(share, usd(30), usd(50))], provider="provider:x", excess=usd(7), fee=usd(15)
    )
    assert [(move.debit, move.credit, move.amount.micros) for move in taken] == [
        (ONE, "provider:x", 30),
        (LOSS, "provider:x", 50),
        (LOSS, "provider:x", 7),
        ("platform:fees", "provider:x", 15),
    ]
    [back] = transfers_of(moves=[], provider="provider:x", excess=usd(0), fee=usd(-15))
    assert (back.debit, back.credit) == ("provider:x", "platform:fees")


@pytest.mark.parametrize(
    "shares",
    [(), (Share(ONE, usd(99)),), (Share(ONE, usd(50)), Share(ONE, usd(50)))],
)
def test_shares_that_are_not_the_whole_payment_are_refused(shares: tuple[Share, ...]) -> None:
    with pytest.raises(SharesDoNotAddUp):
        Plan("tip_given", "tip:1", "A tip", shares).check(usd(100))
    Plan("tip_given", "tip:1", "A tip", (Share(ONE, usd(100)),)).check(usd(100))


def test_routes_choose_by_country_and_currency_the_first_that_fits() -> None:
    routes = read_routes("DE/EUR=stripe */JPY=other US/*=stripe")
    assert routes[0] == Route("DE", "EUR", "stripe")
    assert choose_provider(routes, country="DE", currency="EUR") == "stripe"
    assert choose_provider(routes, country="FR", currency="JPY") == "other"
    assert choose_provider(routes, country="US", currency="USD") == "stripe"
    with pytest.raises(NoCardsTaken):
        choose_provider(routes, country="FR", currency="EUR")
    assert choose_provider(read_routes("sandbox"), country="FR", currency="EUR") == "sandbox"
    with pytest.raises(BadRoute):
        read_routes("DE=stripe")


@pytest.mark.parametrize(
    "amount", [Money(0, "USD"), Money(-10_000, "USD"), Money(1, "USD"), Money(500_000, "JPY")]
)
def test_only_whole_units_above_nothing_are_payable(amount: Money) -> None:
    with pytest.raises(NotPayable):
        check_payable(amount)
    check_payable(Money(1_000_000, "JPY"))


def test_a_report_is_compared_line_by_line() -> None:
    booked = [
        Booked("succeeded:a", usd(100), usd(3)),
        Booked("succeeded:b", usd(100), usd(3)),
        Booked("succeeded:c", usd(100), usd(3)),
    ]
    reported = [
        ReportLine("succeeded:a", usd(100), usd(3), NOON),
        ReportLine("succeeded:b", usd(100), usd(4), NOON),
        ReportLine("refunded:d", usd(-100), usd(0), NOON),
        ReportLine("payout:e", usd(-96), usd(0), NOON),
    ]
    found = compare(booked=booked, reported=reported)
    assert [(one.kind, one.key) for one in found] == [
        ("not_in_books", "refunded:d"),
        ("amounts_differ", "succeeded:b"),
        ("not_in_report", "succeeded:c"),
    ]
    assert reported[1].net == usd(96)
    assert compare(booked=booked[:1], reported=reported[:1]) == []


def test_the_sandbox_charges_as_it_says() -> None:
    assert fee_of(Money.parse("100", "USD")) == Money.parse("3.20", "USD")
    assert fee_of(Money.parse("0.10", "USD")) == Money.parse("0.10", "USD")
    assert fee_of(Money.parse("1000", "JPY")) == Money.parse("59", "JPY")
    assert dispute_fee("USD") == Money.parse("15", "USD")


def test_a_real_card_number_is_refused() -> None:
    assert script_of("4242-4242 42424242").words == "Pays"
    with pytest.raises(NotATestCard):
        script_of("5555 5555 5555 4444")


def test_a_signature_holds_for_its_body_its_secret_and_five_minutes() -> None:
    body, minute = b"{}", dt.timedelta(minutes=1)
    signature = sign(body, secret="one", at=NOON)
    assert is_signed(body, signature=signature, secret="one", at=NOON + 5 * minute)
    assert not is_signed(body, signature=signature, secret="one", at=NOON + 6 * minute)
    assert not is_signed(body, signature=signature, secret="one", at=NOON - 6 * minute)
    assert not is_signed(b"{ }", signature=signature, secret="one", at=NOON)
    assert not is_signed(body, signature=signature, secret="two", at=NOON)
    assert not is_signed(body, signature="v1=1", secret="one", at=NOON)
