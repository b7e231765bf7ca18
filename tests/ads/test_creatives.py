"""Creatives: several to a campaign, shown when approved, reviewed again when changed."""

import datetime as dt
import re
import uuid

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.ads import actions, queries
from takings.ads.actions import CreativeDraft, GoalDraft
from takings.ads.edge import AdServer, Chosen
from takings.ads.jobs import tell_declined
from takings.ads.models import Campaign, Change, Creative
from takings.ads.rules.campaigns import BadLandingPage, Message
from takings.ads.rules.creatives import (
    AlreadyReviewed,
    ChangedMeanwhile,
    NoReasonGiven,
    OwnAd,
    Shown,
    Standing,
    why_not_served,
)
from takings.core import clock
from takings.people.models import Membership, Role, StaffAct, User
from takings.people.rules import Viewer
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_house, usd
from tests.make.people import NOON, make_operator, make_user
from tests.make.videos import make_creative

MINUTE = dt.timedelta(minutes=1)
OTHER = Message("Dry all winter", "See the boots", "https://brand.example/boots")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def text(answer: object) -> str:
    content: bytes = getattr(answer, "content", b"")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def make_submitted() -> tuple[Campaign, Creative, User]:
    """Let a campaign be active whose one ad waits for review."""
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member, wanted=Wanted(is_active=False))
    actions.activate_campaign(campaign_id=campaign.pk, user=member, at=NOON)
    campaign.refresh_from_db()
    return campaign, campaign.creatives.get(), member


def approved(creative: Creative) -> Creative:
    return actions.approve_creative(
        creative_id=creative.pk, edition=creative.edition, operator=make_operator(), at=NOON
    )


def shown_by(server: AdServer, *, times: int = 6) -> set[uuid.UUID]:
    """Return the videos that so many viewers are shown."""
    viewers = [Viewer(uuid.uuid4(), None, "DE", NOON) for _ in range(times)]
    found = [server.decide(viewer=viewer, after=None, at=NOON) for viewer in viewers]
    return {chosen.decision.creative_id for chosen in found if isinstance(chosen, Chosen)}


def make_server() -> AdServer:
    return AdServer(name="server-1", keys=actions.key_ring(), wake=lambda: None)


@pytest.mark.django_db
def test_only_what_an_operator_approved_is_shown_and_what_changed_is_looked_at_again() -> None:
    campaign, creative, member = make_submitted()
    server = make_server()
    server.refresh(at=NOON)
    assert shown_by(server) == set()
    approved(creative)
    server.refresh(at=NOON)
    assert shown_by(server) == {creative.video_id}
    for _ in range(2):  # the same words again change nothing
        actions.change_creative(creative_id=creative.pk, message=OTHER, user=member, at=NOON)
    creative.refresh_from_db()
    assert (creative.review, creative.edition) == ("submitted", 2)
    server.refresh(at=NOON)
    assert shown_by(server) == set()
    with pytest.raises(ChangedMeanwhile):
        actions.approve_creative(
            creative_id=creative.pk, edition=1, operator=make_operator(), at=NOON
        )
    approved(creative)
    server.refresh(at=NOON)
    assert shown_by(server) == {creative.video_id}
    assert [str(one) for one in queries.changes_of(campaign=campaign)] == [
        "review: in review → approved",
        "landing page: https://brand.example/coats → https://brand.example/boots",
        "call to action: See the coats → See the boots",
        "headline: Warm all winter → Dry all winter",
        "review: in review → approved",
        "ad:  → Warm all winter",
        f"line item:  → {campaign.name}",
    ]


@pytest.mark.django_db
def test_clicks_lead_to_the_page_that_was_approved_until_another_one_is() -> None:
    campaign, creative, member = make_submitted()
    key = (campaign.pk, creative.video_id)
    assert queries.landing_urls(at=NOON) == {}
    approved(creative)
    assert queries.landing_urls(at=NOON) == {key: Wanted().landing_url}
    actions.change_creative(creative_id=creative.pk, message=OTHER, user=member, at=NOON)
    assert queries.landing_urls(at=NOON) == {key: Wanted().landing_url}
    creative.refresh_from_db()
    approved(creative)
    assert queries.landing_urls(at=NOON) == {key: OTHER.landing_url}
    actions.decline_creative(
        creative_id=creative.pk, edition=2, reason="A scam.", operator=make_operator(), at=NOON
    )
    assert queries.landing_urls(at=NOON) == {}


@pytest.mark.django_db
def test_the_ads_of_a_campaign_take_turns_at_one_price_from_one_budget() -> None:
    campaign, first, member = make_submitted()
    draft = CreativeDraft(uuid.uuid4(), make_creative(member).pk, OTHER)
    second = actions.add_creative(campaign_id=campaign.pk, draft=draft, user=member, at=NOON)
    again = actions.add_creative(campaign_id=campaign.pk, draft=draft, user=member, at=NOON)
    assert second == again
    for one in (first, second):
        approved(one)
    server = make_server()
    server.refresh(at=NOON)
    assert shown_by(server) == {first.video_id, second.video_id}
    assert {lease.campaign_id for lease in campaign.leases.all()} == {campaign.pk}
    for _ in range(2):
        actions.pause_creative(creative_id=first.pk, user=member, at=NOON)
    server.refresh(at=NOON)
    assert shown_by(server) == {second.video_id}
    for _ in range(2):
        actions.resume_creative(creative_id=first.pk, user=member, at=NOON)
    server.refresh(at=NOON)
    assert shown_by(server) == {first.video_id, second.video_id}
    told = Change.objects.filter(creative=first, field="ad").values_list("became", flat=True)
    assert list(told) == ["Warm all winter", "paused", "running"]


@pytest.mark.django_db
def test_a_second_ad_with_the_same_video_or_id_or_with_anothers_video_is_refused() -> None:
    campaign, creative, member = make_submitted()
    other = make_creative(make_advertiser()[1])
    free = make_creative(member)
    refused = {
        actions.VideoInUse: CreativeDraft(uuid.uuid4(), creative.video_id, OTHER),
        actions.CreativeIdTaken: CreativeDraft(creative.pk, free.pk, OTHER),
        queries.NoSuchCreative: CreativeDraft(uuid.uuid4(), other.pk, OTHER),
        BadLandingPage: CreativeDraft(uuid.uuid4(), free.pk, Message("a", "b", "http://c.example")),
    }
    for refusal, draft in refused.items():
        with pytest.raises(refusal):
            actions.add_creative(campaign_id=campaign.pk, draft=draft, user=member, at=NOON)
    assert list(campaign.creatives.all()) == [creative]
    assert Change.objects.filter(creative__isnull=False).count() == 1


@pytest.mark.django_db
def test_a_review_is_a_staff_act_says_something_new_and_is_not_of_ones_own_brand() -> None:
    campaign, creative, _ = make_submitted()
    operator, insider = make_operator(), make_operator()
    campaign.brand.members.add(insider)
    with pytest.raises(OwnAd):
        actions.approve_creative(creative_id=creative.pk, edition=1, operator=insider, at=NOON)
    with pytest.raises(NoReasonGiven):
        actions.decline_creative(
            creative_id=creative.pk, edition=1, reason=" ", operator=operator, at=NOON
        )
    assert not StaffAct.objects.exists()
    declined = actions.decline_creative(
        creative_id=creative.pk, edition=1, reason=" No price. ", operator=operator, at=NOON
    )
    assert (declined.review, declined.declined_why) == ("declined", "No price.")
    with pytest.raises(AlreadyReviewed):
        actions.decline_creative(
            creative_id=creative.pk, edition=1, reason="Again.", operator=operator, at=NOON
        )
    actions.approve_creative(creative_id=creative.pk, edition=1, operator=operator, at=NOON)
    acts = StaffAct.objects.order_by("pk").values_list("act", "target", "reason")
    assert list(acts) == [
        ("ads.decline_creative", f"creative:{creative.pk}", "No price."),
        ("ads.approve_creative", f"creative:{creative.pk}", "edition 1"),
    ]
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Change.objects.update(became="nothing")
    with pytest.raises(DatabaseError, match="declined_creative_says_why"), transaction.atomic():
        Creative.objects.update(review="declined", declined_why="")
    with pytest.raises(DatabaseError, match="leads_where_it_says"), transaction.atomic():
        Creative.objects.update(approved_url="https://elsewhere.example/")


def standing(**changes: object) -> Standing:
    usual: dict[str, object] = {
        "status": "active",
        "starts_at": NOON,
        "ends_at": NOON + MINUTE,
        "price": usd("0.00425"),
        "left": usd("1"),
        "prepaid": usd("1"),
        "creatives": [Shown("approved", is_paused=False, is_ready=True)],
    }
    return Standing(**(usual | changes))  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"status": "drafted", "creatives": []}, ["It is a draft; activate it."]),
        ({"status": "ended"}, ["It has ended."]),
        ({"ends_at": NOON}, ["Its dates are over."]),
        (
            {"status": "paused", "starts_at": NOON + MINUTE},
            ["It is paused.", "Its first day has not come yet."],
        ),
        ({"prepaid": usd("0.004")}, ["No prepaid money is left that pays for a view."]),
        ({"left": usd("0")}, ["Its budget is used up or held by ad servers."]),
        ({"creatives": []}, ["It has no ad."]),
        (
            {"creatives": [Shown("approved", is_paused=True, is_ready=True)]},
            ["The approved ad is paused."],
        ),
        (
            {"creatives": [Shown("approved", is_paused=False, is_ready=False)]},
            ["The video of the approved ad is not ready."],
        ),
        (
            {
                "creatives": [
                    Shown("declined", is_paused=False, is_ready=True),
                    Shown("submitted", is_paused=False, is_ready=True),
                ]
            },
            ["Its ad waits for an operator’s review."],
        ),
        (
            {"creatives": [Shown("declined", is_paused=False, is_ready=True)]},
            ["Its ad was declined; mend it."],
        ),
    ],
)
def test_a_campaign_that_is_not_served_says_why(
    changes: dict[str, object], told: list[str]
) -> None:
    assert why_not_served(standing(**changes), at=NOON) == told


@pytest.mark.django_db
def test_an_advertiser_adds_changes_and_pauses_an_ad_in_the_browser() -> None:
    campaign, creative, member = make_submitted()
    campaign.line_items.update(ends_at=clock.now() + dt.timedelta(days=1))
    client = signed_in(member)
    page = text(client.get(f"/ads/campaigns/{campaign.pk}/"))
    assert "Its ad waits for an operator’s review." in page
    address = f"/ads/campaigns/{campaign.pk}/creatives/new/"
    assert "Another ad" in text(client.get(address))
    said = {
        "headline": "Dry feet",
        "call_to_action": "See the boots",
        "landing_url": "https://brand.example/boots",
    }
    form = {"id": str(uuid.uuid4()), "creative": str(creative.video_id), **said}
    assert "has an ad with this video" in text(client.post(address, form))
    form["creative"] = str(make_creative(member).pk)
    answer = client.post(address, form)
    assert answer.headers["location"] == f"/ads/creatives/{form['id']}/"
    ad = f"/ads/creatives/{creative.pk}/"
    assert "An operator looks at it" in text(client.get(ad))
    assert "Warm all winter" in client.get(f"{ad}edit/").content.decode()
    assert "full https address" in text(
        client.post(f"{ad}edit/", {**said, "landing_url": "http://a.example"})
    )
    client.post(f"{ad}edit/", said)
    client.post(f"{ad}pause/")
    assert "Paused" in text(client.get(ad))
    client.post(f"{ad}resume/")
    creative.refresh_from_db()
    assert (creative.headline, creative.edition, creative.paused_at) == ("Dry feet", 2, None)
    told = text(client.get(f"/ads/campaigns/{campaign.pk}/history/"))
    assert "Headline of “ Dry feet ” Warm all winter Dry feet Bea" in told
    assert "Conversions of" not in told
    goal, _ = actions.make_goal(
        brand=campaign.brand, draft=GoalDraft(uuid.uuid4(), "Order", 7), user=member, at=NOON
    )
    actions.renew_secret(goal=goal, number=2, user=member, at=NOON)
    told = text(client.get(f"/ads/campaigns/{campaign.pk}/history/"))
    assert "Order A conversion, within 7 days of a click Bea" in told
    assert "Order Reported with secret 2, no more with the one before Bea" in told
    stranger = signed_in(make_user())
    for page in (ad, f"{ad}edit/", address, f"/ads/campaigns/{campaign.pk}/history/"):
        assert stranger.get(page).status_code == 404
    for step in ("pause", "resume"):
        assert stranger.post(f"{ad}{step}/").status_code == 404


@pytest.mark.django_db
def test_an_operator_approves_or_declines_what_waits_as_it_was_seen() -> None:
    _, creative, member = make_submitted()
    desk = signed_in(make_operator())
    address = f"/ads/desk/review/{creative.pk}/"
    assert "Warm all winter" in text(desk.get("/ads/desk/review/"))
    assert "Approve" in text(desk.get(address))
    refused = desk.post(address, {"edition": 1, "verdict": "decline", "reason": ""})
    assert "what is wrong" in text(refused)
    actions.change_creative(creative_id=creative.pk, message=OTHER, user=member, at=NOON)
    late = desk.post(address, {"edition": 1, "verdict": "approve"}, follow=True)
    assert "look at it again" in text(late)
    desk.post(address, {"edition": 2, "verdict": "decline", "reason": "Too loud."})
    assert "Declined: Too loud." in text(desk.get("/ads/desk/review/"))
    assert "Too loud." in text(signed_in(member).get(f"/ads/creatives/{creative.pk}/"))
    desk.post(address, {"edition": 2, "verdict": "approve"})
    assert "Nothing waits" in text(desk.get("/ads/desk/review/"))
    creative.refresh_from_db()
    assert creative.review == "approved"
    for page in ("/ads/desk/review/", address):
        assert signed_in(member).get(page).status_code == 404


@pytest.mark.django_db
def test_who_may_mend_a_declined_ad_reads_in_a_letter_why_until_it_is_mended() -> None:
    campaign, ad, member = make_submitted()
    for name, role in (("Eve", Role.EDITOR), ("Zoe", Role.VIEWER)):
        user = make_user(name)
        Membership.objects.create(brand=campaign.brand, user=user, role=role)
    editor = User.objects.get(display_name="Eve")
    actions.decline_creative(
        creative_id=ad.pk, edition=1, reason="Too loud.", operator=make_operator(), at=NOON
    )
    [order] = ProcrastinateJob.objects.filter(task_name="ads.tell_declined")
    tell_declined(**order.args)
    letter, other = mail.outbox  # each their own: nobody reads whom else a brand has
    assert {*letter.to, *other.to} == {member.email, editor.email}
    assert letter.subject == "Your ad “Warm all winter” was declined"
    assert f"of {campaign.brand}, in the campaign “{campaign.name}”," in letter.body
    assert "\n\nToo loud.\n\nIt is not shown; other ads" in letter.body
    assert f"{settings.PUBLIC_URL}/ads/creatives/{ad.pk}/\n" in letter.body
    actions.change_creative(creative_id=ad.pk, message=OTHER, user=member, at=NOON)
    assert not actions.tell_declined(creative_id=ad.pk, edition=1)
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_of_a_declined_ad_of_the_platform_itself_nobody_is_written_to() -> None:
    ad = make_house().creatives.get()
    actions.decline_creative(
        creative_id=ad.pk, edition=1, reason="Old.", operator=make_operator(), at=NOON
    )
    assert not actions.tell_declined(creative_id=ad.pk, edition=1)
    assert not mail.outbox


@pytest.mark.django_db
def test_an_ad_whose_video_is_not_ready_has_no_preview_yet() -> None:
    _, creative, member = make_submitted()
    creative.video.status = "transcoding"
    creative.video.save()
    shown = text(signed_in(member).get(f"/ads/creatives/{creative.pk}/"))
    assert "The video is being prepared" in shown
