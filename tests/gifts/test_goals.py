"""Goals: so many coins until a time; what came of it is what the gifts say, each time."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from takings.core import clock
from takings.gifts.actions import undo_gift
from takings.gifts.actions.goals import set_goal, stop_goal
from takings.gifts.models import Goal
from takings.gifts.queries.goals import NoSuchGoal, goal_of, running_goals, standing_of
from takings.gifts.queries.insights import NotYourVideo
from takings.gifts.rules.goals import BadGoal, GoalIdTaken, GoalPlan, GoalState, TooManyGoals
from takings.live.rules.chat import NoLinks, NothingSaid, TooLong
from takings.people.models import User
from tests.make.gifts import coins, give, make_gift_kind
from tests.make.passes import Time
from tests.make.settlement import Act, make_act

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def plan(count: int = 200, *, title: str = "A new microphone", days: int = 3) -> GoalPlan:
    return GoalPlan(uuid4(), title, coins(count), clock.now() + days * DAY)


def stands(goal: Goal) -> tuple[int, GoalState, int]:
    goal.refresh_from_db()
    found = standing_of(goal=goal, at=clock.now()).progress
    return found.came.micros // 10**6, found.state, found.percent


def test_gifts_reach_a_goal_and_a_gift_that_is_taken_back_moves_it_back(
    ada: Act, vera: User, time: Time
) -> None:
    rose = make_gift_kind(199)
    give(vera, ada, rose)
    time.go(1, 25, 15)
    goal = set_goal(creator=ada.creator, plan=plan(), at=clock.now())
    assert stands(goal) == (0, GoalState.RUNNING, 0)  # what came before does not count
    give(vera, ada, rose)
    assert stands(goal) == (199, GoalState.RUNNING, 99)
    gift = give(vera, ada, make_gift_kind(1))
    assert stands(goal) == (200, GoalState.REACHED, 100)
    undo_gift(gift=gift, at=clock.now())
    assert stands(goal) == (199, GoalState.RUNNING, 99)
    time.go(1, 28, 15)
    assert stands(goal) == (199, GoalState.MISSED, 99)
    give(vera, ada, rose)  # too late
    assert stands(goal) == (199, GoalState.MISSED, 99)
    assert not running_goals(creator=ada.creator, at=clock.now()).exists()


def test_the_tray_tells_goals_and_what_its_owner_is_to_the_creator(
    client: Client, ada: Act, vera: User
) -> None:
    client.force_login(vera)
    tray = f"/api/gifts/tray/{ada.video_id}"
    before = client.get(tray).json()
    assert (before["goals"], before["level"], before["is_anonymous"]) == ([], "", False)
    set_goal(creator=ada.creator, plan=plan(), at=clock.now())
    give(vera, ada, make_gift_kind(50))
    told = client.get(tray).json()
    [goal] = told["goals"]
    assert (goal["title"], goal["came"], goal["asked"]) == ("A new microphone", 50, 200)
    assert told["level"] == "New face"


def test_a_goal_of_a_video_counts_its_gifts_and_one_ended_early_those_until_then(
    ada: Act, vera: User, time: Time
) -> None:
    now, own = clock.now(), plan()
    goal = set_goal(creator=ada.creator, plan=replace(own, video_id=ada.video_id), at=now)
    give(vera, ada, make_gift_kind(50))
    assert stands(goal)[0] == 50
    for video_id, count in ((ada.video_id, 1), (uuid4(), 0)):
        assert running_goals(creator=ada.creator, at=now, video_id=video_id).count() == count
    time.go(1, 26)
    for _ in range(2):
        stop_goal(goal=goal, at=clock.now())
    give(vera, ada, make_gift_kind(60))
    assert stands(goal) == (50, GoalState.ENDED, 25)
    time.go(1, 26, 15)
    over = set_goal(creator=ada.creator, plan=plan(), at=clock.now())
    time.go(1, 30)
    stop_goal(goal=over, at=clock.now())
    assert stands(over) == (0, GoalState.MISSED, 0)
    assert [state.words for state in GoalState] == ["Running", "Reached", "Missed", "Ended early"]


def test_what_is_no_goal_is_refused_and_the_same_plan_is_one(ada: Act) -> None:
    creator, now = ada.creator, clock.now()
    for title, refusal in ((" ", NothingSaid), ("x" * 61, TooLong), ("see x.com", NoLinks)):
        with pytest.raises(refusal):
            set_goal(creator=creator, plan=plan(title=title), at=now)
    for wrong, why in (
        (replace(plan(), coins=coins(0)), "from 1 to 10,000,000"),
        (plan(10_000_001), "from 1 to 10,000,000"),
        (plan(days=0), "in the future"),
        (plan(days=32), "within 31 days"),
    ):
        with pytest.raises(BadGoal, match=why):
            set_goal(creator=creator, plan=wrong, at=now)
    alien = replace(plan(), video_id=make_act("Bea").video_id)
    with pytest.raises(NotYourVideo):
        set_goal(creator=creator, plan=alien, at=now)
    assert not Goal.objects.exists()
    first = plan()
    goal, again = (set_goal(creator=creator, plan=first, at=now) for _ in range(2))
    assert goal == again
    with pytest.raises(GoalIdTaken):
        set_goal(creator=creator, plan=replace(first, coins=coins(1)), at=now)
    for _ in range(2):
        set_goal(creator=creator, plan=plan(), at=now)
    with pytest.raises(TooManyGoals, match="3 goals"):
        set_goal(creator=creator, plan=plan(), at=now)
    assert Goal.objects.count() == 3
    assert goal_of(creator=creator, goal_id=goal.pk) == goal
    with pytest.raises(NoSuchGoal):
        goal_of(creator=make_act("Cleo").creator, goal_id=goal.pk)
