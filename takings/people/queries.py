"""Who someone is and what they may reach. Every object of a request comes through ``access_*``."""

import datetime as dt
from collections.abc import Callable, Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from takings.core.errors import Forbidden, NotFound
from takings.people.models import Brand, Creator, Invitation, Membership, MemberStep, Role, User
from takings.people.rules import age_bracket

Visitor = User | AnonymousUser


EndedEarly = Callable[[dt.datetime], Iterable[int]]
"""The ids of users who were told that they see no ads after an instant, and see them by then."""
_ended_early: list[EndedEarly] = []


def register_ended_early(tell: EndedEarly) -> None:
    """Let a stream tell whose pass ended before its time; called once, when it starts."""
    _ended_early.append(tell)


def passes_ended_early(*, at: dt.datetime) -> frozenset[int]:
    """Return the ids of people whose cookie may say that they see no ads, though they do again."""
    return frozenset(user_id for tell in _ended_early for user_id in tell(at))


class NotSignedIn(Forbidden):
    """Only a signed-in person can do this."""

    code = "not_signed_in"
    sentence = "Sign in first."


class NoSuchPerson(NotFound):
    """Nobody joined with this address."""

    code = "no_such_person"
    sentence = "Nobody here has the address {email}. They join first, then you appoint them."


class NoStudio(NotFound):
    """The person has not opened a studio yet."""

    code = "no_studio"
    sentence = "You have no studio yet. Open one to publish and earn."


class NoSuchCreator(NotFound):
    """No channel carries this handle."""

    code = "no_such_creator"
    sentence = "There is no creator called @{handle}."


class NoSuchBrand(NotFound):
    """The brand does not exist, or this person does not belong to it."""

    code = "no_such_brand"
    sentence = "There is no such brand among yours."


class OnlyLooking(Forbidden):
    """A viewer of a brand changes nothing of it."""

    code = "only_looking"
    sentence = "You may look at {brand}, not change it. Ask one of its owners."


class OwnersOnly(Forbidden):
    """Who belongs to a brand is its owners' business."""

    code = "owners_only"
    sentence = "Only owners of {brand} decide who belongs to it."


class NoSuchMember(NotFound):
    """Nobody of the brand is meant."""

    code = "no_such_member"
    sentence = "There is no such member here."


class NoSuchInvitation(NotFound):
    """The invitation does not exist, was answered, or is for another address."""

    code = "no_such_invitation"
    sentence = "There is no open invitation for you here."


class OperatorsOnly(NotFound):
    """Operator pages do not show themselves to others."""

    code = "operators_only"
    sentence = "There is nothing here."


def access_self(*, user: Visitor) -> User:
    """Return the signed-in person, or refuse with :class:`NotSignedIn`."""
    if not isinstance(user, User):
        raise NotSignedIn
    return user


def age_for_ads(*, user: User, at: dt.datetime) -> str:
    """Return the age group by which ads may be chosen for a person; empty: by none."""
    return age_bracket(born_on=user.born_on, day=at.date()) if user.has_ads_by_age else ""


def region_for_ads(*, user: User, at: dt.datetime) -> str:
    """Return the region by which ads may be chosen for a person, no minor; empty: by none."""
    return user.region if age_bracket(born_on=user.born_on, day=at.date()) else ""


def access_own_creator(*, user: Visitor) -> Creator:
    """Return the person's own channel, or refuse with :class:`NoStudio`."""
    creator = Creator.objects.filter(user_id=access_self(user=user).pk).first()
    if creator is None:
        raise NoStudio
    creator.user = access_self(user=user)
    return creator


def access_brand(*, user: Visitor, brand_id: int) -> Brand:
    """Return a brand this person is a member of (operators reach all)."""
    person = access_self(user=user)
    brands = Brand.objects.all() if person.is_staff else Brand.objects.filter(members=person)
    brand = brands.filter(pk=brand_id).first()
    if brand is None:
        raise NoSuchBrand
    return brand


def role_in(*, user: Visitor, brand: Brand) -> Role | None:
    """Return what a person may do for a brand; operators do what owners do."""
    person = access_self(user=user)
    if person.is_staff:
        return Role.OWNER
    found = Membership.objects.filter(brand=brand, user=person).values_list("role", flat=True)
    role = found.first()
    return None if role is None else Role(role)


def access_brand_to_change(*, user: Visitor, brand_id: int) -> Brand:
    """Return a brand to an editor or owner. Refuses: NoSuchBrand, OnlyLooking."""
    brand = access_brand(user=user, brand_id=brand_id)
    if role_in(user=user, brand=brand) == Role.VIEWER:
        raise OnlyLooking(brand=brand)
    return brand


def access_brand_as_owner(*, user: Visitor, brand_id: int) -> Brand:
    """Return a brand to one of its owners. Refuses: NoSuchBrand, OwnersOnly."""
    brand = access_brand(user=user, brand_id=brand_id)
    if role_in(user=user, brand=brand) != Role.OWNER:
        raise OwnersOnly(brand=brand)
    return brand


def members_of(*, brand: Brand) -> list[Membership]:
    """Return who belongs to a brand, by name."""
    found = Membership.objects.filter(brand=brand).select_related("user")
    return list(found.order_by("user__display_name", "pk"))


def access_member(*, user: Visitor, brand_id: int, member_id: int) -> Membership:
    """Return a member to an owner of the brand. Refuses: NoSuchBrand, OwnersOnly, NoSuchMember."""
    brand = access_brand_as_owner(user=user, brand_id=brand_id)
    found = Membership.objects.filter(brand=brand, pk=member_id).select_related("user", "brand")
    member = found.first()
    if member is None:
        raise NoSuchMember
    return member


def member_steps(*, brand: Brand) -> list[MemberStep]:
    """Return who came to a brand and went, the newest first."""
    steps = MemberStep.objects.filter(brand=brand).select_related("user", "taken_by")
    return list(steps.order_by("-pk"))


def access_invitation_of(*, user: Visitor, brand_id: int, invitation_id: UUID) -> Invitation:
    """Return a brand's open invitation to an owner. Refuses: OwnersOnly, NoSuchInvitation."""
    brand = access_brand_as_owner(user=user, brand_id=brand_id)
    waiting = Invitation.objects.filter(brand=brand, answer="", pk=invitation_id)
    found = waiting.select_related("brand").first()
    if found is None:
        raise NoSuchInvitation
    return found


def invitations_to(*, brand: Brand) -> list[Invitation]:
    """Return whom a brand waits for, the newest first."""
    waiting = Invitation.objects.filter(brand=brand, answer="").select_related("invited_by")
    return list(waiting.order_by("-invited_at", "pk"))


def invitations_for(*, user: Visitor) -> list[Invitation]:
    """Return the brands that wait for this person, by name."""
    email = access_self(user=user).email
    waiting = Invitation.objects.filter(email=email, answer="").select_related("brand")
    return list(waiting.order_by("brand__name"))


def open_invitation(*, invitation_id: UUID) -> Invitation | None:
    """Return an invitation that nobody answered yet; None when somebody did."""
    waiting = Invitation.objects.filter(answer="").select_related("brand", "invited_by")
    return waiting.filter(pk=invitation_id).first()


def access_invitation(*, user: Visitor, invitation_id: UUID) -> Invitation:
    """Return an open invitation to whom it is for. Refuses: NoSuchInvitation."""
    for one in invitations_for(user=user):
        if one.pk == invitation_id:
            return one
    raise NoSuchInvitation


def brands_of(*, user: Visitor) -> list[Brand]:
    """Return the brands this person may act for, by name."""
    return list(Brand.objects.filter(members=access_self(user=user)).order_by("name"))


def person_by_email(*, email: str) -> User:
    """Return who joined with this address, or refuse with :class:`NoSuchPerson`."""
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise NoSuchPerson(email=email)
    return person


def access_operator(*, user: Visitor) -> User:
    """Return the operator, or refuse with :class:`OperatorsOnly`."""
    if not isinstance(user, User) or not user.is_staff:
        raise OperatorsOnly
    return user


def creator_by_handle(*, handle: str) -> Creator:
    """Return the channel with this handle, or refuse with :class:`NoSuchCreator`."""
    creator = Creator.objects.select_related("user").filter(handle=handle.lower()).first()
    if creator is None:
        raise NoSuchCreator(handle=handle)
    return creator
