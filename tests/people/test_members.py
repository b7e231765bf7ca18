"""A brand is several people's: invited by address, with roles, and never without an owner."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from takings.people import actions, queries
from takings.people.actions import Invite
from takings.people.models import Brand, Invitation, MemberStep, Role, User
from tests.make.people import NOON, make_brand, make_operator, make_user

pytestmark = pytest.mark.django_db


def make_team() -> tuple[Brand, User]:
    """Open a brand; return it with its owner."""
    owner = make_user("Olive")
    return make_brand(member=owner), owner


def invite(brand: Brand, email: str, *, role: Role = Role.EDITOR) -> Invitation:
    given = Invite(uuid.uuid4(), email, role)
    user = brand.members.earliest("pk")
    return actions.invite_member(brand=brand, invite=given, user=user, at=NOON)


def join(brand: Brand, name: str, *, role: Role) -> User:
    user = make_user(name)
    invitation = invite(brand, user.email, role=role)
    actions.accept_invitation(invitation=invitation, user=user, at=NOON)
    return user


def test_who_is_invited_by_address_joins_with_a_role() -> None:
    brand, owner = make_team()
    eve = make_user("Eve")
    given = Invite(uuid.uuid4(), f" {eve.email.upper()} ", Role.EDITOR)
    first, again = (
        actions.invite_member(brand=brand, invite=given, user=owner, at=NOON) for _ in range(2)
    )
    assert first == again
    assert queries.invitations_to(brand=brand) == [first]
    assert queries.access_invitation(user=eve, invitation_id=first.pk) == first
    with pytest.raises(queries.NoSuchInvitation):
        queries.access_invitation(user=owner, invitation_id=first.pk)
    with pytest.raises(queries.NoSuchBrand):
        queries.access_brand(user=eve, brand_id=brand.pk)
    actions.accept_invitation(invitation=first, user=eve, at=NOON)
    assert queries.role_in(user=eve, brand=brand) == Role.EDITOR
    assert [str(one) for one in queries.members_of(brand=brand)] == [
        f"Eve, Editor of {brand}",
        f"Olive, Owner of {brand}",
    ]
    assert str(first) == f"{eve.email} to {brand}"
    assert [str(one) for one in queries.member_steps(brand=brand)] == [
        "Eve → editor",
        "Olive → owner",
    ]
    for say in (actions.decline_invitation, actions.withdraw_invitation):
        with pytest.raises(actions.InvitationAnswered):
            say(invitation=first, at=NOON)
    assert queries.invitations_for(user=eve) == []


def test_nobody_is_invited_twice_and_a_declined_one_may_be_invited_again() -> None:
    brand, owner = make_team()
    with pytest.raises(actions.AlreadyMember):
        invite(brand, owner.email)
    first = invite(brand, "zoe@example.org")
    with pytest.raises(actions.AlreadyInvited):
        invite(brand, "ZOE@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            id=uuid.uuid4(),
            brand=brand,
            email=first.email,
            role=Role.EDITOR,
            invited_by=owner,
            invited_at=NOON,
        )
    actions.withdraw_invitation(invitation=first, at=NOON)
    second = invite(brand, "zoe@example.org")
    actions.decline_invitation(invitation=second, at=NOON)
    assert invite(brand, "zoe@example.org").answer == ""
    assert set(brand.members.all()) == {owner}


def test_viewers_look_editors_change_and_owners_decide_who_belongs() -> None:
    brand, owner = make_team()
    editor, viewer = (join(brand, name, role=Role(name.lower())) for name in ("Editor", "Viewer"))
    may_change, may_own = set(), set()
    for person in (owner, editor, viewer, make_operator()):
        assert queries.access_brand(user=person, brand_id=brand.pk) == brand
        try:
            queries.access_brand_to_change(user=person, brand_id=brand.pk)
            may_change.add(person.display_name)
            queries.access_brand_as_owner(user=person, brand_id=brand.pk)
            may_own.add(person.display_name)
        except (queries.OnlyLooking, queries.OwnersOnly):
            pass
    assert may_change == {"Olive", "Editor", "Olga"}
    assert may_own == {"Olive", "Olga"}
    assert queries.role_in(user=make_user(), brand=brand) is None


def test_a_role_changes_and_a_member_goes_but_one_owner_stays() -> None:
    brand, owner = make_team()
    eve = join(brand, "Eve", role=Role.VIEWER)
    members = {one.user: one for one in queries.members_of(brand=brand)}
    with pytest.raises(actions.LastOwner):
        actions.remove_member(member=members[owner], user=owner, at=NOON)
    with pytest.raises(actions.LastOwner):
        actions.change_role(member=members[owner], role=Role.EDITOR, user=owner, at=NOON)
    steps = MemberStep.objects.count()
    for _ in range(2):
        actions.change_role(member=members[eve], role=Role.OWNER, user=owner, at=NOON)
    actions.remove_member(member=members[owner], user=eve, at=NOON)
    assert [(one.user, one.role) for one in queries.members_of(brand=brand)] == [(eve, "owner")]
    assert MemberStep.objects.count() == steps + 2
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        MemberStep.objects.update(became="owner")
    with pytest.raises(queries.NoSuchMember):
        queries.access_member(user=eve, brand_id=brand.pk, member_id=members[owner].pk)
    assert queries.brands_of(user=owner) == []
