"""Creators: goals, how far each is, a new one, and ending one early."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.gifts.actions.goals import set_goal, stop_goal
from takings.gifts.queries import goals as ask
from takings.gifts.rules import COIN
from takings.gifts.rules.goals import MICROS, GoalPlan
from takings.gifts.views.forms import GoalForm
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import access_own_creator
from takings.policies.queries import fan_rule_at

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest) -> HttpResponse:
    """Show a creator's goals, the newest first, and set one."""
    creator, at = access_own_creator(user=request.user), clock.now()
    form = GoalForm(request.POST if request.method == "POST" else None, creator=creator)
    if form.is_bound and form.is_valid():
        try:
            set_goal(creator=creator, plan=_plan(form, creator), at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Set. Viewers see it on your fans’ page.")
            return redirect("gifts:goals")
    page = Paginator(ask.goals_of(creator=creator), PAGE).get_page(request.GET.get("page"))
    context = {
        "creator": creator,
        "form": form,
        "goal_id": form["id"].value() or ids.uuid7(at=at),
        "page": page,
        "rows": [ask.standing_of(goal=goal, at=at) for goal in page],
        "rule": fan_rule_at(at=at),
        "time_zone": creator.user.time_zone,
    }
    return render(request, "gifts/studio/goals.html", context, status=422 if form.errors else 200)


@require_POST
def stop(request: HttpRequest, goal_id: uuid.UUID) -> HttpResponse:
    """End a goal early."""
    creator = access_own_creator(user=request.user)
    stop_goal(goal=ask.goal_of(creator=creator, goal_id=goal_id), at=clock.now())
    messages.success(request, "Ended. What came until now stays.")
    return redirect("gifts:goals")


def _plan(form: GoalForm, creator: Creator) -> GoalPlan:
    """Return what was filled in; a time is one of the creator's own zone."""
    data = form.cleaned_data
    video, zone = data["video"], ZoneInfo(creator.user.time_zone)
    return GoalPlan(
        id=data["id"],
        title=data["title"],
        coins=Money(data["coins"] * MICROS, COIN),
        ends_at=data["ends_at"].replace(tzinfo=zone),
        video_id=video.pk if video else None,
    )
