"""People, made the way they make themselves: by signing up."""

import datetime as dt
import itertools

from takings.people import actions
from takings.people.actions import Profile
from takings.people.models import Brand, Creator, User

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def make_user(name: str = "Viewer", *, country: str = "DE", at: dt.datetime = NOON) -> User:
    """Sign someone up under a fresh address; the password is ``a long password``."""
    return actions.sign_up(
        email=f"{name.lower()}{next(_numbers)}@example.org",
        password="a long password",
        profile=Profile(display_name=name, country=country),
        at=at,
    )


def make_operator(name: str = "Olga") -> User:
    """Sign someone up and appoint them operator."""
    user = make_user(name)
    actions.appoint_operator(user=user)
    return user


def make_creator(
    name: str = "Ada", *, country: str = "DE", shares: bool = True, at: dt.datetime = NOON
) -> Creator:
    """Sign someone up, open their studio and, unless told otherwise, accept the pool terms."""
    handle = f"{name.lower()}-{next(_numbers)}"
    user = make_user(name, country=country, at=at)
    creator = actions.open_studio(user=user, handle=handle, name=name, at=at)
    return actions.accept_pool_terms(creator=creator, at=at) if shares else creator


def make_brand(name: str = "Northwind", *, member: User | None = None) -> Brand:
    """Open a brand; without a member, sign one up."""
    return actions.open_brand(
        user=member or make_user("Bea"),
        name=f"{name} {next(_numbers)}",
        website="https://brand.example",
        at=NOON,
    )
