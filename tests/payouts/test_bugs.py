"""Ways in which other platforms lost money while paying people; each number is their bug's.

Approve and reject at once, a refund after the payout, a return told twice: none of it moves money
twice here. The bugs of payments are in tests/payments, those of the books in tests/ledger.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.money.rate import Rate
from takings.payouts import queries
from takings.payouts.actions import (
    FileReadBefore,
    NothingToPay,
    Terms,
    approve_batch,
    approve_remittance,
    cancel_batch,
    decline_remittance,
    draft_batch,
    execute_batch,
    propose_remittance,
    read_bank_answers,
)
from takings.payouts.models import BankFile, Batch, Line, Payout, PayoutState, Purpose
from takings.payouts.rules.deciding import Gate, LeftOut, ProfileState, Reason
from takings.payouts.rules.drafting import Candidate, Draft, Past, Stated, decide
from takings.payouts.rules.sums import take_apart
from takings.payouts.rules.withholding import TaxForm, TaxStatus, Withheld
from takings.policies.queries import payout_policies
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.payouts import (
    BY_HAND,
    PAY_DAY,
    american,
    make_approved,
    make_batch,
    make_earned,
    make_method,
    make_paid,
    make_payable,
    make_payee,
    us_account,
)
from tests.make.people import make_operator
from tests.make.settlement import Act

RULES = payout_policies()[-1]
micros = st.integers(min_value=1, max_value=10**12)


def make_american() -> Act:
    return make_payee(papers=american(), details=us_account())


def payable(act: Act) -> Money:
    return balance(name=queries.account_of(act.creator.pk), currency="USD")


def say(payout: Payout, status: str) -> None:
    """Let the bank say something of a payout, in a file that it never sent before."""
    line = f"end_to_end_id,status,code,reason\n{payout.pk.hex},{status},AC04,{uuid4()}\n"
    read_bank_answers(
        operator=make_operator(), content=line.encode(), name="x", id=uuid4(), at=PAY_DAY
    )


def at_once(*calls: Callable[[], object]) -> Counter[str]:
    """Start all calls at the same moment on connections of their own; count their answers."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        try:
            start.wait(timeout=20)
            call()
        except Refusal as refusal:
            return refusal.code
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_bug_1_approved_and_rejected_at_once_money_leaves_once_or_not_at_all() -> None:
    """ElizaOS 11116: approve and reject at once paid the creator and refunded the brand."""
    ada = make_payee()
    make_payable(ada.creator, "200")
    batch, max_, zoe = make_batch(), make_operator("Zed"), make_operator("Zoe")
    at_once(
        lambda: approve_batch(operator=max_, batch_id=batch.pk, reason="Yes.", at=PAY_DAY),
        lambda: cancel_batch(operator=zoe, batch_id=batch.pk, reason="No.", at=PAY_DAY),
    )
    at_once(*[lambda: execute_batch(operator=zoe, batch_id=batch.pk, at=PAY_DAY)] * 2)
    gone = usd("200") - payable(ada)
    is_cancelled = Batch.objects.get().state == "cancelled"
    assert gone == (usd("0") if is_cancelled else usd("200"))
    assert check_books() == []
    if is_cancelled:
        make_paid()
    terms = Terms(Purpose.TAX, "tax:US:withheld", usd("60"), "1042")
    one = propose_remittance(operator=max_, terms=terms, id=uuid4(), at=PAY_DAY)
    make_posted(move("bank", "opening:USD", "100"), at=PAY_DAY)
    bank = dollars("bank")
    answers = at_once(
        *(
            lambda answer=answer: answer(
                operator=zoe, remittance_id=one.pk, answer="Now.", at=PAY_DAY
            )
            for answer in (approve_remittance, approve_remittance, decline_remittance)
        )
    )
    assert answers == {"done": 1, "remittance_answered": 2}
    one.refresh_from_db()
    assert bank - dollars("bank") == (usd("60") if one.is_approved else usd("0"))
    assert check_books() == []


@pytest.mark.django_db
def test_bug_2_a_payout_whose_answer_was_lost_is_found_by_its_key() -> None:
    """ElizaOS 11844: a lost response threw the key away, and a second hold was made."""
    make_payable(make_american().creator, "150")
    batch = make_paid()
    file = BankFile.objects.get()
    bank = dollars("bank")
    again = execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert again.state == "sent"
    assert BankFile.objects.get().digest == file.digest
    assert dollars("bank") == bank


@pytest.mark.django_db
def test_bug_6_money_that_is_being_paid_is_in_no_other_batch() -> None:
    """BoTTube 1066: a pending withdrawal could still be spent."""
    ada = make_payee()
    make_payable(ada.creator, "200")
    make_approved()
    with pytest.raises(NothingToPay):
        make_batch()
    upcoming = queries.upcoming(creator=ada.creator, at=PAY_DAY)
    assert isinstance(upcoming.decision, LeftOut)
    assert upcoming.decision.reason == Reason.IN_A_BATCH
    assert Payout.objects.count() == 1


@pytest.mark.django_db
def test_bug_7_and_15_a_repeated_request_pays_nobody_again() -> None:
    """BoTTube 1929, Lago 5870: a retry credited the reward, and the top-up, again."""
    make_payable(make_payee().creator, "200")
    max_, zoe, key = make_operator("Max"), make_operator("Zoe"), uuid4()
    batch = draft_batch(operator=max_, id=key, at=PAY_DAY)
    approve_batch(operator=zoe, batch_id=key, reason="Yes.", at=PAY_DAY)
    execute_batch(operator=zoe, batch_id=key, at=PAY_DAY)
    before = all_balances()
    for _ in range(2):
        assert draft_batch(operator=max_, id=key, at=PAY_DAY) == batch
        execute_batch(operator=zoe, batch_id=key, at=PAY_DAY)
    assert all_balances() == before
    assert (Batch.objects.count(), Payout.objects.count()) == (1, 1)


@given(st.lists(micros, max_size=5), st.integers(min_value=-(10**12), max_value=10**12))
def test_bug_11_any_mix_of_lines_comes_to_the_balance(stated: list[int], other: int) -> None:
    """Polar 4428, 4807: negative lines first or last, a payout takes what the balance holds."""
    nothing = usd("0")
    balance_ = Money(sum(stated) + other, "USD")
    one = Candidate(
        creator_id=1,
        holdings=(balance_,) if balance_ else (),
        statements=tuple(
            Stated(number, Money(amount, "USD"), nothing) for number, amount in enumerate(stated)
        ),
        gate=Gate(ProfileState.VERIFIED),
        currency="USD",
        rates={},
        tax=TaxStatus(TaxForm.W9, "US"),
        past=Past(nothing, nothing, nothing, None, Fraction(0), 0, 0),
    )
    found = decide(one, rules=RULES, at=PAY_DAY)
    if isinstance(found, Draft):
        assert sum(line.worth.micros for line in found.lines) == found.parts.gross.micros
        assert found.parts.gross + found.parts.remainder == balance_
    else:
        assert balance_ < usd("100")


@pytest.mark.django_db
def test_bug_11_a_refund_after_the_payout_lowers_the_next_one() -> None:
    """Polar 4428, 4807: a negative line broke the next payout; here it is netted and told."""
    ada = make_payee(papers=american(), details=us_account())
    make_earned(ada)
    make_paid()
    assert payable(ada) == usd(0)
    make_posted(move(f"creator:{ada.creator.pk}:payable", "platform:loss", "50"), at=PAY_DAY)
    january = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(NothingToPay):
        make_batch(at=dt.datetime(2027, 1, 21, tzinfo=dt.UTC))
    make_earned(ada, german="400", american_="20", period="2026-12", at=january)
    make_paid(at=dt.datetime(2027, 1, 22, tzinfo=dt.UTC))
    second = Payout.objects.order_by("drafted_at").last()
    assert second is not None
    assert list(second.lines.order_by("pk").values_list("worth_micros", flat=True)) == [
        189_000_000,
        -50_000_000,
    ]
    assert second.net == usd(139)
    assert check_books() == []


@pytest.mark.django_db
def test_bug_12_after_any_number_of_returns_a_payout_equals_its_lines() -> None:
    """Polar 9666: payout, reversal, payout left the lines on the first."""
    ada = make_payee("Ada")
    make_earned(ada)
    for month in range(3):
        at = PAY_DAY + dt.timedelta(days=31 * month)
        make_paid(at=at)
        newest = Payout.objects.order_by("-drafted_at").first()
        assert newest is not None
        assert [line.worth_micros for line in newest.lines.all()] == [1_350_000_000]
        if month < 2:
            say(newest, "RJCT")
            assert not Line.objects.filter(is_live=True).exists()
            make_method(ada.creator, details=replace(BY_HAND, reference=f"Till {month}"), at=at)
        assert check_books() == []
    assert dollars("tax:US:withheld") == usd(135)
    assert Line.objects.filter(is_live=True).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("said", [["ACSC", "RJCT", "ACSC"], ["RJCT", "ACSC"], ["RJCT", "RJCT"]])
def test_bug_13_paid_then_returned_in_any_order_ends_at_the_right_balance(said: list[str]) -> None:
    """Lago 3703: succeeded, then failed, then void doubled the credit."""
    ada = make_payee()
    make_payable(ada.creator, "200")
    before = all_balances()
    make_paid()
    [payout] = Payout.objects.all()
    for status in said:
        say(payout, status)
    payout.refresh_from_db()
    assert payout.state == PayoutState.RETURNED
    assert all_balances() == before
    assert check_books() == []


@given(micros, st.integers(min_value=0, max_value=10_000), st.sampled_from(["USD", "JPY", "KRW"]))
def test_bug_14_net_tax_and_the_rest_are_the_balance(whole: int, share: int, code: str) -> None:
    """Lago 4642: rounding twice was a cent off, and a total below zero."""
    money = Money(whole, code)
    rate = Rate.of_bp(share)
    tax = Withheld("US", "non-resident", money, rate, money.times(rate, rounding="down"))
    parts = take_apart(balance=money, withheld=[tax])
    assert parts.net + parts.withheld + parts.remainder == money
    assert parts.net.split_payable() == (parts.net, Money.zero(code))
    assert parts.net >= Money.zero(code)


@pytest.mark.django_db
def test_bug_17_a_return_gives_tax_and_money_back_once() -> None:
    """Open Collective 6230, 5044: marking unpaid gave the fees back twice."""
    ada = make_payee()
    make_earned(ada)
    before = all_balances()
    make_paid()
    [payout] = Payout.objects.all()
    assert payout.withheld == usd("135")
    line = f"end_to_end_id,status,code,reason\n{payout.pk.hex},RJCT,AC04,\n".encode()
    for _ in range(2):
        try:
            read_bank_answers(
                operator=make_operator(), content=line, name="x", id=uuid4(), at=PAY_DAY
            )
        except FileReadBefore:
            continue
    say(payout, "RJCT")
    assert all_balances() == before
    assert check_books() == []


@pytest.mark.django_db
def test_bug_18_what_the_bank_did_not_answer_is_never_sent_again_by_itself() -> None:
    """Kill Bill 338: a payment in an unknown state was made again."""
    ada = make_american()
    make_payable(ada.creator, "150")
    make_paid()
    with pytest.raises(NothingToPay):
        make_batch(at=PAY_DAY + dt.timedelta(days=31))
    [payout] = Payout.objects.all()
    assert (payout.state, payable(ada)) == (PayoutState.SENT, usd("0"))
