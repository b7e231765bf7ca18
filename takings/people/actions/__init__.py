"""Everything that changes people."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Forbidden
from takings.core.zones import check_time_zone
from takings.people.models import (
    Brand,
    Creator,
    Invitation,
    Membership,
    MemberStep,
    Proposal,
    Role,
    StaffAct,
    User,
)
from takings.people.rules import (
    age_bracket,
    check_age,
    check_country,
    check_handle,
    check_region,
)


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


class BrandNameReserved(Conflict):
    """“@handle” says that a creator paid, and nobody else does."""

    code = "brand_name_reserved"
    sentence = "Names that begin with @ are those of creators; leave the @ out."


class AlreadyMember(Conflict):
    """One belongs to a brand once."""

    code = "already_member"
    sentence = "{email} belongs to this brand already; change the role instead."


class AlreadyInvited(Conflict):
    """One open invitation for an address is enough."""

    code = "already_invited"
    sentence = "{email} is invited already; withdraw that invitation first."


class InvitationAnswered(Conflict):
    """An invitation is answered once."""

    code = "invitation_answered"
    sentence = "This invitation was {answer} already."


class LastOwner(Conflict):
    """A brand without an owner would be nobody's."""

    code = "last_owner"
    sentence = "{name} is the only owner of this brand; make somebody else an owner first."


class NoAgeGroup(Forbidden):
    """Minors are never profiled (Regulation (EU) 2022/2065, DSA, Art. 28(2))."""

    code = "no_age_group"
    sentence = "Ads are not chosen by the age of people under 18, or whose age is not known."


class NoRegion(Forbidden):
    """An account's region is personal data, and no context: none of a minor (DSA, Art. 28(2))."""

    code = "no_region"
    sentence = "Ads are not chosen by the region of people under 18, or whose age is not known."


@dataclass(frozen=True, slots=True)
class Invite:
    """Whom to invite as what, under the id its form was given."""

    id: UUID
    email: str
    role: Role


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


def describe_person(*, user: User, display_name: str, time_zone: str) -> User:
    """Say what somebody is called and on which clock they read times. Refuses: UnknownTimeZone."""
    user.display_name, user.time_zone = display_name.strip(), check_time_zone(time_zone)
    user.save(update_fields=["display_name", "time_zone"])
    return user


def tell_birth(*, user: User, born_on: dt.date, at: dt.datetime) -> User:
    """Write down when somebody was born who never said so; what was said once stays.

    Refuses: TooYoung.
    """
    check_age(born_on=born_on, day=at.date())
    User.objects.filter(pk=user.pk, born_on=None).update(born_on=born_on)
    user.refresh_from_db(fields=["born_on"])
    return user


def correct_birth(*, user: User, born_on: dt.date) -> User:
    """Put right when somebody was born, once it turned out; whoever decides it writes down why."""
    user.born_on = born_on
    user.save(update_fields=["born_on"])
    return user


def show_no_ads(*, user: User, until: dt.datetime | None) -> None:
    """Let a person see no ads before an instant, or ads again; only whoever sells that calls it."""
    user.ad_free_until = until
    user.save(update_fields=["ad_free_until"])


def allow_ads_by_age(*, user: User, at: dt.datetime) -> None:
    """Let ads be chosen by the person's age group. Refuses: NoAgeGroup."""
    if not age_bracket(born_on=user.born_on, day=at.date()):
        raise NoAgeGroup
    user.has_ads_by_age = True
    user.save(update_fields=["has_ads_by_age"])


def forbid_ads_by_age(*, user: User) -> None:
    """Let ads be chosen without the person's age from now on; again changes nothing."""
    user.has_ads_by_age = False
    user.save(update_fields=["has_ads_by_age"])


def state_region(*, user: User, region: str, at: dt.datetime) -> None:
    """Let ads be chosen by this region of the person's country; by none when it is empty.

    Refuses: NoRegion, BadRegion.
    """
    if region and not age_bracket(born_on=user.born_on, day=at.date()):
        raise NoRegion
    check_region(region, country=user.country)
    user.region = region
    user.save(update_fields=["region"])


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
    """Open a brand with this person as its owner. Refuses: BrandNameReserved, BrandNameTaken."""
    if name.strip().startswith("@"):
        raise BrandNameReserved
    return _open(name, website, user=user, role=Role.OWNER, at=at)


@transaction.atomic
def open_channel_brand(*, creator: Creator, website: str, at: dt.datetime) -> Brand:
    """Open the brand under which a creator promotes own videos, called “@handle”.

    The creator sees all of it and changes nothing. Refuses: BrandNameTaken.
    """
    return _open(f"@{creator.handle}", website, user=creator.user, role=Role.VIEWER, at=at)


def _open(name: str, website: str, *, user: User, role: Role, at: dt.datetime) -> Brand:
    brand, created = Brand.objects.get_or_create(
        name=name.strip(), defaults={"website": website, "opened_at": at}
    )
    if not created:
        raise BrandNameTaken(name=brand.name)
    _become(brand, user, role=role, by=user, at=at)
    return brand


@transaction.atomic
def invite_member(*, brand: Brand, invite: Invite, user: User, at: dt.datetime) -> Invitation:
    """Invite whoever has an address, joined or not; they see it when they are signed in.

    The same invitation sent twice (its id) is one. Refuses: AlreadyMember, AlreadyInvited.
    """
    email = invite.email.strip().lower()
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)  # two clicks are one invitation
    known = Invitation.objects.filter(pk=invite.id, brand=brand, email=email).first()
    if known is not None:
        return known
    if brand.members.filter(email=email).exists():
        raise AlreadyMember(email=email)
    if Invitation.objects.filter(brand=brand, email=email, answer="").exists():
        raise AlreadyInvited(email=email)
    return Invitation.objects.create(
        id=invite.id, brand=brand, email=email, role=invite.role, invited_by=user, invited_at=at
    )


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, at: dt.datetime) -> None:
    """Let the person whom it is for join the brand. Refuses: InvitationAnswered."""
    taken = _answer(invitation, "accepted", at=at)
    _become(taken.brand, user, role=Role(taken.role), by=taken.invited_by, at=at)


@transaction.atomic
def decline_invitation(*, invitation: Invitation, at: dt.datetime) -> None:
    """Say no to an invitation. Refuses: InvitationAnswered."""
    _answer(invitation, "declined", at=at)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, at: dt.datetime) -> None:
    """Take an invitation back. Refuses: InvitationAnswered."""
    _answer(invitation, "withdrawn", at=at)


@transaction.atomic
def change_role(*, member: Membership, role: Role, user: User, at: dt.datetime) -> None:
    """Let a member do more or less for the brand; the same again changes nothing.

    Refuses: LastOwner.
    """
    found = _lock_member(member)
    if found.role == role:
        return
    _check_owner_stays(found)
    _become(found.brand, found.user, role=role, by=user, at=at)


@transaction.atomic
def remove_member(*, member: Membership, user: User, at: dt.datetime) -> None:
    """Let a member act for the brand no more; what they did stays. Refuses: LastOwner."""
    found = _lock_member(member)
    _check_owner_stays(found)
    MemberStep.objects.create(
        brand=found.brand, user=found.user, became="removed", taken_by=user, taken_at=at
    )
    found.delete()


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


def _become(brand: Brand, person: User, *, role: Role, by: User, at: dt.datetime) -> None:
    Membership.objects.update_or_create(brand=brand, user=person, defaults={"role": role})
    MemberStep.objects.create(brand=brand, user=person, became=role, taken_by=by, taken_at=at)


def _answer(invitation: Invitation, answer: str, *, at: dt.datetime) -> Invitation:
    locked = Invitation.objects.select_related("brand", "invited_by").select_for_update(
        of=("self",)
    )
    found = locked.get(pk=invitation.pk)
    if found.answer:
        raise InvitationAnswered(answer=found.answer)
    found.answer, found.answered_at = answer, at
    found.save(update_fields=["answer", "answered_at"])
    return found


def _lock_member(member: Membership) -> Membership:
    """Lock the brand, so that of two owners who remove each other at once one stays."""
    Brand.objects.select_for_update(no_key=True).get(pk=member.brand_id)
    return Membership.objects.select_related("brand", "user").get(pk=member.pk)


def _check_owner_stays(member: Membership) -> None:
    owners = Membership.objects.filter(brand=member.brand, role=Role.OWNER)
    if member.role == Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise LastOwner(name=member.user.display_name)
