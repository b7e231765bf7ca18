"""Letters of deals: the other side reads what was done, and until when it has time."""

import pytest
from django.core import mail

from takings.people.models import Membership, Role
from takings.sponsorships import actions, jobs
from takings.sponsorships.models import Step
from takings.sponsorships.rules.states import DAY
from tests.make.deals import Pair, handed_in, running
from tests.make.passes import Time
from tests.make.people import make_user

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    """Send the letters of all steps; return who got which, without the deal's title."""
    mail.outbox.clear()
    for step in Step.objects.all():
        jobs.tell_step(step_id=step.pk)
    return [(sent.to[0][:3], str(sent.subject).partition(": ")[0]) for sent in mail.outbox]


def test_each_side_reads_what_the_other_did_and_both_what_a_clock_did(
    pair: Pair, time: Time
) -> None:
    looker = make_user("Looker")
    Membership.objects.create(brand=pair.brand, user=looker, role=Role.VIEWER)
    deal = running(pair)
    handed_in(pair, deal)
    actions.say(seat=pair.ada(deal), words="Is the light right?", at=time.now)
    assert told() == [
        ("ada", "Offered"),
        ("bea", "Accepted"),
        ("ada", "Paid in"),
        ("bea", "Draft handed in"),
        ("bea", "A message"),
    ]
    assert "“Is the light right?”" in mail.outbox[-1].body
    assert "Video 1: review, until " in mail.outbox[-1].body
    assert f"/deals/{deal.pk}/" in mail.outbox[-1].body
    time.now += 30 * DAY
    actions.keep_clocks(at=time.now)
    assert told()[5:] == [("bea", "Silence approves"), ("ada", "Silence approves")]
