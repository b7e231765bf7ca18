"""Two click at once: a deal's money leaves once, and is all there or gone."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from uuid import uuid4

import pytest
from django.db import connections

from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.payments.models import Payment
from takings.sponsorships import actions, queries
from takings.sponsorships.models import Deal, Funding, Settled
from tests.make.deals import (
    Pair,
    agreed,
    card_started,
    deposit,
    dollars,
    handed_in,
    running,
    usd,
)
from tests.make.passes import Time
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db(transaction=True)
LATER = dt.timedelta(hours=48)
Act = Callable[[], object]


def at_once(acts: list[Act]) -> int:
    """Do all of it at once; return how many were not refused."""

    def do(act: Act) -> bool:
        try:
            act()
        except Refusal:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(do, acts))


def on_a_draft(pair: Pair, deal: Deal, now: dt.datetime) -> list[Act]:
    """Return all that somebody, or a clock, may do with a draft that waits."""
    ada, bea = pair.ada(deal), pair.bea(deal)
    return [
        lambda: actions.approve_draft(seat=bea, number=1, at=now),
        lambda: actions.ask_revision(seat=bea, number=1, words="Lighter.", at=now),
        lambda: actions.give_up(seat=ada, words="Ill.", at=now),
        lambda: actions.keep_clocks(at=now + LATER),
        lambda: actions.open_dispute(seat=bea, reason="No.", id=uuid4(), at=now),
    ]


def on_a_dispute(pair: Pair, deal: Deal, now: dt.datetime) -> list[Act]:
    """Return all that may be done with a dispute."""
    bea, olga = pair.bea(deal), make_operator()

    def decide(amount: str) -> object:
        return actions.decide_dispute(
            operator=olga, deal_id=deal.pk, creator=usd(amount), words="So be it.", at=now
        )

    return [
        lambda: decide("500"),
        lambda: decide("0"),
        lambda: actions.withdraw_dispute(seat=bea, at=now),
    ]


def test_bug_1_of_every_two_things_done_at_once_the_money_leaves_once(
    pair: Pair, time: Time
) -> None:
    """ElizaOS 11116: approve and reject at once paid the creator and refunded the brand."""
    deals = []
    for number in (*combinations(range(5), 2), *combinations(range(5, 8), 2)):
        deal = running(pair)
        handed_in(pair, deal)
        if min(number) >= 5:
            seat = pair.bea(deal)
            actions.open_dispute(seat=seat, reason="No.", id=uuid4(), at=time.now)
        acts = [*on_a_draft(pair, deal, time.now), *on_a_dispute(pair, deal, time.now)]
        assert at_once([acts[one] for one in number]) >= 1
        deals.append(deal)
    for deal in deals:
        picture = queries.picture(deal)
        out = (picture.creator, picture.platform, picture.back, picture.held)
        assert sum(out, usd("0")) == usd("500")
        account = deal.fundings.get().account
        assert dollars(account) == picture.held
        rows = Settled.objects.filter(milestone__deal=deal)
        assert all(0 in {one.creator_micros, one.brand_micros} for one in rows)
    assert check_books() == []


def test_bug_2_paid_in_by_many_clicks_it_is_paid_in_once(pair: Pair, time: Time) -> None:
    """ElizaOS 11844: a response was lost, its key thrown away, and a second hold was made."""
    deal, key = agreed(pair), uuid4()
    assert at_once([lambda: card_started(pair, deal, id=key)] * 3) == 3
    assert Payment.objects.count() == 1
    deposit(pair, "2000")
    seat = pair.bea(deal)
    assert at_once([lambda: actions.fund_from_prepaid(seat=seat, at=time.now)] * 4) == 4
    assert (Funding.objects.count(), dollars(deal.fundings.get().account)) == (1, usd("500"))
    assert check_books() == []
