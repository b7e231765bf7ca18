"""Members of a brand in the browser: what each role may press."""

import re
import uuid

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.ads.actions import invite_member
from takings.ads.jobs import send_invitation
from takings.people.actions import Invite, withdraw_invitation
from takings.people.models import Brand, Invitation, Membership, Role, User
from tests.make.ads import make_advertiser, make_campaign
from tests.make.people import NOON, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def invite(owner: Client, brand: Brand, *, email: str, role: Role) -> str:
    """Fill in the form; return the page that follows."""
    form = {"id": str(uuid.uuid4()), "email": email, "role": role}
    answer = owner.post(f"/ads/members/?brand={brand.pk}", form, follow=True)
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def test_an_owner_invites_and_the_invited_one_joins_or_does_not() -> None:
    brand, bea = make_advertiser()
    eve, zoe = make_user("Eve"), make_user("Zoe")
    owner = signed_in(bea)
    for user in (eve, zoe):
        told = invite(owner, brand, email=user.email, role=Role.VIEWER)
        assert f"{user.email} is invited, by a letter." in told
    assert "is invited already" in invite(owner, brand, email=eve.email, role=Role.OWNER)
    of_eve, of_zoe = (Invitation.objects.get(email=user.email).pk for user in (eve, zoe))
    page = signed_in(eve).get("/ads/", follow=True).content.decode()
    assert f"{brand} invites you as viewer." in page
    assert signed_in(zoe).post(f"/ads/invitations/{of_eve}/").status_code == 404
    answer = signed_in(eve).post(f"/ads/invitations/{of_eve}/", {"answer": "accept"})
    assert answer.headers["location"] == f"/ads/?brand={brand.pk}"
    signed_in(zoe).post(f"/ads/invitations/{of_zoe}/", {"answer": "decline"})
    assert set(brand.members.all()) == {bea, eve}
    invite(owner, brand, email=zoe.email, role=Role.EDITOR)
    last = Invitation.objects.get(answer="").pk
    address = f"/ads/invitations/{brand.pk}/{last}/withdraw/"
    assert signed_in(eve).post(address).status_code == 403
    owner.post(address)
    assert owner.post(address).status_code == 404
    assert not Invitation.objects.filter(answer="").exists()


def test_an_invitation_is_one_letter_until_it_is_answered() -> None:
    brand, bea = make_advertiser()
    again = Invite(uuid.uuid4(), "eve@example.com", Role.EDITOR)
    found = invite_member(brand=brand, invite=again, user=bea, at=NOON)
    assert invite_member(brand=brand, invite=again, user=bea, at=NOON) == found
    assert orders(found) == 1
    send_invitation(invitation_id=str(found.pk))
    [letter] = mail.outbox
    assert letter.to == ["eve@example.com"]
    assert letter.subject == f"{brand} invites you to advertise together"
    assert f"invites you to {brand} as editor." in letter.body
    assert f"{settings.PUBLIC_URL}/ads/\n" in letter.body
    withdraw_invitation(invitation=found, at=NOON)
    send_invitation(invitation_id=str(found.pk))
    assert len(mail.outbox) == 1


def orders(invitation: Invitation) -> int:
    """Return how many letters wait for a worker."""
    waiting = ProcrastinateJob.objects.filter(task_name="ads.send_invitation")
    return waiting.filter(args={"invitation_id": str(invitation.pk)}).count()


def test_a_viewer_sees_everything_and_changes_nothing() -> None:
    brand, bea = make_advertiser()
    campaign = make_campaign(brand, member=bea)
    ad = campaign.creatives.get()
    eve = make_user("Eve")
    Membership.objects.create(brand=brand, user=eve, role=Role.VIEWER)
    viewer = signed_in(eve)
    pages = (
        "/ads/",
        "/ads/campaigns/",
        f"/ads/campaigns/{campaign.pk}/",
        f"/ads/creatives/{ad.pk}/",
    )
    for page in pages:
        shown = viewer.get(page)
        assert shown.status_code == 200
        for word in ("New campaign", "Duplicate", "Pause", "Another ad", ">Edit<"):
            assert word not in shown.content.decode()
    assert "Change" not in viewer.get("/ads/members/").content.decode()
    refused = [
        viewer.get("/ads/campaigns/new/"),
        viewer.get("/ads/pay/"),
        viewer.get(f"/ads/campaigns/{campaign.pk}/edit/"),
        viewer.get(f"/ads/campaigns/{campaign.pk}/creatives/new/"),
        viewer.get(f"/ads/creatives/{ad.pk}/edit/"),
        viewer.post(f"/ads/campaigns/{campaign.pk}/pause/"),
        viewer.post(f"/ads/campaigns/{campaign.pk}/duplicate/"),
        viewer.post(f"/ads/creatives/{ad.pk}/pause/"),
        viewer.post(f"/ads/creatives/{ad.pk}/resume/"),
        viewer.post("/ads/members/", {}),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    campaign.refresh_from_db()
    ad.refresh_from_db()
    assert (campaign.status, ad.paused_at, brand.campaigns.count()) == ("active", None, 1)


def test_an_owner_changes_roles_and_removes_but_stays_while_alone() -> None:
    brand, bea = make_advertiser()
    eve = make_user("Eve")
    member = Membership.objects.create(brand=brand, user=eve, role=Role.EDITOR)
    own = Membership.objects.get(user=bea)
    owner = signed_in(bea)

    def do(found: Membership, **form: str) -> str:
        address = f"/ads/members/{brand.pk}/{found.pk}/"
        return owner.post(address, form, follow=True).content.decode()

    assert "is the only owner of this brand" in do(own, do="remove")
    assert signed_in(eve).post(f"/ads/members/{brand.pk}/{own.pk}/").status_code == 403
    do(member, do="change", role="king")
    assert "Eve is owner now." in do(member, do="change", role="owner")
    assert "Bea is viewer now." in do(own, do="change", role="viewer")
    own.refresh_from_db()
    assert own.role == Role.VIEWER
    remaining = signed_in(eve).post(
        f"/ads/members/{brand.pk}/{own.pk}/", {"do": "remove"}, follow=True
    )
    assert "does not belong to" in remaining.content.decode()
    assert list(brand.members.all()) == [eve]
