"""The sandbox by itself: it knows its merchant's calls and nothing else."""

import datetime as dt
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.money import Money
from takings.sandbox import actions, queries
from takings.sandbox.actions import SandboxRefused, SandboxSilent, Wanted
from takings.sandbox.actions.telling import DELIVER, STEP
from takings.sandbox.models import Card, Charge, Checkout, Dispute, Happening, Refund

pytestmark = pytest.mark.django_db
PAYS, LATE, CHALLENGED = "4242424242424242", "4000000000007015", "4000000000003220"
BY_ITSELF = "4000000000007056"
BACKWARDS = "4000000000007049"


def make_page(*, captures: bool = True, keeps_card: bool = False) -> Checkout:
    wanted = Wanted(
        key=uuid4(),
        amount=Money(10**8, "USD"),
        description="Tea",
        email="bea@example.org",
        return_url="https://merchant.example/back",
        captures=captures,
        keeps_card=keeps_card,
    )
    state = actions.open_checkout(wanted, at=clock.now())
    assert actions.open_checkout(wanted, at=clock.now()) == state
    return Checkout.objects.get(pk=state.ref)


def pay(page: Checkout, number: str = PAYS) -> Charge:
    return actions.pay(checkout=page, number=number, at=clock.now())


def kinds() -> list[str]:
    return sorted(Happening.objects.values_list("kind", flat=True))


def test_a_page_is_paid_once_and_not_after_it_was_given_up() -> None:
    page = make_page()
    charge = pay(page)
    with pytest.raises(SandboxRefused):
        pay(page)
    actions.cancel_checkout(checkout=page, at=clock.now())
    assert kinds() == ["authorised", "succeeded"]
    assert (str(charge), str(page)) == (f"{charge.pk}: succeeded", f"{page.pk}: Tea")
    other = make_page()
    actions.cancel_checkout(checkout=other, at=clock.now())
    with pytest.raises(SandboxRefused):
        pay(other)
    assert kinds() == ["authorised", "cancelled", "succeeded"]


def test_nothing_that_is_not_asked_can_be_confirmed() -> None:
    page = make_page()
    with pytest.raises(SandboxRefused):
        actions.answer_challenge(checkout=page, is_approved=True, at=clock.now())
    assert kinds() == []


def test_only_what_is_reserved_is_taken_and_with_its_key_once() -> None:
    page = make_page(captures=False)
    amount, key = page.amount, uuid4()
    for taken in (amount, amount * 2):
        with pytest.raises(SandboxRefused):
            actions.capture_charge(key=key, ref=page.pk, amount=taken, at=clock.now())
    pay(page)
    with pytest.raises(SandboxRefused):
        actions.capture_charge(key=key, ref=page.pk, amount=amount * 2, at=clock.now())
    with pytest.raises(SandboxRefused):
        actions.refund_charge(key=key, ref=page.pk, amount=amount, at=clock.now())
    states = {
        actions.capture_charge(key=key, ref=page.pk, amount=amount, at=clock.now()).keys
        for _ in range(2)
    }
    assert states == {(key,)}
    assert kinds() == ["authorised", "succeeded"]


def test_refunds_are_limited_and_once_by_their_key() -> None:
    page = make_page()
    amount, key = page.amount, uuid4()
    with pytest.raises(SandboxRefused):
        actions.refund_charge(key=key, ref=page.pk, amount=amount, at=clock.now())
    pay(page)
    for wrong in (amount * 2, Money(1_000_000, "EUR")):
        with pytest.raises(SandboxRefused):
            actions.refund_charge(key=key, ref=page.pk, amount=wrong, at=clock.now())
    for _ in range(2):
        actions.refund_charge(key=key, ref=page.pk, amount=amount, at=clock.now())
    assert str(Refund.objects.get()).startswith("re_")
    with pytest.raises(SandboxRefused):
        actions.open_dispute(charge_id=Charge.objects.get().pk, at=clock.now())
    assert kinds() == ["authorised", "refunded", "succeeded"]


def test_a_late_card_answers_no_call_but_does_all() -> None:
    page = make_page()
    charge = pay(page, LATE)
    with pytest.raises(SandboxSilent):
        actions.look_up(page.pk, at=clock.now())
    assert charge.due_at is not None
    for _ in range(2):
        actions.finish_late(charge_id=charge.pk, at=charge.due_at)
    with pytest.raises(SandboxSilent):
        actions.refund_charge(key=uuid4(), ref=page.pk, amount=page.amount, at=clock.now())
    assert kinds() == ["authorised", "refunded", "succeeded"]
    assert actions.look_up(page.pk, at=clock.now()).ref == page.pk
    second = make_page()
    late = pay(second, LATE)
    assert late.due_at is not None
    state = actions.look_up(second.pk, at=late.due_at + dt.timedelta(seconds=1))
    assert [one.kind for one in state.told] == ["authorised", "succeeded"]


def test_a_kept_card_that_asks_for_its_owner_is_declined() -> None:
    page = make_page(keeps_card=True)
    pay(page, CHALLENGED)
    assert str(Card.objects.get()) == "…3220"
    with pytest.raises(SandboxRefused):
        actions.charge_card(key=uuid4(), card="card_0000", amount=page.amount, at=clock.now())
    key = uuid4()
    states = [
        actions.charge_card(key=key, card="card_3220", amount=page.amount, at=clock.now())
        for _ in range(2)
    ]
    assert [one.reason for one in states[0].told] == ["authentication_required"]
    assert states[0] == states[1] == queries.find_state(key)


def test_a_dispute_is_opened_once_decided_once_and_forbids_refunds() -> None:
    page = make_page()
    charge = pay(page, BY_ITSELF)
    first = actions.open_dispute(charge_id=charge.pk, at=clock.now())
    assert actions.open_dispute(charge_id=charge.pk, at=clock.now()) == first
    assert first.amount_micros == 50_000_000
    with pytest.raises(SandboxRefused):
        actions.refund_charge(key=uuid4(), ref=page.pk, amount=Money(10_000, "USD"), at=clock.now())
    for _ in range(2):
        actions.answer_dispute(dispute_id=first.pk, evidence="Seen", at=clock.now())
    dispute = Dispute.objects.get()
    assert (str(dispute), dispute.ended, dispute.evidence) == (first.pk, "won", "Seen")
    with pytest.raises(SandboxRefused):
        actions.answer_dispute(dispute_id="dp_0", evidence="", at=clock.now())
    assert str(Happening.objects.get(kind="disputed")) == f"disputed {first.pk}"


def test_a_dispute_of_a_card_whose_messages_come_in_reverse_is_told_before_what_it_is_about() -> (
    None
):
    charge = pay(make_page(), BACKWARDS)
    actions.open_dispute(charge_id=charge.pk, at=clock.now())
    waits = {
        happening.kind: job.scheduled_at - happening.occurred_at
        for job in ProcrastinateJob.objects.filter(task_name=DELIVER)
        for happening in Happening.objects.filter(pk=job.args["happening_id"])
    }
    assert waits == {
        "authorised": 2 * STEP,
        "succeeded": STEP,
        "refunded": 0 * STEP,
        "disputed": 0 * STEP,
    }


def test_a_charge_that_is_not_paid_cannot_be_disputed() -> None:
    page = make_page()
    charge = pay(page, CHALLENGED)
    with pytest.raises(SandboxRefused):
        actions.open_dispute(charge_id=charge.pk, at=clock.now())
    assert kinds() == []


def test_what_it_holds_at_the_end_of_a_day_goes_to_the_bank_once() -> None:
    pay(make_page())
    day = clock.now().date()
    for _ in range(2):
        actions.pay_out(day=day)
    report = queries.day_report(day)
    assert [row.kind for row in report.rows] == ["succeeded", "payout"]
    assert report.closing_micros == {"USD": 0}
    assert [row.gross_micros for row in report.rows] == [100_000_000, -96_800_000]


def test_what_it_never_heard_of_is_refused() -> None:
    with pytest.raises(queries.NoSuchPayment):
        actions.look_up("cs_0", at=clock.now())
    assert queries.find_state(uuid4()) is None
