"""Everything that changes people."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.people.models import Brand, Creator, Proposal, StaffAct, User
from takings.people.rules import check_age, check_country, check_handle


class EmailTaken(Conflict):
    """One e-mail address belongs to one person."""

    code = "email_taken"
    sentence = "There is already an account with this e-mail address. Sign in instead."


class HandleTaken(Conflict):
    """One handle belongs to one channel, one channel to one person."""

    code = "handle_taken"
    sentence = "@{handle} is taken; choose another handle."


class AlreadyOpen(Conflict):
    """A person has one studio."""

    code = "already_open"
    sentence = "You already have a studio: @{handle}."


class BrandNameTaken(Conflict):
    """Brand names are unique, so that “paid by” says who it was."""

    code = "brand_name_taken"
    sentence = "A brand called “{name}” is already here. Ask its members to invite you."


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person tells about themselves when joining."""

    display_name: str
    country: str
    time_zone: str = "UTC"
    born_on: dt.date | None = None


def sign_up(*, email: str, password: str | None, profile: Profile, at: dt.datetime) -> User:
    """Create a person; ``password`` None makes an account that cannot sign in yet.

    Refuses :class:`EmailTaken`, ``BadCountry`` and ``TooYoung``.
    """
    check_country(profile.country)
    check_age(born_on=profile.born_on, day=at.date())
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    user = User(
        viewer_id=ids.uuid7(at=at),
        email=email,
        display_name=profile.display_name.strip(),
        country=profile.country,
        time_zone=profile.time_zone,
        born_on=profile.born_on,
        joined_at=at,
    )
    user.set_password(password)
    user.save()
    return user


def appoint_operator(*, user: User) -> None:
    """Make a person an operator; only the command line and the demo seed call this."""
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])


@transaction.atomic
def open_studio(*, user: User, handle: str, name: str, at: dt.datetime) -> Creator:
    """Open the person's channel. Refuses :class:`HandleTaken`, :class:`AlreadyOpen`."""
    check_handle(handle)
    User.objects.select_for_update().get(pk=user.pk)  # two clicks at once: the second waits
    existing = Creator.objects.filter(user=user).first()
    if existing is not None:
        raise AlreadyOpen(handle=existing.handle)
    if Creator.objects.filter(handle=handle).exists():
        raise HandleTaken(handle=handle)
    return Creator.objects.create(user=user, handle=handle, name=name.strip(), opened_at=at)


def describe_studio(*, creator: Creator, name: str, bio: str) -> Creator:
    """Change the channel's public name and bio."""
    creator.name, creator.bio = name.strip(), bio.strip()
    creator.save(update_fields=["name", "bio"])
    return creator


def accept_pool_terms(*, creator: Creator, at: dt.datetime) -> Creator:
    """Let the channel share in the ad pool from now on; never back in time, once is for ever."""
    Creator.objects.filter(pk=creator.pk, shares_from__isnull=True).update(shares_from=at)
    creator.refresh_from_db(fields=["shares_from"])
    return creator


@transaction.atomic
def open_brand(*, user: User, name: str, website: str, at: dt.datetime) -> Brand:
    """Open a brand with this person as its first member. Refuses :class:`BrandNameTaken`."""
    brand, created = Brand.objects.get_or_create(
        name=name.strip(), defaults={"website": website, "opened_at": at}
    )
    if not created:
        raise BrandNameTaken(name=brand.name)
    brand.members.add(user)
    return brand


def record_staff_act(
    *, operator: User | None, act: str, target: str, reason: str, at: dt.datetime
) -> StaffAct:
    """Write down what an operator did; every staff act calls this in its own transaction.

    Nobody stands for whoever runs the machine.
    """
    return StaffAct.objects.create(
        operator=operator, act=act, target=target, reason=reason, acted_at=at
    )


def answer_proposal(
    proposal: Proposal, *, operator: User, is_approved: bool, answer: str, at: dt.datetime
) -> None:
    """Write down somebody's answer; the caller has locked the row and checked who answers."""
    proposal.is_approved, proposal.answered_by, proposal.answered_at = is_approved, operator, at
    proposal.answer = answer
    proposal.save()
