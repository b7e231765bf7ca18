"""Reserves by policy: part of what is released waits some days more, and goes back by itself."""

import datetime as dt
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from takings.ledger.queries import check_books, entry
from takings.money import Money
from takings.people.models import User
from takings.policies.queries import packs
from takings.policies.rules import BrokenPack, describe, read_pack
from takings.settlement.actions import (
    close_period,
    lift_ended_holds,
    lift_hold,
    release,
    release_earnings,
)
from takings.settlement.models import EarningsHold, HoldLift, Period, Statement
from takings.settlement.queries import open_holds, payable_from
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.pages import page_text
from tests.make.people import make_operator
from tests.make.settlement import (
    DECEMBER,
    WINDOW,
    Act,
    counted,
    counting,
    make_act,
    make_hold,
    make_pool,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
RELEASE = DECEMBER + WINDOW
NEW = "feed_ads new 1000 30"
FACT = {"unit": "", "mark": "house", "source": "a test"}
Keep = Callable[..., None]


def tree(**facts: object) -> dict[str, Any]:
    """Return the house pack, the version of 2026 with these facts about settlement."""
    said = tomllib.loads((packs.PACKS / "house.toml").read_text(encoding="utf-8"))
    said["version"][1]["settlement"] |= {name: {"value": v, **FACT} for name, v in facts.items()}
    return said


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch) -> Keep:
    """Let the house policy say more about settlement."""

    def say(**facts: object) -> None:
        found = read_pack(tree(**facts))
        monkeypatch.setattr(packs, "versions", lambda *, pack="house": found if pack else ())

    return say


def earn() -> Act:
    """Let Ada, whose studio is open since October, earn 45 dollars in November."""
    act = make_act("Ada")
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    return act


def money_of(act: Act) -> tuple[Money, Money]:
    owner = f"creator:{act.creator.pk}"
    return dollars(f"{owner}:payable"), dollars(f"{owner}:held")


def test_a_new_creator_s_reserve_waits_and_goes_back_by_itself(keep: Keep) -> None:
    keep(reserves=[NEW], new_days=90)
    ada = earn()
    for _ in range(2):
        release_earnings(at=RELEASE)
        assert money_of(ada) == (usd("40.50"), usd("4.50"))
    [hold] = open_holds(creator=ada.creator)
    assert hold.reason == (
        "Reserve: 10 % of what is released in a studio's first 90 days is kept for 30 days."
    )
    assert (hold.ends_at, hold.held_by) == (RELEASE + 30 * DAY, None)
    assert entry(id=hold.entry_id).kind == "earnings_held"
    assert check_books() == []
    assert lift_ended_holds(at=RELEASE + 30 * DAY - dt.timedelta.resolution) == 0
    assert lift_ended_holds(at=RELEASE + 30 * DAY) == 1
    assert money_of(ada) == (usd("45"), usd("0"))
    assert HoldLift.objects.get().lifted_by is None
    assert check_books() == []


@pytest.mark.parametrize(
    ("rows", "new_days", "held"),
    [
        ([], 90, "0"),
        ([NEW], 10, "0"),  # no longer new
        (["gifts any 1000 30"], 90, "0"),
        ([NEW, "feed_ads any 200 10"], 90, "4.50"),  # the first that fits
        ([NEW, "feed_ads any 200 10"], 10, "0.90"),
    ],
)
def test_the_first_rule_that_fits_stream_and_standing_counts(
    keep: Keep, *, rows: list[str], new_days: int, held: str
) -> None:
    keep(reserves=rows, new_days=new_days)
    ada = earn()
    release_earnings(at=RELEASE)
    assert money_of(ada) == (usd("45") - usd(held), usd(held))
    assert check_books() == []


@pytest.mark.parametrize(("owed", "kept"), [("42", "3"), ("50", "0")])
def test_what_is_owed_is_settled_before_anything_is_kept(keep: Keep, owed: str, kept: str) -> None:
    keep(reserves=[NEW], new_days=90)
    ada = earn()
    make_posted(move(f"creator:{ada.creator.pk}:payable", "rights:other", owed))
    release_earnings(at=RELEASE)
    assert money_of(ada) == (usd("45") - usd(owed) - usd(kept), usd(kept))
    assert check_books() == []


def test_two_workers_that_saw_the_same_statement_keep_one_reserve(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(reserves=[NEW], new_days=90)
    ada = earn()
    told = Statement.objects.select_related("period", "creator").get()
    monkeypatch.setattr(release, "_due", lambda *, at: [told, told] if at else [])
    assert release_earnings(at=RELEASE).released_count == 1
    assert money_of(ada) == (usd("40.50"), usd("4.50"))
    assert check_books() == []


def test_a_statement_of_nothing_keeps_nothing(keep: Keep) -> None:
    keep(reserves=[NEW], new_days=90)
    act = make_act("Ada")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    assert release_earnings(at=RELEASE).released_count == 1
    assert not EarningsHold.objects.exists()


def test_an_operator_may_give_a_reserve_back_earlier_with_a_reason(keep: Keep) -> None:
    keep(reserves=[NEW], new_days=90)
    ada = earn()
    release_earnings(at=RELEASE)
    lift_hold(
        hold=EarningsHold.objects.get(), operator=make_operator(), reason="Known well.", at=RELEASE
    )
    assert money_of(ada) == (usd("45"), usd("0"))
    assert check_books() == []


def test_the_check_finds_a_reserve_that_no_policy_asks_for(keep: Keep) -> None:
    keep(reserves=[NEW], new_days=90)
    earn()
    release_earnings(at=RELEASE)
    keep()
    [finding] = check_books()
    assert "keeps 4500000 micro-units, its policy 0" in finding.sentence


def test_either_a_person_or_a_policy_holds() -> None:
    ada = make_act("Ada")
    hold = make_hold(ada.creator, make_operator())
    before = all_balances()
    hold.pk, hold.held_by, hold.entry_id = hold.entry_id, None, hold.pk
    with pytest.raises(IntegrityError, match="a_person_or_a_policy_holds"), transaction.atomic():
        hold.save(force_insert=True)
    assert all_balances() == before


def test_a_stream_has_a_hold_window_of_its_own(keep: Keep) -> None:
    november = Period(closed_at=DECEMBER, policy_version="house@2026-01-01")
    assert payable_from(period=november) == DECEMBER + 7 * DAY
    keep(stream_hold_days=["gifts 21", "feed_ads 10"])
    assert payable_from(period=november) == DECEMBER + 10 * DAY


def test_people_read_of_reserves_and_windows_in_the_terms() -> None:
    said = read_pack(tree(reserves=[NEW], new_days=90, stream_hold_days=["gifts 21"]))
    told = [sentence.text for sentence in describe(said[1])]
    assert (
        "What is kept in reserve goes back by itself: 10 % of what is released in a studio's "
        "first 90 days is kept for 30 days (feed_ads)."
    ) in told
    assert (
        "Earnings are held for 7 days (of gifts: 21) after the close, then may be paid out."
    ) in told
    assert not any("reserve" in sentence.text for sentence in describe(said[0]))


@pytest.mark.parametrize(
    "facts",
    [
        {"reserves": ["feed_ads new 1000 30"]},  # and what is new?
        {"reserves": ["feed_ads old 1000 30"], "new_days": 9},
        {"reserves": ["feed_ads any 10001 30"]},
        {"reserves": ["feed_ads any 0 30"]},
        {"reserves": ["feed_ads any 100 0"]},
        {"reserves": ["feed_ads any 100"]},
        {"reserves": "feed_ads any 100 30"},
        {"stream_hold_days": ["gifts"]},
        {"stream_hold_days": ["gifts -1"]},
    ],
)
def test_a_pack_that_says_no_reserve_is_broken(facts: dict[str, object]) -> None:
    with pytest.raises(BrokenPack, match="settlement"):
        read_pack(tree(**facts))


def test_the_creator_and_the_desk_see_it(keep: Keep) -> None:
    keep(reserves=[NEW], new_days=90)
    ada = earn()
    release_earnings(at=RELEASE)
    page = page_text(signed_in(ada.creator.user).get("/studio/statements/2026-11/"))
    assert "$4.50 is held until" in page
    assert "In reserve Reserve: 10 % of what is released" in page
    assert "Until 7 January 2027, 00:00 UTC." in page
    assert "Policy" in page_text(signed_in(make_operator()).get("/desk/holds/"))
    lift_ended_holds(at=RELEASE + 30 * DAY)
    page = page_text(signed_in(ada.creator.user).get("/studio/statements/2026-11/"))
    assert "Payable again since 7 January 2027, 00:00 UTC." in page


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
