"""The studio's pages: the same money on every screen, estimated apart from final."""

import csv
import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from takings.events.queries import daily_counts
from takings.insights import actions
from takings.insights.models import Tally
from takings.insights.queries import earnings as ask
from takings.insights.rules.earnings import LineFilter
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement.models import EstimateLine, ShareLine
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
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_user
from tests.make.videos import make_video

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")


def exact(micros: int) -> str:
    return format_money(Money(micros, "USD"), exact=True)


def paid(month: Month) -> int:
    """Return what the books say that Ada earned."""
    account = f"creator:{month.ada.pk}:pending"
    return ledger.balance(name=account, currency="USD").micros


def test_a_new_creator_is_told_what_to_do_next(sign_in: SignIn) -> None:
    cleo = make_creator("Cleo", shares=False)
    page = page_text(sign_in(cleo.user).get("/studio/"))
    assert "you do not share in the ad pool yet" in page
    assert "Nothing published yet" in page
    assert "First steps" in page
    assert "Your first statement comes when" in page
    earnings = page_text(sign_in(cleo.user).get("/studio/earnings/"))
    assert "You do not share in the ad pool yet" in earnings
    assert "No statement yet" in page_text(sign_in(cleo.user).get("/studio/statements/"))


def test_who_has_no_studio_is_offered_one_and_a_stranger_is_asked_to_sign_in(
    sign_in: SignIn,
) -> None:
    assert sign_in(make_user()).get("/studio/")["Location"] == "/studio/open/"
    assert "/accounts/login/" in Client().get("/studio/earnings/")["Location"]


def test_the_terms_are_explained_and_accepted_once_and_never_backdated(sign_in: SignIn) -> None:
    cleo = make_creator("Cleo", shares=False)
    browser = sign_in(cleo.user)
    page = page_text(browser.get("/studio/terms/"))
    assert "$405.00" in page
    assert "creators are paid 45 % of their allocation" in page
    assert browser.post("/studio/terms/")["Location"] == "/studio/"
    cleo.refresh_from_db()
    first = cleo.shares_from
    browser.post("/studio/terms/")
    cleo.refresh_from_db()
    assert cleo.shares_from == first
    assert "You share in the pool since" in page_text(browser.get("/studio/terms/"))


def test_an_estimate_is_shown_as_one_and_nothing_is_booked(sign_in: SignIn) -> None:
    month = make_month()
    make_estimate()
    total = sum(
        EstimateLine.objects.filter(creator=month.ada).values_list("amount_micros", flat=True)
    )
    found = ask.earnings(creator=month.ada, period=ask.period_named(name="2026-11"))
    assert found.total.micros == total > 0
    assert found.period.status == "estimated"
    assert paid(month) == 0
    browser = sign_in(month.ada.user)
    lines = page_text(browser.get("/studio/earnings/lines/?period=2026-11"))
    assert exact(total) in lines
    assert "Estimated" in lines
    page = page_text(browser.get("/studio/earnings/?period=2026-11"))
    assert "From your views to your account" not in page  # the waterfall is for final money
    assert "Robot" in page
    assert "Too short" in page


def test_all_screens_tell_the_same_money_and_it_is_what_the_books_say(sign_in: SignIn) -> None:
    month = make_month()
    make_estimate()
    make_close()
    micros = paid(month)
    lines = ShareLine.objects.filter(creator=month.ada)
    assert sum(lines.values_list("amount_micros", flat=True)) == micros
    found = ask.earnings(creator=month.ada, period=ask.period_named(name="2026-11"))
    assert found.total.micros == micros
    assert sum(day.amount.micros for day in found.days) == micros
    assert sum(video.amount.micros for video in found.videos) == micros
    shares = ask.country_shares(creator=month.ada, period="2026-11", currency="USD")
    assert sum(share.paid.micros for share in shares) == micros
    browser = sign_in(month.ada.user)
    for address in (
        "/studio/earnings/lines/?period=2026-11",
        "/studio/statements/2026-11/",
        f"/trace/statement/2026-11/{month.ada.pk}/USD/",
    ):
        assert exact(micros) in page_text(browser.get(address)), address
    cents = format_money(Money(micros, "USD"))
    for address in ("/studio/", "/studio/earnings/?period=2026-11", "/studio/statements/"):
        assert cents in page_text(browser.get(address)), address


def test_what_did_not_count_is_listed_with_its_reason() -> None:
    month = make_month()
    make_close()
    period = ask.period_named(name="2026-11")
    counts = ask.outcome_counts(creator_id=month.ada.pk, period=period, only=LineFilter())
    assert {one.outcome: one.showings for one in counts} == {
        "qualified": 20,
        "too_short": 2,
        "repeat": 2,
        "own_view": 1,
        "bot": 1,
    }
    only = LineFilter(video_id=month.loom.pk)
    (counted,) = ask.outcome_counts(creator_id=month.ada.pk, period=period, only=only)
    assert (counted.name, counted.showings) == ("Engaged", 5)


def test_a_statement_explains_the_way_from_the_estimate_to_the_final_amount(
    sign_in: SignIn,
) -> None:
    month = make_month()
    make_estimate()
    before = ask.earnings(creator=month.ada, period=ask.period_named(name="2026-11")).total
    watch(month.loom, 4, day=2)
    show_ads(month.campaign, {"DE": 4}, at=NOON + DAY)
    make_close()
    after = Money(paid(month), "USD")
    page = page_text(sign_in(month.ada.user).get("/studio/statements/2026-11/"))
    assert "Last estimate" in page
    for amount in (before, after, after - before):
        assert format_money(amount, exact=True) in page
    assert "0 → 4" in page


def test_the_digest_on_a_statement_is_that_of_the_content_one_can_download(
    sign_in: SignIn,
) -> None:
    month = make_month()
    make_close()
    browser = sign_in(month.ada.user)
    content = browser.get("/studio/statements/2026-11/USD.json")
    digest = hashlib.sha256(content.content).hexdigest()
    assert digest in page_text(browser.get("/studio/statements/2026-11/"))
    assert "No estimate was made before" in page_text(browser.get("/studio/statements/2026-11/"))
    assert browser.get("/studio/statements/2026-11/EUR.json").status_code == 404
    assert browser.get("/studio/statements/2026-10/").status_code == 404
    assert sign_in(month.cleo.user).get("/studio/statements/2026-11/").status_code == 404


def test_a_statement_of_an_unchanged_estimate_says_so(sign_in: SignIn) -> None:
    month = make_month()
    make_estimate()
    make_close()
    page = page_text(sign_in(month.ada.user).get("/studio/statements/2026-11/"))
    assert "Nothing changed: every line is exactly what was estimated last" in page


def test_a_download_holds_each_line_and_no_formula(sign_in: SignIn) -> None:
    month = make_month()
    month.dunes.title = "=1+1"
    month.dunes.save()
    make_close()
    answer = sign_in(month.ada.user).get("/studio/earnings/lines.csv?period=2026-11")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    micros = sum(int(row["amount"].replace(".", "")) for row in rows)
    assert micros == paid(month)
    assert {row["title"] for row in rows} == {"'=1+1", "Loom"}
    assert {row["status"] for row in rows} == {"final"}
    assert "2026-11-final.csv" in answer["Content-Disposition"]


def test_lines_are_narrowed_to_a_day_a_video_a_country(sign_in: SignIn) -> None:
    month = make_month()
    make_close()
    browser = sign_in(month.ada.user)
    address = "/studio/earnings/lines/?period=2026-11"
    assert "on 4 lines" in page_text(browser.get(address))
    assert "on 1 line." in page_text(browser.get(f"{address}&day=2026-11-03"))
    assert "“Loom” in November 2026" in page_text(browser.get(f"{address}&video={month.loom.pk}"))
    assert "France in November 2026" in page_text(browser.get(f"{address}&country=FR"))
    assert "Nothing was earned here" in page_text(browser.get(f"{address}&day=2026-11-09"))
    assert "on 4 lines" in page_text(browser.get(f"{address}&day=yesterday"))
    assert browser.get("/studio/earnings/?period=autumn").status_code == 404


def test_where_the_money_is_and_what_changed(sign_in: SignIn) -> None:
    month = make_month()
    make_close()
    watch(month.dunes, 3, day=31)
    make_estimate(at=AFTER + 3 * DAY)
    page = page_text(sign_in(month.ada.user).get("/studio/"))
    assert "more on" in page  # the statement waits in its hold window
    assert "Engaged views a day" in page
    assert "engaged views, on your statement" in page
    assert "First steps" not in page


def test_two_counts_of_one_period_at_once_keep_one(monkeypatch: pytest.MonkeyPatch) -> None:
    month = make_month()
    watch(month.dunes, 3)
    (running,) = settlement.refresh_estimates(at=NOON + DAY)[-1:]
    counting = "takings.insights.actions.showings.daily_counts"

    def overtaken(**wanted: Any) -> object:
        """Let somebody else count the period while this one is being counted."""
        monkeypatch.setattr(counting, daily_counts)
        actions.tally_showings(period=running, at=NOON + DAY)
        return daily_counts(**wanted)

    monkeypatch.setattr(counting, overtaken)
    later = actions.tally_showings(period=running, at=NOON + 2 * DAY)
    assert later == Tally.objects.get()
    assert later.counted_at == NOON + DAY


def test_pages_ask_the_database_a_bounded_number_of_times(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    month = make_month()
    for number in range(6):
        watch(make_video(month.ada, duration_ms=20_000, at=NOON), 2, day=number % 3)
    make_close()
    browser = sign_in(month.ada.user)
    for address, most in (
        ("/studio/", 35),
        ("/studio/earnings/?period=2026-11", 30),
        ("/studio/earnings/lines/?period=2026-11", 20),
        ("/studio/statements/2026-11/", 25),
        ("/studio/statements/", 15),
    ):
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200


def test_the_api_gives_the_same_earnings(sign_in: SignIn) -> None:
    month = make_month()
    make_close()
    browser = sign_in(month.ada.user)
    answer = browser.get("/api/studio/earnings?period=2026-11").json()
    assert answer["total"] == {"micros": paid(month), "currency": "USD"}
    assert answer["period"]["status"] == "final"
    running = browser.get("/api/studio/earnings").json()
    assert running["period"]["status"] == "estimated"
    assert Client().get("/api/studio/earnings").status_code == 401
