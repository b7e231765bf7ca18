"""Fans: what a creator offers, joining, and one's own memberships."""

import datetime as dt
from typing import Protocol

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.memberships.actions import fans
from takings.memberships.models import Member
from takings.memberships.queries.fans import members as ask
from takings.memberships.queries.fans.parting import back_for
from takings.memberships.queries.fans.rising import rises_of
from takings.memberships.queries.fans.tiers import offers_of, open_offer
from takings.memberships.rules import read_id
from takings.memberships.rules.tiers import Person, check_may_join
from takings.money import format_money
from takings.payments.queries import accepted_terms, show_terms
from takings.payments.rules import VERSION, Status
from takings.people.models import Creator, User
from takings.people.queries import access_self, creator_by_handle
from takings.policies.queries import member_rule_at


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show somebody's memberships: which run, until when, what they cost next."""
    user, at = access_self(user=request.user), clock.now()
    found = [ask.member_standing(one, at=at) for one in ask.memberships_of(user=user)]
    return render(request, "memberships/fans/mine.html", {"standings": found})


@require_safe
def join(request: HttpRequest, handle: str) -> HttpResponse:
    """Show to everybody what a creator offers, and how to join."""
    creator, at = creator_by_handle(handle=handle), clock.now()
    return render(request, "memberships/fans/join.html", _offers(request, creator, at=at))


def _offers(request: HttpRequest, creator: Creator, *, at: dt.datetime) -> dict[str, object]:
    user = request.user if isinstance(request.user, User) else None
    rule = member_rule_at(at=at)
    country = user.country if user else creator.user.country
    member = ask.member_of(user=user, creator=creator) if user else None
    standing = ask.member_standing(member, at=at) if member and member.joined_at else None
    return {
        "creator": creator,
        "offers": [(one.tier, one.price_for(country, rule=rule)) for one in offers_of(creator)],
        "signed_in": user is not None,
        "is_own": user is not None and creator.user_id == user.pk,
        "why_not": _why_not(user, at=at) if user else "",
        "standing": standing,
        "may_join": standing is None or standing.in_grace or not standing.is_member,
        "rule": rule,
        "payment_id": ids.uuid7(at=at),
        "terms": show_terms(at=at),
        "version": VERSION,
        "takes_cards": bool(settings.PAYMENT_ROUTES),
    }


def _why_not(user: User, *, at: dt.datetime) -> str:
    try:
        person = Person(user.country, user.born_on, user.is_active)
        check_may_join(person, rule=member_rule_at(at=at), day=at.date())
    except Refusal as refusal:
        return str(refusal)
    return ""


@require_POST
def buy(request: HttpRequest, handle: str) -> HttpResponse:
    """Lead to the card page; the form's id makes sending it twice the same as once."""
    user, at = access_self(user=request.user), clock.now()
    creator, tier_id = creator_by_handle(handle=handle), request.POST.get("tier", "")
    try:
        number = int(tier_id) if tier_id.isdecimal() else 0
        payment = fans.join(
            user=user,
            tier=open_offer(creator=creator, tier_id=number).tier,
            payment_id=read_id(request.POST.get("id", "")),
            at=at,
            accepted=accepted_terms(request.POST.get("terms", ""), at=at),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("fans:join", handle)
    return redirect("payments:go", payment_id=payment.pk)


@require_safe
def own(request: HttpRequest, member_id: int) -> HttpResponse:
    """Show one's membership: where it stands, what was paid, and what one can decide."""
    member = ask.access_membership(user=request.user, member_id=member_id)
    at, rule = clock.now(), member_rule_at(at=clock.now())
    standing = ask.member_standing(member, at=at)
    currency = standing.last.currency if standing.last else ""
    context = {
        "standing": standing,
        "member": member,
        "creator": member.creator,
        "others": [
            (one.tier, one.prices[currency])
            for one in offers_of(member.creator)
            if currency in one.prices and one.tier != member.tier
        ],
        "rises": rises_of(member, at=at),
        "listed": ask.payments_for_member(member),
        "steps": list(member.steps.order_by("-pk")),
        "back": back_for(standing.last, at=at) if standing.last else None,
        "rule": rule,
        "payment_id": ids.uuid7(at=at),
        "terms": show_terms(at=at),
    }
    return render(request, "memberships/fans/own.html", context)


@require_POST
def cancel(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let a membership end by itself."""
    told = "Your membership ends by itself; your card is charged no more."
    return _change(request, member_id, fans.cancel_membership, told=told)


@require_POST
def resume(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let a membership go on after all."""
    return _change(request, member_id, fans.resume_membership, told="Your membership goes on.")


@require_POST
def change(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let the next month be of another tier."""
    member = ask.access_membership(user=request.user, member_id=member_id)
    given = request.POST.get("tier", "")
    try:
        wanted = int(given) if given.isdecimal() else 0
        tier = member.creator.tiers.filter(pk=wanted).first()
        if tier is None:
            tier = open_offer(creator=member.creator, tier_id=wanted).tier
        fans.change_from_next_month(member=member, tier=tier, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"From your next month on you are in “{tier.name}”.")
    return redirect("fans:own", member_id)


@require_POST
def rise(request: HttpRequest, member_id: int) -> HttpResponse:
    """Lift what is left of the month into a higher tier, by the card that was kept."""
    member = ask.access_membership(user=request.user, member_id=member_id)
    given = request.POST.get("tier", "")
    try:
        number = int(given) if given.isdecimal() else 0
        tier = open_offer(creator=member.creator, tier_id=number).tier
        payment = fans.rise(member=member, tier=tier, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        is_paid = payment.status == Status.SUCCEEDED
        told = f"You are in “{tier.name}” now." if is_paid else "We wait for the card company."
        messages.success(request, told)
    return redirect("fans:own", member_id)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, member_id: int) -> HttpResponse:
    """Say what goes back, ask once more, then leave at once."""
    member = ask.access_membership(user=request.user, member_id=member_id)
    at = clock.now()
    if request.method == "POST":
        try:
            back = fans.leave(member=member, at=at)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            told = f"{format_money(back)} goes back to your card." if back else "Nothing goes back."
            messages.success(request, f"You have left. {told}")
        return redirect("fans:own", member_id)
    standing = ask.member_standing(member, at=at)
    if standing.last is None or not member.is_paid(at=at):
        raise fans.NoLongerMember
    context = {"standing": standing, "member": member, "back": back_for(standing.last, at=at)}
    return render(request, "memberships/fans/leave.html", context)


class _Act(Protocol):
    def __call__(self, *, member: Member, at: dt.datetime) -> object: ...


def _change(request: HttpRequest, member_id: int, act: _Act, *, told: str) -> HttpResponse:
    member = ask.access_membership(user=request.user, member_id=member_id)
    try:
        act(member=member, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect("fans:own", member_id)
