"""The pool page: a creator's part of each country's pool, and the sums it follows from."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from takings.events.queries import Outcome
from takings.insights.models import Showings, Tally
from takings.insights.queries import earnings as ask
from takings.insights.queries.pools import Asked, NoPoolThere, own_countries, own_pools
from takings.insights.rules.arithmetic import PoolNumbers
from takings.insights.rules.earnings import CountryShare
from takings.insights.rules.own_pools import EstimatedPool, Filled, FinalPool
from takings.insights.rules.reasons import what_to_do
from takings.money import Money
from takings.people.models import User
from takings.policies.queries import policy
from takings.settlement import actions as settlement
from takings.settlement.models import Period, PoolResult
from tests.make.insights import make_close, make_month
from tests.make.ledger import usd
from tests.make.pages import page_links, page_text
from tests.make.people import make_user
from tests.make.settlement import (
    DECEMBER,
    NOVEMBER_1,
    Act,
    counted,
    counting,
    make_act,
    make_fund,
    make_pool,
)
from tests.make.videos import make_track

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ADDRESS = "/studio/pool/2026-11/"
TENTH = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)


def make_four() -> tuple[Act, Act, Act, Act]:
    """Ada, Ben (with one track) and Cleo share; Dan and Eve do not."""
    ada, ben, cleo = make_act("Ada"), make_act("Ben", tracks=[make_track()]), make_act("Cleo")
    return ada, ben, cleo, make_act("Dan", shares=False)


def close(*rows: tuple[Act, int, str]) -> None:
    views = counting(*(counted(act, views, country=country) for act, views, country in rows))
    settlement.close_period(name="2026-11", at=DECEMBER, count=views)


def plain(sentence: str) -> str:
    """Return the sentence with ordinary spaces."""
    return " ".join(sentence.split())


def asked(act: Act) -> Asked:
    return Asked(act.creator, ask.period_named(name="2026-11"), "USD")


def pools_of(act: Act) -> list[FinalPool | EstimatedPool]:
    return own_pools(asked=asked(act), places=own_countries(asked=asked(act)))


def test_a_pool_is_told_from_all_views_to_the_amount() -> None:
    ada, ben, cleo, dan = make_four()
    eve = make_act("Eve", shares=False)
    make_pool("100")
    close((ada, 10, "DE"), (ben, 20, "DE"), (cleo, 50, "DE"), (dan, 10, "DE"), (eve, 10, "DE"))
    [pool] = pools_of(ada)
    assert isinstance(pool, FinalPool)
    # 80 of 100 views share: $80, less half of what Ben's 20 stand for ($10) is $70;
    # Ada's eighth is $8.75, and 45 % of it $3.9375.
    assert plain(pool.sentence) == (
        "Of 80 counted views of creators who share in Germany, 10 were yours: 12.50 %. That part "
        "of the creators' pool of $70.00 is $8.75, and 45 % of it is yours: $3.9375."
    )
    assert pool.music == (
        "$10.00 went to the rights holders of music before anybody's part. 20 of the views that "
        "share were of videos with music; whether yours were among them changes nothing for you."
    )
    assert pool.unshared == 20
    assert [(part.label, part.amount) for part in pool.parts] == [
        ("You", usd("3.9375")),
        ("Other creators", usd("27.5625")),
        ("Rights holders of music", usd("10")),
        ("Platform", usd("58.5")),
    ]
    assert [zoom.permille for zoom in pool.zooms] == [700, 125, 450]
    assert pool.steps[-1].result == "$3.9375"


FOLLOWED = CountryShare(
    country="DE",
    pool=PoolNumbers(
        total=Money(4_250, "USD"),
        views=10,
        sharing_views={0: 8, 1: 2},
        rule=policy("house@2026-01-01").pool,
    ),
    own_views=1,
    paid=Money(172, "USD"),
    platform=Money(2_104, "USD"),
    rights=Money(425, "USD"),
    entry_id=None,
)
"""Ada's part of the one amount that the documentation follows."""


def test_a_small_part_is_not_shown_as_nothing() -> None:
    pool = replace(FOLLOWED.pool, views=1_000_000, sharing_views={0: 1_000_000})
    tiny = FinalPool(share=replace(FOLLOWED, pool=pool), filled=Filled(1, 1))
    assert "1 was yours: 0.0001 %." in plain(tiny.sentence)


def test_the_sentence_of_the_documentation_is_what_the_page_says() -> None:
    sentence = FinalPool(share=FOLLOWED, filled=Filled(1, 1)).sentence
    told = Path(settings.BASE_DIR, "docs/streams/advertising.md").read_text()
    assert plain(sentence) in " ".join(told.replace("\n> ", " ").split())


def test_the_numbers_lead_to_the_trace(sign_in: SignIn) -> None:
    ada, ben, cleo, _ = make_four()
    make_pool("100")
    close((ada, 1, "DE"), (ben, 1, "DE"), (cleo, 1, "DE"))
    answer = sign_in(ada.creator.user).get(ADDRESS)
    page = page_text(answer)
    assert "Of 3 counted views of creators who share in Germany, 1 was yours: 33.33… %." in page
    entry = PoolResult.objects.get().entry_id
    assert page_links(answer, "/trace/entry/") == [f"/trace/entry/{entry}/"]
    [lines] = page_links(answer, "/studio/earnings/lines/")
    assert lines.endswith("?period=2026-11&currency=USD&country=DE")
    opened = page_text(sign_in(ada.creator.user).get(lines))
    assert "$12.50" in opened


def test_one_alone_may_see_all_of_it() -> None:
    ada, *_ = make_four()
    make_pool("100")
    close((ada, 1, "DE"))
    [pool] = pools_of(ada)
    assert isinstance(pool, FinalPool)
    assert "1 was yours: 100.00 %" in plain(pool.sentence)
    assert pool.music == "No video with music was watched, so the whole pool stayed together."


def test_an_estimate_is_called_one_and_says_why_it_changes(sign_in: SignIn) -> None:
    ada, ben, cleo, _ = make_four()
    make_pool("100")
    make_pool("8", country="FR")
    settlement.refresh_estimates(
        at=TENTH,
        count=counting(
            counted(ada, 10),
            counted(cleo, 20),
            counted(make_act("Finn"), 10),
            counted(ada, 1, country="FR"),
            counted(ben, 3, country="FR"),
        ),
    )
    germany, france = pools_of(ada)
    assert plain(germany.sentence) == (
        "Of 40 counted views of creators who share in Germany so far, 10 were yours: 25.00 %. "
        "All creators together would get $45.00, you $11.25."
    )
    # Half of what Ben's three quarters stand for is music: $3; 45 % of a quarter of $5.
    assert plain(france.sentence) == (
        "Of 4 counted views of creators who share in France so far, 1 was yours: 25.00 %. "
        "All creators together would get $2.25, you $0.5625."
    )
    page = page_text(sign_in(ada.creator.user).get(ADDRESS))
    assert "These are estimates" in page
    assert "up to 7 days late" in page
    assert "In the pool now: $8.00" in page


def test_countries_are_paged_and_one_can_be_asked_for(sign_in: SignIn) -> None:
    ada, *_ = make_four()
    countries = ("AT", "BE", "CH", "DE", "ES", "FR")
    for number, country in enumerate(countries):
        make_pool(str(60 - number), country=country)
    close(*((ada, 1, country) for country in countries))
    browser = sign_in(ada.creator.user)
    first, second = (page_text(browser.get(f"{ADDRESS}?page={page}")) for page in (1, 2))
    assert "Austria" in first
    assert "$27.00" in first
    assert "$24.75" not in first
    assert "$24.75" in second
    one = page_text(browser.get(f"{ADDRESS}?country=ES"))
    assert "$25.20" in one
    assert "Austria" not in one
    missing = browser.get(f"{ADDRESS}?country=JP")
    assert missing.status_code == 404
    assert "No view of yours in Japan shares in November 2026." in missing.content.decode()
    with pytest.raises(NoPoolThere):
        own_countries(asked=asked(ada), country="JP")


def test_what_did_not_count_says_what_one_can_do(sign_in: SignIn) -> None:
    ada, *_ = make_four()
    close((ada, 1, "DE"))
    tally = Tally.objects.create(period=Period.objects.get(), snapshot_id=7, counted_at=DECEMBER)
    for outcome, showings in {"qualified": 1, "too_short": 4}.items():
        Showings.objects.create(
            tally=tally,
            creator=ada.creator,
            video_id=ada.video_id,
            day=NOVEMBER_1,
            country="DE",
            outcome=outcome,
            showing_count=showings,
        )
    page = page_text(sign_in(ada.creator.user).get(ADDRESS))
    assert "5 showings" in page
    assert "Too shortUnder 5 seconds and 30 %.Begin with what happens" in page.replace("> ", ">")


def test_every_reason_has_its_advice() -> None:
    unknown = what_to_do("something new")
    assert what_to_do(Outcome.QUALIFIED) == ""
    assert [one for one in Outcome if what_to_do(one) == unknown] == []


def test_whoever_has_no_part_is_told_why(sign_in: SignIn) -> None:
    ada, _, _, dan = make_four()
    page = page_text(sign_in(ada.creator.user).get(ADDRESS))
    assert "You have no part of a pool yet" in page
    assert "Nobody watched your videos so far." in page
    close((dan, 3, "DE"))
    page = page_text(sign_in(dan.creator.user).get(ADDRESS))
    assert "You do not share in the ad pool yet." in page


def test_only_ones_own_studio_opens_and_an_unknown_period_is_refused(sign_in: SignIn) -> None:
    ada, *_ = make_four()
    missing = sign_in(ada.creator.user).get("/studio/pool/never/")
    assert missing.status_code == 404
    assert "never" in missing.content.decode()
    assert sign_in(make_user()).get(ADDRESS)["Location"] == "/studio/open/"
    assert "/accounts/login/" in Client().get(ADDRESS)["Location"]


def test_a_part_of_a_fund_stands_below_the_pools_of_ads(sign_in: SignIn) -> None:
    ada, *_ = make_four()
    make_pool("30", period="2027-01")
    make_fund("10")
    views = counting(counted(ada, 1_000, day=dt.date(2027, 1, 5)))
    settlement.close_period(name="2027-01", at=dt.datetime(2027, 2, 1, tzinfo=dt.UTC), count=views)
    answer = sign_in(ada.creator.user).get("/studio/pool/2027-01/")
    page = page_text(answer)
    assert "Of 1,000 counted views of creators who share in Germany, 1,000 were yours" in page
    assert "From other pools Germany · Creator fund for 1,000 views$0.030000" in page
    fund = PoolResult.objects.get(product="creator_fund").entry_id
    assert f"/trace/entry/{fund}/" in page_links(answer, "/trace/entry/")


@pytest.mark.usefixtures("lake")
def test_what_filled_a_pool_is_counted_in_ads() -> None:
    month = make_month()
    make_close()
    found = Asked(month.ada, ask.period_named(name="2026-11"), "USD")
    germany, france = own_pools(asked=found, places=own_countries(asked=found))
    assert (germany.filled.impressions, germany.filled.campaigns) == (31, 1)
    assert (france.filled.impressions, france.filled.campaigns) == (7, 1)
