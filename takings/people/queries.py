"""Who someone is and what they may reach. Every object of a request comes through ``access_*``."""

from django.contrib.auth.models import AnonymousUser

from takings.core.errors import Forbidden, NotFound
from takings.people.models import Brand, Creator, User

Visitor = User | AnonymousUser


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


class OperatorsOnly(NotFound):
    """Operator pages do not show themselves to others."""

    code = "operators_only"
    sentence = "There is nothing here."


def access_self(*, user: Visitor) -> User:
    """Return the signed-in person, or refuse with :class:`NotSignedIn`."""
    if not isinstance(user, User):
        raise NotSignedIn
    return user


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
