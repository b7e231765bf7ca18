"""Trace this cent: from a line to the deposit and the single views, and back; and who may look."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from takings.ads import actions as ads
from takings.ads.models import BilledImpression, Charge, Deposit, RejectedImpression
from takings.core import ids
from takings.insights.queries import NothingHere, find_trace, reader_of, trace, trace_text
from takings.insights.queries.tracing.money_in import price_of_one
from takings.insights.rules.reader import WHOLE_DESK
from takings.insights.rules.trace import RefKind, Stop, Trace
from takings.ledger import queries as ledger
from takings.ledger.actions import reverse
from takings.money import Money
from takings.people.models import User
from takings.settlement.actions import release_earnings
from takings.settlement.models import EstimateLine, PoolResult, Release, ShareLine
from tests.make.ads import (
    Wanted,
    make_advertiser,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
)
from tests.make.insights import (
    AFTER,
    DAY,
    Month,
    make_close,
    make_estimate,
    make_month,
    show_ads,
    watch,
)
from tests.make.pages import page_links, page_text
from tests.make.people import NOON, make_operator, make_user

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")


def stop(found: Trace, kind: str) -> Stop:
    """Return the one stop of a kind."""
    (one,) = [each for each in found.stops if each.kind == kind]
    return one


def line_of(month: Month) -> ShareLine:
    """Return Ada's largest line."""
    lines = ShareLine.objects.filter(creator=month.ada, country="DE", video=month.dunes)
    return lines.order_by("-views")[0]


def closed() -> Month:
    """Return a month that was closed."""
    month = make_month()
    make_close()
    return month


def test_a_line_leads_to_its_pool_its_views_its_entry_and_an_impression_and_back(
    sign_in: SignIn,
) -> None:
    month = closed()
    line = line_of(month)
    browser = sign_in(month.ada.user)
    page = browser.get(f"/trace/line/{line.pk}/")
    words = page_text(page)
    for said in (
        "Advertisers paid in advance",
        "31 paid impressions",
        "Music is paid first",
        "Your share in Germany",
        "Of 16 showings on 2 November 2026, 10 were engaged views",
        "It was booked",
        "It waits in its hold window",
        "The rules that applied",
    ):
        assert said in words, said
    impression = page_links(page, "/trace/impression/")[0]
    back = page_links(browser.get(impression), "/trace/line/")
    assert f"/trace/line/{line.pk}/" in back
    views = [browser.get(view) for view in page_links(page, "/trace/view/")]
    counted = [view for view in views if "It is one of 10 engaged views" in page_text(view)]
    assert counted
    for view in counted:
        assert f"/trace/line/{line.pk}/" in page_links(view, "/trace/line/")
    entry = page_links(page, "/trace/entry/")[0]
    assert f"/trace/line/{line.pk}/" in page_links(browser.get(entry), "/trace/line/")


def test_the_amounts_on_a_trace_are_those_of_the_books(sign_in: SignIn) -> None:
    month = closed()
    line = line_of(month)
    found = trace(kind="line", id=str(line.pk), reader=reader_of(user=month.ada.user))
    result = PoolResult.objects.get(country="DE")
    assert found.amount == Money(line.amount_micros, "USD")
    charged = sum(Charge.objects.filter(country="DE").values_list("amount_micros", flat=True))
    for kind in ("impressions", "pool"):
        amount = stop(found, kind).amount
        assert amount is not None
        assert amount.micros == result.total_micros == charged
    booked = stop(found, "booking")
    assert line.entry_id is not None
    moved = ledger.credits_of(entry_ids=[line.entry_id])[line.entry_id]
    assert booked.amount is not None
    assert booked.amount.micros == moved[f"creator:{month.ada.pk}:pending", "USD"]
    assert sum(part.amount.micros for part in booked.parts if part.amount) == result.total_micros
    own = ShareLine.objects.filter(creator=month.ada, country="DE")
    assert booked.amount.micros == sum(own.values_list("amount_micros", flat=True))
    answer = sign_in(month.ada.user).get(f"/api/trace/line/{line.pk}").json()
    assert answer["amount"] == {"micros": line.amount_micros, "currency": "USD"}
    assert [each["kind"] for each in answer["stops"]] == [each.kind for each in found.stops]


def test_after_the_hold_window_the_line_says_that_it_may_be_paid_out() -> None:
    month = closed()
    release_earnings(at=AFTER + 8 * DAY)
    released = stop(trace(kind="line", id=str(line_of(month).pk), reader=WHOLE_DESK), "payable")
    assert released.title == "It may be paid out"
    assert released.ref is not None
    entry = find_trace(id=released.ref.id, reader=WHOLE_DESK)
    statement = stop(entry, "statement")
    assert statement.ref is not None
    total = trace(kind="statement", id=statement.ref.id, reader=WHOLE_DESK)
    assert total.amount == entry.amount
    assert "@ada" in stop(total, "split").title


def test_a_pool_without_money_has_no_entry_to_show() -> None:
    month = make_month()
    watch(month.dunes, 2, country="IT")  # where no ad was shown
    make_close()
    line = ShareLine.objects.get(country="IT")
    booked = stop(trace(kind="line", id=str(line.pk), reader=WHOLE_DESK), "booking")
    assert booked.sentence == "The pool was empty, so there was nothing to book."


def test_others_find_nothing_where_a_creators_money_is(sign_in: SignIn) -> None:
    month = closed()
    line = line_of(month)
    view = stop(trace(kind="line", id=str(line.pk), reader=WHOLE_DESK), "views").samples[0]
    assert view.ref is not None
    for address in (
        f"/trace/line/{line.pk}/",
        f"/trace/view/{view.ref.id}/",
        f"/trace/video/{month.dunes.pk}/",
        f"/trace/statement/2026-11/{month.ada.pk}/USD/",
        f"/trace/estimate/2026-11/DE/{month.dunes.pk}/2026-11-02/",
    ):
        assert sign_in(month.ben.user).get(address).status_code == 404, address
        assert sign_in(month.member).get(address).status_code == 404, address
        assert sign_in(month.ada.user).get(address).status_code == 200, address
        assert sign_in(make_operator()).get(address).status_code == 200, address
        assert "/accounts/login/" in Client().get(address)["Location"], address
    assert sign_in(make_user()).get(f"/trace/entry/{line.entry_id}/").status_code == 404
    assert sign_in(make_user()).get(f"/api/trace/line/{line.pk}").status_code == 404


def test_a_creator_reads_sums_of_others_on_the_entry_and_no_single_transfer(
    sign_in: SignIn,
) -> None:
    month = closed()
    entry = PoolResult.objects.get(country="DE").entry_id
    words = page_text(sign_in(month.ada.user).get(f"/trace/entry/{entry}/"))
    assert f"creator:{month.ada.pk}:pending" in words
    assert f"creator:{month.ben.pk}:pending" not in words
    assert "The pool to other creators" in words
    assert "“Bread”" not in words
    desk = page_text(sign_in(make_operator()).get(f"/trace/entry/{entry}/"))
    assert f"creator:{month.ben.pk}:pending" in desk


def test_an_advertiser_follows_a_deposit_to_single_views_and_to_who_got_the_money(
    sign_in: SignIn,
) -> None:
    month = closed()
    browser = sign_in(month.member)
    deposit = Deposit.objects.get(brand=month.brand)
    page = browser.get(f"/trace/entry/{deposit.pk}/")
    assert "Charged since then" in page_text(page)
    charges = {str(entry) for entry in Charge.objects.values_list("entry_id", flat=True)}
    listed = [link for link in page_links(page, "/trace/entry/") if link.split("/")[3] in charges]
    assert len(listed) == 2  # one for each country
    charge = browser.get(listed[0])
    seen = browser.get(page_links(charge, "/trace/impression/")[0])
    words = page_text(seen)
    assert "Northwind" in words
    assert "paid in advance" in words
    assert "Creators" in words
    assert "“Dunes”" not in words  # whose lines they were is nobody else's business
    shared = browser.get(page_links(seen, "/trace/entry/")[-1])
    assert "The pool to other creators" in page_text(shared)


def test_another_advertiser_in_the_same_pool_sees_only_a_sum_of_the_others(
    sign_in: SignIn,
) -> None:
    month = make_month()
    brand, member = make_advertiser("Southwind")
    show_ads(make_campaign(brand, member=member, wanted=Wanted(countries=("DE",))), {"DE": 2})
    make_close()
    entry = PoolResult.objects.get(country="DE").entry_id
    words = page_text(sign_in(member).get(f"/trace/entry/{entry}/"))
    assert "Other advertisers" in words
    assert month.campaign.name not in words
    first = BilledImpression.objects.filter(campaign=month.campaign, country="FR")[0]
    address = f"/trace/impression/{first.pk}/"
    assert sign_in(member).get(address).status_code == 404
    assert sign_in(month.ada.user).get(address).status_code == 200


def test_an_impression_nobody_paid_for_says_why(sign_in: SignIn) -> None:
    month = make_month()
    paid = BilledImpression.objects.all()[0]
    other = make_beacon(make_decision(make_lease(month.campaign)), viewer_id=uuid.uuid4())
    ads.charge_beacons(segment="other", beacons=[other], at=NOON + DAY)
    rejected = RejectedImpression.objects.get()
    address = f"/trace/impression/{rejected.decision_id}/"
    assert "chosen for one viewer and reported by another" in page_text(
        sign_in(month.member).get(address)
    )
    assert sign_in(month.ada.user).get(address).status_code == 404
    open_pool = find_trace(id=str(paid.pk), reader=WHOLE_DESK)
    assert "It is still filling." in stop(open_pool, "pool").sentence
    assert not [each for each in open_pool.stops if each.kind == "split"]


def test_an_estimate_is_traced_by_what_it_is_about_and_becomes_the_final_line(
    sign_in: SignIn,
) -> None:
    month = make_month()
    make_estimate()
    browser = sign_in(month.ada.user)
    listed = page_links(browser.get("/studio/earnings/lines/?period=2026-11"), "/trace/estimate/")
    make_estimate(at=NOON + 4 * DAY)  # every row is replaced; the address still holds
    words = page_text(browser.get(listed[0]))
    assert "An estimate is not money" in words
    assert ", so far" in words
    line = EstimateLine.objects.filter(creator=month.ada).order_by("-amount_micros")[0]
    found = trace(
        kind="estimate",
        id=f"2026-11/{line.country}/{line.video_id}/{line.day}",
        reader=reader_of(user=month.ada.user),
    )
    assert found.amount == Money(line.amount_micros, "USD")
    assert found.status == "estimated"
    make_close()
    assert "Final" in page_text(browser.get(listed[0]))


def test_a_view_says_what_became_of_it() -> None:
    month = make_month()
    make_estimate()
    period_lines = trace(
        kind="estimate", id=f"2026-11/DE/{month.dunes.pk}/2026-11-02", reader=WHOLE_DESK
    )
    views = stop(period_lines, "views").samples
    told = {}
    for part in views:
        assert part.ref is not None
        found = trace(kind="view", id=part.ref.id, reader=WHOLE_DESK)
        told[stop(found, "outcome").title] = found
    assert set(told) == {
        "It counts",
        "It does not count: too short",
        "It does not count: repeated",
        "It does not count: your own",
        "It does not count: robot",
    }
    assert stop(told["It counts"], "line").title == "What it would earn if the period closed now"
    assert not [each for each in told["It does not count: robot"].stops if each.kind == "line"]


def test_everything_a_video_earned_final_apart_from_estimated() -> None:
    month = make_month()
    make_estimate()
    running = trace(kind="video", id=str(month.dunes.pk), reader=WHOLE_DESK)
    final, estimated = running.stops
    assert final.sentence == "Nothing yet."
    assert estimated.amount is not None
    make_close()
    final, estimated = trace(kind="video", id=str(month.dunes.pk), reader=WHOLE_DESK).stops
    assert final.amount is not None
    assert estimated.sentence == "Nothing yet."


@pytest.mark.parametrize(
    "wanted",
    [
        "0",
        "line",
        "2026-11/x",
        "2026-11/DE/x/y",
        "a/b/c",
        "2026-11/9/USD",
        str(uuid.UUID(int=9)),
        "",
    ],
)
def test_an_id_of_nothing_is_answered_by_nothing_here(wanted: str) -> None:
    with pytest.raises(NothingHere):
        find_trace(id=wanted, reader=WHOLE_DESK)


@pytest.mark.parametrize("kind", ["line", "entry", "impression", "view", "video", "campaign"])
def test_an_id_of_another_shape_or_of_nothing_is_refused_by_every_kind(kind: RefKind) -> None:
    for wanted in ("x", str(ids.uuid7(at=NOON)), str(uuid.uuid4())):
        with pytest.raises(NothingHere):
            trace(kind=kind, id=wanted, reader=WHOLE_DESK)
    with pytest.raises(NothingHere):
        trace(kind="estimate", id=f"autumn/DE/{uuid.uuid4()}/2026-11-02", reader=WHOLE_DESK)


def test_the_command_line_traces_any_id_as_text() -> None:
    month = closed()
    line = line_of(month)
    impression = BilledImpression.objects.all()[0]
    for wanted in (
        str(line.pk),
        str(line.entry_id),
        str(impression.pk),
        str(impression.entry_id),
        str(month.dunes.pk),
        f"2026-11/{month.ada.pk}/USD",
        f"2026-11/DE/{month.dunes.pk}/2026-11-02",
    ):
        assert "│" in trace_text(id=f" {wanted} "), wanted


def test_an_entry_and_its_reversal_name_each_other() -> None:
    month = make_month()
    deposit = Deposit.objects.get(brand=month.brand)
    undo = ids.derived("undo", deposit.pk)
    with pytest.raises(Exception, match="available"):
        reverse(entry_id=deposit.pk, id=undo, at=NOON, memo="sent back")
    charge = Charge.objects.filter(country="FR")[0]
    reverse(entry_id=charge.entry_id, id=undo, at=NOON, memo="sent back")
    facts = {fact.label for fact in find_trace(id=str(undo), reader=WHOLE_DESK).stops[-1].facts}
    assert "Undoes" in facts
    undone = find_trace(id=str(charge.entry_id), reader=WHOLE_DESK)
    assert "Undone by" in {fact.label for fact in stop(undone, "transfers").facts}


def test_any_id_can_be_pasted(sign_in: SignIn) -> None:
    month = closed()
    line = line_of(month)
    browser = sign_in(month.ada.user)
    assert "Paste the id" in page_text(browser.get("/trace/"))
    assert browser.get(f"/trace/?id={line.pk}")["Location"] == f"/trace/line/{line.pk}/"
    unknown = browser.get("/trace/?id=nothing")
    assert unknown.status_code == 404
    assert "There is nothing with the id nothing" in unknown.content.decode()
    assert 'value="nothing"' in unknown.content.decode()  # what was typed is still there
    assert browser.get(f"/api/trace/find?id={line.pk}").json()["ref"]["kind"] == "line"


def test_a_trace_asks_the_database_a_bounded_number_of_times(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    month = make_month()
    show_ads(month.campaign, {"DE": 40}, at=NOON + dt.timedelta(hours=1))
    make_close()
    line = line_of(month)
    browser = sign_in(month.ada.user)
    for address, most in (
        (f"/trace/line/{line.pk}/", 45),
        (f"/trace/entry/{line.entry_id}/", 30),
        (f"/trace/statement/2026-11/{month.ada.pk}/USD/", 30),
        (f"/trace/video/{month.dunes.pk}/", 20),
    ):
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200
    assert Release.objects.count() == 0


def test_what_one_of_many_cost_is_exact_or_says_that_it_is_an_average() -> None:
    assert price_of_one(Money(8_500, "USD"), count=2) == "$0.00425 each"
    assert price_of_one(Money(10, "USD"), count=3) == "$0.000003 on average"
