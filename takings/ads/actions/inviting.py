"""Inviting people to a brand, with a letter that says where to answer."""

import datetime as dt
import uuid

from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app as jobs

from takings.people import actions
from takings.people.actions import Invite
from takings.people.actions.letters import send_letter
from takings.people.models import Brand, Invitation, User
from takings.people.queries import open_invitation


@transaction.atomic
def invite_member(*, brand: Brand, invite: Invite, user: User, at: dt.datetime) -> Invitation:
    """Invite whoever has an address, and order the letter; the same form again changes nothing.

    Refuses what :func:`takings.people.actions.invite_member` does.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)  # two clicks are one letter
    is_known = Invitation.objects.filter(pk=invite.id).exists()
    invitation = actions.invite_member(brand=brand, invite=invite, user=user, at=at)
    if not is_known:
        order = jobs.configure_task("ads.send_invitation", queue="default")
        order.defer(invitation_id=str(invitation.pk))
    return invitation


def send_invitation(*, invitation_id: uuid.UUID) -> None:
    """Send the letter of an invitation that nobody answered yet.

    A job killed right after the letter sends another one: twice is better than never.
    """
    invitation = open_invitation(invitation_id=invitation_id)
    if invitation is None:
        return
    send_letter(
        address=invitation.email,
        subject=f"{invitation.brand} invites you to advertise together",
        letter="ads/letters/invitation.txt",
        told={"invitation": invitation},
        page=reverse("ads:overview"),
    )
