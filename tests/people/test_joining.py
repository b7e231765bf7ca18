"""Joining, opening a studio, opening a brand."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection

from config.commands.people import appoint
from takings.core.errors import Refusal
from takings.core.zones import UnknownTimeZone
from takings.people import actions, queries
from takings.people.models import Brand, Creator, StaffAct, User
from takings.people.rules import BadCountry, BadHandle, TooYoung
from tests.make.people import NOON, make_brand, make_creator, make_operator, make_user


@pytest.mark.django_db
def test_a_person_signs_up_once_whatever_the_case_of_the_address() -> None:
    profile = actions.Profile(display_name=" Ada ", country="GB")
    user = actions.sign_up(
        email="Ada@Example.org ", password="s3cret long", profile=profile, at=NOON
    )
    assert (user.email, user.display_name, str(user)) == ("ada@example.org", "Ada", "Ada")
    assert user.check_password("s3cret long")
    with pytest.raises(actions.EmailTaken):
        actions.sign_up(email="ADA@example.org", password="x", profile=profile, at=NOON)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_person_is_called_something_else_on_another_clock() -> None:
    user = make_user("Ada")
    actions.describe_person(user=user, display_name=" Ada L. ", time_zone="Asia/Tokyo")
    with pytest.raises(UnknownTimeZone, match="Mars/Base"):
        actions.describe_person(user=user, display_name="Eve", time_zone="Mars/Base")
    user.refresh_from_db()
    assert (user.display_name, user.time_zone) == ("Ada L.", "Asia/Tokyo")


@pytest.mark.django_db
def test_a_wrong_country_and_a_child_are_refused_and_nothing_is_kept() -> None:
    child = actions.Profile("Kid", "DE", born_on=dt.date(2013, 11, 3))
    with pytest.raises(TooYoung, match="at least 13"):
        actions.sign_up(email="kid@example.org", password="x", profile=child, at=NOON)
    with pytest.raises(BadCountry, match="Germany"):
        actions.sign_up(
            email="a@example.org", password="x", profile=actions.Profile("A", "Germany"), at=NOON
        )
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_database_refuses_a_country_that_is_none() -> None:
    user = make_user()
    user.country = "xx"
    with pytest.raises(IntegrityError, match="country_is_iso_3166"):
        user.save()


@pytest.mark.django_db
def test_one_person_has_one_studio_and_a_handle_belongs_to_one() -> None:
    ada = make_creator("Ada", shares=False)
    with pytest.raises(actions.AlreadyOpen, match=ada.handle):
        actions.open_studio(user=ada.user, handle="another", name="Ada", at=NOON)
    with pytest.raises(actions.HandleTaken):
        actions.open_studio(user=make_user(), handle=ada.handle, name="Eve", at=NOON)
    with pytest.raises(BadHandle):
        actions.open_studio(user=make_user(), handle="Not A Handle", name="Eve", at=NOON)
    assert [str(creator) for creator in Creator.objects.all()] == [f"@{ada.handle}"]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_open_studio_open_one() -> None:
    user = make_user()

    def click(number: int) -> str:
        try:
            actions.open_studio(user=user, handle=f"click-{number}", name="Ada", at=NOON)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(click, range(4)))
    assert answers == ["already_open"] * 3 + ["opened"]
    assert Creator.objects.count() == 1


@pytest.mark.django_db
def test_pool_terms_are_accepted_once_and_never_back_in_time() -> None:
    creator = make_creator(shares=False)
    actions.accept_pool_terms(creator=creator, at=NOON)
    later = NOON + dt.timedelta(days=9)
    assert actions.accept_pool_terms(creator=creator, at=later).shares_from == NOON


@pytest.mark.django_db
def test_a_channel_describes_itself() -> None:
    creator = actions.describe_studio(creator=make_creator(), name=" Ada L. ", bio=" Loops. ")
    creator.refresh_from_db()
    assert (creator.name, creator.bio) == ("Ada L.", "Loops.")


@pytest.mark.django_db
def test_a_brand_is_reached_by_members_and_operators_only() -> None:
    member, stranger = make_user("Bea"), make_user("Eve")
    brand = make_brand(member=member)
    assert queries.access_brand(user=member, brand_id=brand.pk) == brand
    assert queries.access_brand(user=make_operator(), brand_id=brand.pk) == brand
    assert queries.brands_of(user=member) == [brand]
    assert str(brand).startswith("Northwind")
    with pytest.raises(queries.NoSuchBrand):
        queries.access_brand(user=stranger, brand_id=brand.pk)
    with pytest.raises(actions.BrandNameTaken):
        actions.open_brand(user=stranger, name=brand.name, website="https://x.example", at=NOON)
    assert list(Brand.objects.get().members.all()) == [member]


@pytest.mark.django_db
def test_each_door_refuses_by_name() -> None:
    ada, viewer = make_creator("Ada"), make_user()
    assert queries.access_own_creator(user=ada.user) == ada
    assert queries.creator_by_handle(handle=ada.handle.upper()) == ada
    with pytest.raises(queries.NoSuchCreator):
        queries.creator_by_handle(handle="nobody")
    with pytest.raises(queries.NoStudio):
        queries.access_own_creator(user=viewer)
    with pytest.raises(queries.NotSignedIn):
        queries.access_self(user=AnonymousUser())
    for visitor in (viewer, AnonymousUser()):
        with pytest.raises(queries.OperatorsOnly):
            queries.access_operator(user=visitor)


@pytest.mark.django_db
def test_a_staff_act_is_written_down() -> None:
    olga = queries.access_operator(user=make_operator("Olga"))
    act = actions.record_staff_act(
        operator=olga, act="period.closed", target="2026-10", reason="month end", at=NOON
    )
    assert str(act) == "Olga period.closed 2026-10"
    assert StaffAct.objects.count() == 1


@pytest.mark.django_db
def test_who_joined_is_found_by_address_to_be_appointed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(queries.NoSuchPerson, match="join first"):
        appoint("ada@example.org")
    user = make_user("Ada")
    appoint(user.email.upper())
    assert "is an operator now" in capsys.readouterr().out
    assert queries.access_operator(user=User.objects.get(pk=user.pk)) == user
    assert StaffAct.objects.get().act == "operator_appointed"
