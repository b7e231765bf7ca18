"""What shows only in many ads together: each rule at its limit, and one beyond it."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import replace

from takings.ads.queries.traffic import rules_on
from takings.ads.rules.traffic import Flaw, Sighting, find_invalid
from takings.policies.queries import traffic_rules, versions
from takings.policies.rules import TrafficRules
from tests.make.people import NOON

ADA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)
MS = dt.timedelta(milliseconds=1)
RULES = TrafficRules(
    version="traffic@test",
    effective_from=dt.date(2026, 1, 1),
    window_days=30,
    viewer_ads=6,
    network_ads=12,
    viewer_campaigns=4,
    one_ad_ms=2_000,
    rhythm_ads=5,
    rhythm_ms=500,
    click_ms=300,
    click_percent=50,
    viewer_clicks=2,
    network_clicks=3,
)
STEPS = (0, 7, 31, 38, 90, 97, 150, 210, 270, 333)
"""Seconds between which nobody finds a rhythm."""


def seen(
    number: int, *, viewer: uuid.UUID = ADA, network: int = 0, at: dt.datetime | None = None
) -> Sighting:
    """Return the viewer's ad of this number, seen at a time of no rhythm."""
    decided = NOON + STEPS[number % 10] * 1_000 * MS + number // 10 * dt.timedelta(hours=1)
    return Sighting(
        decision_id=uuid.uuid4(),
        campaign_id=uuid.UUID(int=7),
        viewer_id=viewer,
        network=network,
        decided_at=decided,
        seen_at=at or decided + 3_000 * MS,
    )


def clicked(one: Sighting, *, after_ms: int = 4_000) -> Sighting:
    return replace(one, clicked_at=one.decided_at + after_ms * MS)


def flaws(sightings: list[Sighting], *no_people: uuid.UUID) -> Counter[Flaw]:
    return Counter(find_invalid(sightings, no_people=no_people, rules=RULES).values())


def test_people_who_watch_pay() -> None:
    assert flaws([seen(number) for number in range(6)] + [seen(1, viewer=BEN)]) == {}
    assert flaws([]) == {}


def test_who_was_no_person_elsewhere_is_none_here() -> None:
    sightings = [seen(0), seen(1), seen(2, viewer=BEN)]
    assert flaws(sightings, ADA) == {Flaw.NO_PERSON: 2}


def test_a_viewer_of_too_many_ads_saw_none() -> None:
    assert flaws([seen(number) for number in range(7)] + [seen(0, viewer=BEN)]) == {
        Flaw.BUSY_VIEWER: 7
    }


def test_a_network_of_too_many_ads_saw_none_and_an_unknown_one_is_no_network() -> None:
    crowd = [seen(n % 5, viewer=uuid.UUID(int=n // 3 + 9), network=4) for n in range(13)]
    assert flaws(crowd[:12]) == {}
    assert flaws(crowd) == {Flaw.BUSY_NETWORK: 13}
    assert flaws([replace(one, network=0) for one in crowd]) == {}


def test_a_viewer_of_too_many_campaigns_is_sent_through_them() -> None:
    ads = [replace(seen(number), campaign_id=uuid.UUID(int=number)) for number in range(5)]
    assert flaws(ads[:4]) == {}
    assert flaws(ads) == {Flaw.MANY_CAMPAIGNS: 5}


def test_three_ads_in_the_time_of_one_were_not_seen_and_two_may_be_in_two_windows() -> None:
    start = seen(0).seen_at
    later = [start, start + 900 * MS, start + 1_999 * MS, start + 3_998 * MS]
    ads = [seen(0, at=at) for at in later]
    assert flaws([*ads[:2], *ads[3:]]) == {}
    assert flaws(ads[:3]) == {Flaw.AT_ONCE: 3}
    assert flaws([ads[0], ads[1], replace(ads[2], seen_at=start + 2_000 * MS)]) == {}


def test_a_rhythm_that_no_person_keeps() -> None:
    beat = [seen(0, at=NOON + number * 60_000 * MS) for number in range(5)]
    late = replace(beat[4], seen_at=beat[4].seen_at + 501 * MS)
    assert flaws(beat) == {Flaw.RHYTHM: 5}
    assert flaws(beat[:4]) == {}
    assert flaws([*beat[:4], late]) == {}


def test_a_click_before_anyone_can_have_looked() -> None:
    ads = [clicked(seen(0), after_ms=299), clicked(seen(1), after_ms=300), seen(2), seen(3)]
    assert flaws(ads) == {Flaw.EARLY_CLICK: 1}


def test_who_clicks_on_most_of_their_ads_clicks_for_somebody() -> None:
    ads = [clicked(seen(0)), clicked(seen(1)), seen(2), seen(3)]
    assert flaws(ads) == {}
    assert flaws(ads[:3]) == {Flaw.CLICKER: 2}
    assert flaws([ads[0]]) == {}
    assert flaws([replace(one, paid_by_click=True) for one in ads[:2]] + ads[2:]) == {}


def test_a_network_that_clicks_on_most_of_its_ads() -> None:
    ads = [clicked(seen(n, viewer=uuid.UUID(int=n + 9), network=4)) for n in range(3)]
    assert flaws(ads) == {Flaw.CLICKING_NETWORK: 3}
    assert flaws(ads[:2]) == {}


def test_the_first_reason_is_given() -> None:
    found = flaws([clicked(seen(number), after_ms=1) for number in range(7)], BEN)
    assert found == {Flaw.BUSY_VIEWER: 7}
    assert all(flaw.sentence.endswith(".") for flaw in Flaw)


def test_a_day_is_judged_by_the_set_that_held_on_it() -> None:
    known = traffic_rules()
    assert rules_on(dt.date(2026, 11, 3)) is known[-1]
    assert rules_on(dt.date(1999, 1, 1)) is known[0]
    starts = [one.effective_from for one in known]
    assert starts == sorted(set(starts))
    assert [one.version for one in known] == [f"traffic@{day}" for day in starts]
    assert versions(pack="traffic") == ()
    assert known[0] == TrafficRules(
        "traffic@2025-01-01",
        dt.date(2025, 1, 1),
        *(30, 300, 10_000, 100, 2_000, 20, 500, 300, 50, 10, 50),
    )
