"""Who belongs to a brand: invited, joined, with more or less to say, removed."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from takings.ads.actions import invite_member
from takings.ads.views.console import brand_asked_for
from takings.ads.views.forms import RefusableForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people import actions
from takings.people.actions import Invite
from takings.people.models import Brand, Role
from takings.people.queries import (
    access_brand_as_owner,
    access_invitation,
    access_invitation_of,
    access_member,
    access_self,
    invitations_to,
    member_steps,
    members_of,
    role_in,
)


class InviteForm(RefusableForm):
    """Whom to invite, and as what."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    email = forms.EmailField(label="E-mail address")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.EDITOR)


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest) -> HttpResponse:
    """List a brand's members, and let an owner invite another one."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    now = clock.now()
    form = InviteForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if request.method == "POST":
        access_brand_as_owner(user=request.user, brand_id=brand.pk)
    if form.is_valid():
        data = form.cleaned_data
        invite = Invite(data["id"], data["email"], Role(data["role"]))
        user = access_self(user=request.user)
        try:
            made = invite_member(brand=brand, invite=invite, user=user, at=now)
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"{made.email} is invited, by a letter.")
            return _back(brand)
    context = {
        "form": form,
        "brand": brand,
        "brands": brands,
        "members": members_of(brand=brand),
        "invitations": invitations_to(brand=brand),
        "steps": member_steps(brand=brand),
        "roles": Role.choices,
        "is_owner": role_in(user=request.user, brand=brand) == Role.OWNER,
    }
    return render(request, "ads/members.html", context)


@require_POST
def change_member(request: HttpRequest, brand_id: int, member_id: int) -> HttpResponse:
    """Give a member another role, or remove them."""
    member = access_member(user=request.user, brand_id=brand_id, member_id=member_id)
    user, now = access_self(user=request.user), clock.now()
    role = request.POST.get("role", "")
    try:
        if request.POST.get("do") == "remove":
            actions.remove_member(member=member, user=user, at=now)
            messages.success(request, f"{member.user} does not belong to {member.brand} any more.")
        elif role in Role.values:
            actions.change_role(member=member, role=Role(role), user=user, at=now)
            messages.success(request, f"{member.user} is {Role(role).label.lower()} now.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if member.user_id == user.pk:
        return redirect("ads:overview")  # perhaps not an owner any more
    return _back(member.brand)


@require_POST
def withdraw_invitation(
    request: HttpRequest, brand_id: int, invitation_id: uuid.UUID
) -> HttpResponse:
    """Take an invitation back."""
    found = access_invitation_of(user=request.user, brand_id=brand_id, invitation_id=invitation_id)
    actions.withdraw_invitation(invitation=found, at=clock.now())
    messages.success(request, f"{found.email} is not invited any more.")
    return _back(found.brand)


@require_POST
def answer_invitation(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Join a brand, or do not."""
    found = access_invitation(user=request.user, invitation_id=invitation_id)
    now = clock.now()
    if request.POST.get("answer") != "accept":
        actions.decline_invitation(invitation=found, at=now)
        return redirect("ads:overview")
    actions.accept_invitation(invitation=found, user=access_self(user=request.user), at=now)
    messages.success(request, f"You belong to {found.brand} now.")
    return redirect(f"{reverse('ads:overview')}?brand={found.brand_id}")


def _back(brand: Brand) -> HttpResponse:
    return redirect(f"{reverse('ads:members')}?brand={brand.pk}")
