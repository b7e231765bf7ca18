"""What every provider is held to: what we ask of it, and what the books say then."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.core import clock
from takings.ledger.queries import check_books
from takings.payments import actions, queries
from takings.payments.models import Case
from takings.payments.providers import provider_named
from takings.payments.rules import (
    TO_CONFIRM,
    BadSignature,
    ProviderRefused,
)
from tests.make.payments import asked, refund_of, usd, work_all
from tests.make.people import make_operator
from tests.payments.counters import Counter, fees, held, make_payment, order_of

DAY = dt.timedelta(days=1)


class ProviderContract:
    """What every provider is held to; each gives a fixture ``counter`` of its own."""

    def test_paid_after_a_decline(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment, is_good=False)
        assert asked(payment).status == "failed"
        assert held(counter) == usd("0")
        counter.pay(payment)
        assert asked(payment).status == "succeeded"
        assert asked(payment).status == "succeeded"
        assert (held(counter), fees()) == (usd("96.80"), usd("3.20"))
        assert check_books() == []

    def test_refunded_in_parts_each_once(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        asked(payment)
        operator = make_operator()
        part = refund_of(payment, "33.33")
        for refund in (part, part, refund_of(payment, "66.67")):
            actions.refund_payment(operator=operator, refund=refund, at=clock.now())
        payment.refresh_from_db()
        assert (payment.status, held(counter)) == ("refunded", usd("-3.20"))
        assert check_books() == []

    @pytest.mark.parametrize(
        ("is_won", "status", "left"),
        [(True, "dispute_won", "96.80"), (False, "dispute_lost", "-18.20")],
    )
    def test_disputed_answered_and_decided(
        self, counter: Counter, *, is_won: bool, status: str, left: str
    ) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        counter.dispute(payment)
        assert asked(payment).status == "disputed"
        assert held(counter) == usd("-18.20")
        operator = make_operator()
        _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
        if counter.name == "stripe":
            actions.answer_dispute(operator=operator, dispute=dispute, note="Seen.", at=clock.now())
        counter.decide(payment, is_won=is_won)
        assert asked(payment).status == status
        assert held(counter) == usd(left)
        assert check_books() == []

    def test_a_kept_card_is_charged_until_it_expires(self, counter: Counter) -> None:
        payment, member = make_payment(counter, keeps_card=True)
        counter.pay(payment)
        assert asked(payment).card_ref
        order = order_of(member, payment.subject)
        for _ in range(2):
            again = actions.charge_kept_card(order=order, kept_with=payment.pk, at=clock.now())
            assert again.status == "succeeded"
        assert held(counter) == usd("193.60")
        counter.expire_card()
        order = order_of(member, payment.subject)
        declined = actions.charge_kept_card(order=order, kept_with=payment.pk, at=clock.now())
        assert declined.status == "failed"
        [told] = queries.fact_rows(declined)
        assert "expired" in told.reason
        counter.ask_owner()
        order = order_of(member, payment.subject)
        waiting = actions.charge_kept_card(order=order, kept_with=payment.pk, at=clock.now())
        assert [one.reason for one in queries.fact_rows(waiting)] == [TO_CONFIRM]
        assert held(counter) == usd("193.60")

    def test_reserved_and_taken_once(self, counter: Counter) -> None:
        payment, _ = make_payment(counter, captures=False)
        counter.pay(payment)
        assert (asked(payment).status, held(counter)) == ("authorised", usd("0"))
        capture_id = uuid4()
        for _ in range(2):
            actions.capture_payment(payment_id=payment.pk, capture_id=capture_id, at=clock.now())
        payment.refresh_from_db()
        assert (payment.status, held(counter)) == ("succeeded", usd("96.80"))
        assert payment.attempts.get(pk=capture_id).status == "answered"

    def test_a_message_is_believed_when_signed_and_worked_once(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        body, headers = counter.message(payment)
        forged = {name: value[:-1] + "x" for name, value in headers.items()}
        for wrong in (forged, {}):
            with pytest.raises(BadSignature):
                actions.receive_webhook(
                    provider=counter.name, body=body, headers=wrong, at=clock.now()
                )
        stored = [
            actions.receive_webhook(
                provider=counter.name, body=body, headers=headers, at=clock.now()
            )
            for _ in range(2)
        ]
        assert stored == [1, 0]
        work_all()
        payment.refresh_from_db()
        assert payment.status in {"authorised", "succeeded"}

    def test_what_it_knows_nothing_of_is_refused(self, counter: Counter) -> None:
        adapter = provider_named(counter.name)
        with pytest.raises(ProviderRefused):
            adapter.look_up("pi_nothing")
        with pytest.raises(ProviderRefused):
            adapter.send_evidence(dispute="dp_nothing", text="")
        assert adapter.find(uuid4()) is None

    def test_the_report_of_a_day_agrees_with_the_books(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        asked(payment)
        refund = refund_of(payment, "10")
        actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
        day = clock.now().date()
        found = actions.reconcile(provider=counter.name, day=day, at=clock.now() + 2 * DAY)
        assert found.difference_count == 0
        assert found.line_count >= 2
        assert not Case.objects.exists()
