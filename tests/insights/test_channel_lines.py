"""What is earned by no one video is read beside what videos earned, and traced the same way."""

import datetime as dt

import pytest
from django.test import Client

from takings.ledger.actions import post
from takings.money import Money
from takings.settlement.actions import close_period, earn_directly, refresh_estimates
from takings.settlement.models import ShareLine
from takings.settlement.rules import Earning, PoolKey, direct_parts
from tests.make.ledger import make_entry, move
from tests.make.pages import page_links, page_text
from tests.make.settlement import counting, make_act

pytestmark = pytest.mark.django_db
EARNED = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)
JANUARY = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_a_line_of_the_channel_says_what_was_paid_for_it_and_leads_to_its_entry(
    client: Client,
) -> None:
    ada = make_act("Ada")
    key = PoolKey("2026-12", "DE", "USD", "requests")
    paid, share = Money(10_000_000, "USD"), Money(8_000_000, "USD")
    one = Earning(key, ada.creator.pk, None, EARNED.date(), 1, paid, share)
    moves = [move("bank", *part) for part in direct_parts([one]).items()]
    entry = make_entry(*moves, kind="earnings_corrected")
    post(drafts=[entry], at=EARNED)
    earn_directly(earnings=[(entry.id, one)], at=EARNED)
    refresh_estimates(at=EARNED, count=counting())
    client.force_login(ada.creator.user)
    lines = page_text(client.get("/studio/earnings/lines/?period=2026-12&currency=USD"))
    assert "The channel itself" in lines
    assert "1 request" in lines
    close_period(name="2026-12", at=JANUARY, count=counting())
    waterfall = page_text(client.get("/studio/earnings/?period=2026-12"))
    assert "Requests, without tax" in waterfall
    assert "the rest of each request" in waterfall
    trace = client.get(f"/trace/line/{ShareLine.objects.get().pk}/")
    told = page_text(trace)
    assert "“The channel itself” by @" in told
    assert "earned this on 5 December 2026 in Germany, with requests." in told
    assert "1 request, each cut once to a whole micro-unit" in told
    [booked] = [link for link in page_links(trace, "/trace/entry/") if str(entry.id) in link]
    assert "1 request" in page_text(client.get(booked))
    assert "Requests" in page_text(client.get("/studio/statements/2026-12/"))
