"""Letters of orders: whoever did not do it reads of it, and what comes next."""

import pytest
from django.core import mail

from takings.core import clock
from takings.shop import jobs
from takings.shop.actions import confirm_arrival
from takings.shop.models import Step
from tests.make.passes import Time
from tests.make.people import make_user
from tests.make.shop import DAY, bought, make_goods, make_seller, run, shipped

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    """Send the letters of all steps; return who got which, without the order's name."""
    mail.outbox.clear()
    for step in Step.objects.all():
        jobs.tell_step(step_id=step.pk)
    return [(sent.to[0][:3], str(sent.subject).partition(": ")[2]) for sent in mail.outbox]


def test_buyer_and_seller_read_what_the_other_did_and_what_is_due(time: Time) -> None:
    vera = make_user("Vera")
    order = bought(vera, (make_goods(make_seller()), 2))
    assert told() == [("ver", "Paid"), ("ada", "Paid")]
    assert "Send it until 8 December 2026, 14:00 (UTC)" in mail.outbox[1].body
    assert "2 × Shirt" in mail.outbox[1].body
    assert f"/shop/orders/{order.pk}/" in mail.outbox[0].body
    [parcel] = shipped(order)
    assert told()[2:] == [("ver", "Sent by DHL, number 00340")]
    assert "DHL, number 00340" in mail.outbox[-1].body
    confirm_arrival(parcel=parcel, at=clock.now())
    time.now += 15 * DAY
    run()
    assert told()[3:] == [
        ("ada", "The buyer has it"),
        ("ada", "Nobody may send it back any more; it is earned"),
    ]
