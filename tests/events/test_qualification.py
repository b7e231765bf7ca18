"""What platforms call a view, and what is no view by anybody's rule: each with its reason."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest

from takings.core import ids
from takings.events import queries
from takings.events.queries import Line, Outcome
from takings.events.rules.rows import EventRow
from takings.policies.queries import policy_at
from takings.policies.rules import Policy, TrafficRule, ViewRule
from tests.events.view_table import check_table, counted, definition, make_rows
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_creator, make_user
from tests.make.videos import make_video

DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
MIDNIGHT = NOON.replace(hour=0)
HOUSE = policy_at(at=NOON)
LIMITS = TrafficRule(
    viewer_views=4,
    network_views=6,
    slack_ms=60_000,
    parallel_views=2,
    farm_viewers=3,
    farm_percent=80,
    farm_audience=3,
)
pytestmark = pytest.mark.usefixtures("lake")


def under(**limits: int) -> Policy:
    """Return the house policy with these limits of a day."""
    return replace(HOUSE, view=replace(HOUSE.view, traffic=TrafficRule(**limits)))


def judged(video: uuid.UUID, policy: Policy) -> list[tuple[str, int]]:
    """Return the outcome of every view of the video that day, by start, and its evidence."""
    views = queries.views_of(line=Line(video, NOON.date(), "DE"), policy=policy)
    return [(view.outcome, view.evidence) for view in views]


def tally(policy: Policy, *, days: int = 1) -> dict[str, int]:
    """Return the views of some days by outcome."""
    ends_at = MIDNIGHT + days * DAY
    rows = queries.daily_counts(starts_at=MIDNIGHT, ends_at=ends_at, policy=policy).rows
    return {
        name: sum(r.views for r in rows if r.outcome == name) for name in {r.outcome for r in rows}
    }


def test_the_view_table_of_the_platforms() -> None:
    check_table(make_rows())


def test_exactly_five_seconds_count_or_not_as_the_comparator_says() -> None:
    video = make_video(make_creator(), duration_ms=60_000).pk
    make_segment(make_view(video, make_user().viewer_id, 5_000, country="US"))
    rule = definition("tiktok", "qualified")
    assert counted(rule, {"b": video}) == {"b": 1}
    assert counted(replace(rule, watch_comparator=">"), {"b": video}) == {"b": 0}


def test_a_view_counts_once_ever_where_the_rule_says_so() -> None:
    video = make_video(make_creator()).pk
    tom, ann = make_user("Tom").viewer_id, make_user("Ann").viewer_id
    make_segment(
        make_view(video, tom, 6_000, at=NOON - DAY),
        make_view(video, tom, 6_000, at=NOON),
        make_view(video, ann, 1_000, at=NOON),  # too short: her first is tomorrow's
        make_view(video, ann, 6_000, at=NOON + DAY),
        make_view(video, tom, 6_000, at=NOON + DAY),
    )
    once = replace(HOUSE, view=replace(HOUSE.view, once_ever=True, max_per_viewer_video_day=1))
    assert tally(HOUSE, days=2) == {"qualified": 3, "too_short": 1}
    assert tally(once, days=2) == {"qualified": 1, "too_short": 1, "repeat": 2}


def test_a_replay_inside_a_view_counts_where_the_rule_says_so_and_a_retry_never() -> None:
    video = make_video(make_creator()).pk
    watched = make_view(video, make_user().viewer_id, 6_000)
    again = replace(watched[1], type="replay", id=ids.uuid7(at=NOON + 9 * SECOND))
    make_segment([*watched, again, again])
    make_segment([again], name="retried")
    assert tally(HOUSE) == {"qualified": 1}
    public = replace(HOUSE, view=definition("youtube", "public"))
    assert tally(public) == {"qualified": 2}


def test_where_views_come_from_and_where_they_are_watched_may_matter() -> None:
    video = make_video(make_creator(), duration_ms=60_000).pk
    tom = make_user().viewer_id
    profile = make_view(video, tom, 9_000, surface="profile", country="US")
    make_segment(
        profile,
        make_view(video, tom, 9_000, country="IN", at=NOON + SECOND),
        make_view(video, tom, 9_000, country="US", surface="promoted", at=NOON + 2 * SECOND),
        [
            *(later := make_view(video, tom, 9_000, country="US", at=NOON + 3 * SECOND)),
            dislike(later),
        ],
        [dislike(make_view(video, tom, 9_000))],  # without a view it is none
    )
    tiktok = replace(HOUSE, view=definition("tiktok", "qualified"))
    assert tally(tiktok) == {
        Outcome.OTHER_SURFACE: 1,
        Outcome.OTHER_COUNTRY: 1,
        Outcome.PROMOTED: 1,
        Outcome.DISLIKED: 1,
    }
    assert tally(HOUSE) == {"qualified": 3, "repeat": 1}


def dislike(view: list[EventRow]) -> EventRow:
    """Return what a player sends when somebody is not interested."""
    return replace(view[0], type="not_interested", id=ids.uuid7(at=NOON + DAY / 4))


def test_machines_do_not_count_whatever_the_policy_says() -> None:
    video, tom = make_video(make_creator()).pk, make_user().viewer_id
    make_segment(
        make_view(video, tom, 9_000, ua_class="bot", net_class="blocked"),
        make_view(video, tom, 9_000, net_class="blocked", at=NOON + SECOND),
        make_view(video, tom, 9_000, net_class="hosting", at=NOON + 2 * SECOND),
    )
    assert judged(video, HOUSE) == [("bot", 0), ("blocked", 0), ("data_centre", 0)]


def test_nobody_watches_for_longer_than_time_passes() -> None:
    video, tom = make_video(make_creator()).pk, make_user().viewer_id
    honest = make_view(video, tom, 61_000)
    stretched = make_view(video, make_user("Eve").viewer_id, 1_000, at=NOON + SECOND)
    stretched[1] = replace(stretched[1], watched_ms=61_002)
    tolerated = make_view(video, make_user("Ann").viewer_id, 1_000, at=NOON + 2 * SECOND)
    tolerated[1] = replace(tolerated[1], watched_ms=60_999)
    backwards = make_view(video, make_user("Bob").viewer_id, 9_000, at=NOON + 3 * SECOND)
    backwards[1] = replace(backwards[1], type="end", id=ids.uuid7(at=NOON))
    make_segment(honest, stretched, tolerated, backwards)
    outcomes = [outcome for outcome, _ in judged(video, under(slack_ms=60_000))]
    assert outcomes == ["qualified", "impossible", "qualified", "impossible"]
    assert [outcome for outcome, _ in judged(video, HOUSE)] == [*["qualified"] * 3, "impossible"]


def test_a_viewer_beyond_the_limit_of_a_day_loses_all_of_that_day() -> None:
    video = make_video(make_creator()).pk
    tom, ann = make_user("Tom").viewer_id, make_user("Ann").viewer_id
    at = [NOON + SECOND * n for n in range(9)]
    make_segment(*(make_view(video, tom, 300, at=at[n]) for n in range(5)))
    make_segment(*(make_view(video, ann, 300, at=at[5 + n]) for n in range(4)))
    found = judged(video, under(viewer_views=4))
    assert found == [("busy_viewer", 5)] * 5 + [("too_short", 0)] * 4


def test_a_viewer_in_more_players_at_once_than_allowed_is_nobody() -> None:
    video, tom = make_video(make_creator(), duration_ms=600_000).pk, make_user().viewer_id
    make_segment(*(make_view(video, tom, 50_000, at=NOON + SECOND * n) for n in range(3)))
    policy = under(parallel_views=2, slack_ms=1_000)
    assert judged(video, policy) == [("everywhere", 150_000)] * 3  # in 52 seconds
    assert {name for name, _ in judged(video, under(parallel_views=3, slack_ms=1_000))} == {
        "qualified"
    }


def test_a_network_beyond_the_limit_of_a_day_and_one_that_is_unknown() -> None:
    video = make_video(make_creator()).pk
    viewers = [make_user(f"V{n}").viewer_id for n in range(4)]
    make_segment(*(make_view(video, v, 6_000, at=NOON, network=7) for v in viewers[:3]))
    make_segment(*(make_view(video, v, 6_000, at=NOON + SECOND, network=0) for v in viewers))
    assert (
        judged(video, under(network_views=2)) == [("busy_network", 3)] * 3 + [("qualified", 0)] * 4
    )


def test_farms_of_viewers_by_number_and_by_part_of_the_audience() -> None:
    ada = make_creator()
    video, other = make_video(ada).pk, make_video(ada).pk
    viewers = [make_user(f"V{n}").viewer_id for n in range(6)]
    make_segment(*(make_view(video, v, 6_000, at=NOON, network=7) for v in viewers[:4]))
    make_segment(*(make_view(video, v, 6_000, at=NOON + SECOND, network=9) for v in viewers[4:5]))
    make_segment(make_view(other, viewers[0], 6_000, network=7))
    many = under(farm_viewers=3)
    assert judged(video, many) == [("farm", 4)] * 4 + [("qualified", 0)]
    assert judged(other, many) == [("qualified", 0)]
    mostly = under(farm_percent=79, farm_audience=5)  # four of five are 80 %
    assert judged(video, mostly) == [("farm", 4)] * 4 + [("qualified", 0)]
    for spared in (
        under(farm_percent=80, farm_audience=5),
        under(farm_percent=79, farm_audience=6),
    ):
        assert judged(video, spared) == [("qualified", 0)] * 5


def test_the_first_reason_that_applies_is_told() -> None:
    """A robot on a blocked network that watches its own video is a robot."""
    ada = make_creator()
    video = make_video(ada).pk
    own = make_view(video, ada.user.viewer_id, 300, ua_class="bot", net_class="blocked")
    make_segment(own)
    assert judged(video, replace(HOUSE, view=replace(HOUSE.view, traffic=LIMITS))) == [("bot", 0)]


def test_a_rule_without_limits_limits_nothing() -> None:
    assert not TrafficRule().limits
    assert all(
        TrafficRule(**{name: 1}).limits for name in ("viewer_views", "slack_ms", "farm_percent")
    )
    assert isinstance(HOUSE.view, ViewRule)
