"""Cases, refunds and disputes: what goes back, in which parts, before and after it was earned."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.payments.actions import Refund, answer_dispute, record_facts, refund_payment
from takings.payments.models import Payment
from takings.payments.providers.sandbox import Sandbox
from takings.payments.queries import NoSuchPayment, access_payment, evidence_lines
from takings.payments.rules import Answer, Fact, FactKind, ProviderRefused
from takings.people.models import StaffAct
from takings.requests import actions
from takings.requests.actions import BadDecision, TooLateForCase, keep_clocks
from takings.requests.models import Request
from takings.requests.queries import escrows_of, payment_of
from takings.requests.rules import NotNow, State
from takings.settlement import queries as settlement
from takings.settlement.actions import close_period
from takings.settlement.models import DirectEarning
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, DISPUTED_WON, asked, refund_of
from tests.make.people import make_operator
from tests.make.requests import Pair, eur, fresh, places, steps_of
from tests.make.settlement import counting
from tests.payments.test_calling import Line, Lost, line
from tests.payments.test_holding import Refuses

__all__ = ["line"]

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
EARNED = (0, 16_808_000, 4_202_000, 3_990_000)


def case_of(pair: Pair, time: Time, one: Request) -> Request:
    return actions.open_case(request=one, by=pair.fan, why="It is not what I asked", at=time.now)


def decided(one: Request, back: str, time: Time) -> Request:
    operator = make_operator()

    def decide(amount: str) -> None:
        why = "We looked at it."
        actions.decide(operator=operator, request=one, back=eur(amount), reason=why, at=time.now)

    for _ in range(2):  # sent twice is once
        decide(back)
    with pytest.raises(NotNow):
        decide("1")
    keep_clocks(at=time.now)
    return fresh(one)


PARTS = {
    "0": (State.RELEASED, EARNED),
    "25": (State.RETURNED, (0, 0, 0, 0)),
    "10": (State.SPLIT, (0, 10_080_000, 2_520_000, 2_400_000)),
}
"""How a case ends when so much goes back, and what waits, the two shares and the tax then."""


@pytest.mark.parametrize("back", PARTS)
@pytest.mark.parametrize("is_earned", [False, True])
def test_an_operator_decides_a_case_to_the_cent(
    pair: Pair, time: Time, back: str, *, is_earned: bool
) -> None:
    state, stands = PARTS[back]
    one = case_of(pair, time, pair.taken() if is_earned else pair.delivered())
    assert (one.state, one.ends_at) == (State.CASE, None)
    assert keep_clocks(at=time.go(2, 4)) == 0, "the clock stands still"
    one = decided(one, back, time)
    assert (one.state, one.back, places(pair, one)) == (state, eur(back), stands)
    assert sum(row.share_micros for row in DirectEarning.objects.all()) == stands[1]
    assert StaffAct.objects.get(act="requests.decide").reason.endswith("We looked at it.")
    assert (str(one.case), one.case.reason) == ("Case: A greeting for Vera", "We looked at it.")
    assert check_books() == []


def test_a_case_is_opened_in_time_once_and_decided_within_the_price(pair: Pair, time: Time) -> None:
    early = pair.accepted()
    with pytest.raises(TooLateForCase):
        actions.open_case(request=early, by=pair.maker, why="They shout", at=time.now)
    late = pair.taken()
    time.go(2, 8, hour=15)
    with pytest.raises(TooLateForCase, match="14 days"):
        case_of(pair, time, late)
    one = pair.delivered()
    for _ in range(2):
        actions.open_case(request=one, by=pair.maker, why="They shout", at=time.now)
    operator = make_operator()
    for back, reason in ((eur("25.01"), "So."), (eur("1.001"), "So."), (eur("1"), " ")):
        with pytest.raises(BadDecision, match="€25"):
            actions.decide(operator=operator, request=one, back=back, reason=reason, at=time.now)
    with pytest.raises(BadDecision):
        actions.decide(operator=operator, request=one, back=-eur("1"), reason="So.", at=time.now)
    for act in (actions.take, actions.accept):
        with pytest.raises(NotNow, match="Looked at by an operator"):
            act(request=one, by=pair.fan if act is actions.take else pair.maker, at=time.now)
    decided(one, "0", time)
    with pytest.raises(TooLateForCase):
        case_of(pair, time, fresh(one))
    with pytest.raises(NotNow):
        actions.decide(operator=operator, request=one, back=eur("1"), reason="Anew.", at=time.now)
    assert check_books() == []


def test_peer_bug_19_a_dispute_takes_the_share_and_the_fee_of_ours_back(
    pair: Pair, time: Time
) -> None:
    one = pair.paid(DISPUTED_WON)
    payment = payment_of(one)
    assert payment is not None
    assert (payment.status, one.taken_at, one.state) == ("disputed", time.now, State.PAID)
    assert one.words == "The payment was taken back"
    with pytest.raises(NotNow):
        actions.accept(request=one, by=pair.maker, at=time.now)
    assert keep_clocks(at=time.go(1, 29)) == 0, "the clock stands still"
    won(payment, time)
    one = fresh(one)
    assert (one.taken_at, one.ends_at) == (None, time.now + 3 * DAY)
    actions.accept(request=one, by=pair.maker, at=time.now)
    pair.deliver(one)
    actions.take(request=one, by=pair.fan, at=time.now)
    assert places(pair, one) == EARNED
    lines = "\n".join(evidence_lines(payment))
    assert "Asked for: For my sister Mia" in lines
    assert "Delivered 2027-01-29 14:00 UTC: Dear Mia!" in lines
    assert "2027-01-29 14:00 UTC: Taken by the fan" in lines
    assert check_books() == []


def told(payment: Payment, kind: FactKind, *, amount: str = "25", about: str = "dp_1") -> None:
    """Let the card company say this about the payment."""
    now = clock.now()
    fact = Fact(kind, about, eur(amount), eur("0"), now)
    record_facts(payment_id=payment.pk, answer=Answer(ref="", facts=(fact,)), at=now)


def won(payment: Payment, time: Time) -> None:
    """Answer a dispute and win it."""
    [fact] = payment.facts.filter(kind="disputed")
    answer_dispute(operator=make_operator(), dispute=fact, note="It was made.", at=time.now)


def test_what_was_earned_waits_again_for_a_dispute_and_is_earned_again_when_it_is_won(
    pair: Pair,
) -> None:
    one = pair.taken()
    payment = payment_of(one)
    assert payment is not None
    told(payment, FactKind.DISPUTED, amount="10")
    assert places(pair, one) == (0, 10_080_000, 2_520_000, 2_400_000)
    assert fresh(one).taken_at is None
    told(payment, FactKind.DISPUTE_WON, amount="10")
    assert places(pair, one) == EARNED
    assert str(one.releases.earliest("number").taken_back) == (
        "Taken back: A greeting for Vera: 21010000 EUR"
    )
    assert steps_of(one)[-1] == "taken"
    assert check_books() == []


def test_after_the_close_a_dispute_is_advanced_and_the_next_correction_takes_it(
    pair: Pair, time: Time
) -> None:
    one = pair.taken()
    payment = payment_of(one)
    assert payment is not None
    time.go(2, 10)
    close_period(name="2027-01", at=time.now, count=counting())
    told(payment, FactKind.DISPUTED)
    told(payment, FactKind.DISPUTE_LOST)
    one = fresh(one)
    assert (one.state, one.taken_at) == (State.RELEASED, time.now)
    assert places(pair, one)[:2] == (0, 16_808_000)
    assert balance(name="platform:revenue:ads", currency="EUR") == -eur("21.01")
    assert balance(name="platform:loss", currency="EUR") == eur("0")
    period = settlement.period(name="2027-01")
    assert settlement.uncorrected(period=period) == [eur("21.01")]
    assert check_books() == []


def test_a_refund_at_the_desk_of_payments_takes_it_from_whom_it_went_to(
    pair: Pair, time: Time
) -> None:
    one, held = pair.taken(), pair.accepted()
    for each in (one, held):
        payment = payment_of(each)
        assert payment is not None
        refund = Refund(uuid4(), payment.pk, eur("10"), "A bad day.")
        refund_payment(operator=make_operator(), refund=refund, at=time.now)
    assert (fresh(one).state, fresh(held).state) == (State.RELEASED, State.ACCEPTED)
    assert places(pair, one)[:2] == (0, 10_080_000)
    pair.deliver(held)
    actions.take(request=held, by=pair.fan, at=time.now)
    assert places(pair, held)[:2] == (0, 2 * 10_080_000)
    assert check_books() == []


def test_a_refund_that_is_refused_leaves_it_earned(pair: Pair, time: Time, line: Line) -> None:
    one = pair.taken()
    payment = payment_of(one)
    assert payment is not None
    refund = Refund(uuid4(), payment.pk, eur("10"), "A bad day.")
    line(Refuses)
    with pytest.raises(ProviderRefused):
        refund_payment(operator=make_operator(), refund=refund, at=time.now)
    assert places(pair, one)[0] == 8_410_000, "it waits again"
    assert check_books() == []
    keep_clocks(at=time.now)
    assert places(pair, one) == EARNED
    assert check_books() == []


def test_peer_bug_2_a_refund_that_is_refused_is_written_down_and_asked_again(
    pair: Pair, time: Time, line: Line
) -> None:
    one = actions.cancel(request=pair.paid(), by=pair.fan, at=time.now)
    line(Refuses)
    for _ in range(2):
        keep_clocks(at=time.now)
    assert steps_of(one)[2:] == ["cancelled", "not_given"]
    assert "Not EUR." in one.steps.last().note  # type: ignore[union-attr]
    assert (fresh(one).state, places(pair, one)[0]) == (State.RETURNING, 21_010_000)
    assert check_books() == []
    line(Sandbox)
    assert keep_clocks(at=time.go(1, 26)) == 1
    assert fresh(one).state == State.RETURNED
    payment = payment_of(one)
    assert payment is not None
    failed = payment.facts.get(kind="refunded")
    told(payment, FactKind.REFUND_FAILED, about=failed.about)
    assert fresh(one).state == State.RETURNING
    assert keep_clocks(at=time.go(1, 28)) == 1  # the sandbox thinks that it has it
    assert steps_of(one)[4:] == ["gave_back", "not_given", "not_given"]
    assert places(pair, one)[0] == 21_010_000
    assert check_books() == []


def test_a_dispute_while_it_goes_back_ends_it_once(pair: Pair, time: Time) -> None:
    one = actions.cancel(request=pair.paid(), by=pair.fan, at=time.now)
    payment = payment_of(one)
    assert payment is not None
    told(payment, FactKind.DISPUTED, amount="5")
    assert fresh(one).state == State.RETURNING
    told(payment, FactKind.DISPUTED, amount="20", about="dp_2")
    assert fresh(one).state == State.RETURNED
    assert keep_clocks(at=time.now) == 0
    assert balance(name="provider:sandbox", currency="EUR") < eur("0"), "its fee is ours"
    assert check_books() == []


def test_a_case_whose_payment_was_taken_back_is_decided_at_once(pair: Pair, time: Time) -> None:
    one = case_of(pair, time, pair.delivered())
    payment = payment_of(one)
    assert payment is not None
    told(payment, FactKind.DISPUTED)
    told(payment, FactKind.DISPUTE_WON)
    assert (fresh(one).taken_at, fresh(one).ends_at) == (None, None)
    told(payment, FactKind.DISPUTED, about="dp_2")
    assert decided(one, "10", time).state == State.SPLIT
    assert places(pair, one) == (0, 0, 0, 0)
    assert check_books() == []


def test_only_who_asked_sees_the_payment_and_both_see_where_it_waits(pair: Pair) -> None:
    one, other = pair.paid(), make_operator("Omar")
    payment = payment_of(one)
    assert payment is not None
    assert escrows_of(user=pair.fan) == escrows_of(user=pair.maker) == {one.escrow}
    Payment.objects.filter(pk=one.pk).update(payer=other)  # somebody else's card
    assert access_payment(user=pair.fan, payment_id=payment.pk) == payment
    with pytest.raises(NoSuchPayment):
        access_payment(user=pair.maker, payment_id=payment.pk)


def test_a_lost_dispute_of_what_nobody_made_ends_nothing_twice(pair: Pair, time: Time) -> None:
    one = pair.paid(DISPUTED_LOST)
    asked(Payment.objects.get())
    assert keep_clocks(at=time.go(3, 1)) == 0
    assert places(pair, one) == (0, 0, 0, 0)
    with pytest.raises(Refusal):
        refund_payment(operator=None, refund=refund_of(Payment.objects.get(), "1"), at=time.now)
    assert check_books() == []


def test_peer_bug_2_a_lost_response_makes_no_second_refund(
    pair: Pair, time: Time, line: Line
) -> None:
    """The answer is lost, the key is not: who asks again meets the same refund."""
    one = actions.cancel(request=pair.paid(), by=pair.fan, at=time.now)
    line(Lost)
    assert [keep_clocks(at=time.now) for _ in range(2)] == [1, 0]
    line(Sandbox)
    asked(Payment.objects.get())
    assert (fresh(one).state, places(pair, one)) == (State.RETURNED, (0, 0, 0, 0))
    assert Payment.objects.get().attempts.filter(verb="refund").count() == 1
    assert check_books() == []
