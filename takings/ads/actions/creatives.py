"""Creatives: added, changed, paused by their advertiser; approved or declined by an operator."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.ads import queries
from takings.ads.actions.locks import lock_campaign
from takings.ads.models import Campaign, Change, Creative, Review
from takings.ads.queries.promoters import own_pages, says_what_is_public
from takings.ads.rules.campaigns import Message, check_message
from takings.ads.rules.creatives import Look, check_reason, check_review
from takings.core.errors import Conflict
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import promotion_rule_at
from takings.videos.rules.categories import CATEGORIES

WORDS = {
    "headline": "headline",
    "call_to_action": "call to action",
    "landing_url": "landing page",
    "category": "category",
}
"""What a person calls the fields of a message."""


class VideoInUse(Conflict):
    """A campaign shows a video in one creative, so that a click knows where it leads."""

    code = "video_in_use"
    sentence = "This campaign has an ad with this video; change that one, or upload another video."


class CreativeIdTaken(Conflict):
    """The id of a creative is its idempotency key."""

    code = "creative_id_taken"
    sentence = "An ad with this id exists and is another one; open the form again."


@dataclass(frozen=True, slots=True)
class CreativeDraft:
    """A whole creative, under the id its form was given."""

    id: uuid.UUID
    video_id: uuid.UUID
    message: Message


@transaction.atomic
def add_creative(
    *, campaign_id: uuid.UUID, draft: CreativeDraft, user: User, at: dt.datetime
) -> Creative:
    """Give a campaign one more creative; it is shown once an operator approved it.

    An operator's for the platform itself needs nobody else's look, nor does what a public video
    says of itself. The same draft sent twice (its id) makes one creative. Refuses: all that
    ``check_message`` does, NoSuchCreative, VideoInUse, CreativeIdTaken.
    """
    campaign = Campaign.objects.select_related("brand").get(pk=campaign_id)
    pages = own_pages(brand_id=campaign.brand_id, video_id=draft.video_id)
    check_message(draft.message, own_pages=pages)
    video = queries.access_ad_video(brand=campaign.brand, video_id=draft.video_id)
    lock_campaign(campaign_id)  # two clicks are one ad
    known = Creative.objects.filter(pk=draft.id).first()
    if known is not None:
        if (known.campaign_id, known.video_id) != (campaign_id, draft.video_id):
            raise CreativeIdTaken
        return known
    if campaign.creatives.filter(video=video).exists():
        raise VideoInUse
    creative = Creative.objects.create(
        id=draft.id, campaign=campaign, video=video, submitted_at=at, **_columns(draft.message)
    )
    _record(creative, "ad", ("", creative.headline), user=user, at=at)
    _approve_own(creative, user=user, at=at)
    return creative


@transaction.atomic
def change_creative(
    *, creative_id: uuid.UUID, message: Message, user: User, at: dt.datetime
) -> Creative:
    """Say something else with the same video; it goes back to review, and until then is not shown.

    An operator's for the platform itself does not. The same message again changes nothing.
    Refuses: all that ``check_message`` does.
    """
    creative = _lock(creative_id)
    pages = own_pages(brand_id=creative.campaign.brand_id, video_id=creative.video_id)
    check_message(message, own_pages=pages)
    changed = False
    for column, text in _columns(message).items():
        was = getattr(creative, column)
        if was != text:
            setattr(creative, column, text)
            told = (CATEGORIES.get(was, was), CATEGORIES.get(text, text))
            _record(creative, WORDS[column], told, user=user, at=at)
            changed = True
    if changed:
        creative.edition += 1
        creative.review, creative.declined_why = Review.SUBMITTED, ""
        creative.submitted_at = at
        creative.save()
        _approve_own(creative, user=user, at=at)
    return creative


@transaction.atomic
def pause_creative(*, creative_id: uuid.UUID, user: User, at: dt.datetime) -> Creative:
    """Show a creative no more until it is resumed; pausing it twice is pausing it once."""
    creative = _lock(creative_id)
    if creative.paused_at is None:
        creative.paused_at = at
        creative.save(update_fields=["paused_at"])
        _record(creative, "ad", ("running", "paused"), user=user, at=at)
    return creative


@transaction.atomic
def resume_creative(*, creative_id: uuid.UUID, user: User, at: dt.datetime) -> Creative:
    """Show a paused creative again, if it is approved; again changes nothing."""
    creative = _lock(creative_id)
    if creative.paused_at is not None:
        creative.paused_at = None
        creative.save(update_fields=["paused_at"])
        _record(creative, "ad", ("paused", "running"), user=user, at=at)
    return creative


@transaction.atomic
def approve_creative(
    *, creative_id: uuid.UUID, edition: int, operator: User, at: dt.datetime
) -> Creative:
    """Let a creative be shown, as the operator saw it; a staff act.

    Refuses: OwnAd, ChangedMeanwhile, AlreadyReviewed.
    """
    creative = _lock(creative_id)
    _check(creative, edition=edition, operator=operator, wanted=Review.APPROVED)
    creative.approved_url = creative.landing_url
    return _decide(creative, (Review.APPROVED, ""), operator=operator, at=at)


@transaction.atomic
def decline_creative(
    *, creative_id: uuid.UUID, edition: int, reason: str, operator: User, at: dt.datetime
) -> Creative:
    """Keep a creative from being shown, also one that was approved; its clicks lead nowhere then.

    A staff act; the advertiser reads the reason, also in a letter.
    Refuses: NoReasonGiven, OwnAd, ChangedMeanwhile, AlreadyReviewed.
    """
    told = check_reason(reason)
    creative = _lock(creative_id)
    _check(creative, edition=edition, operator=operator, wanted=Review.DECLINED)
    creative.approved_url = ""
    order = jobs.configure_task("ads.tell_declined", queue="default")
    order.defer(creative_id=str(creative.pk), edition=edition)
    return _decide(creative, (Review.DECLINED, told), operator=operator, at=at)


def _approve_own(creative: Creative, *, user: User, at: dt.datetime) -> None:
    """Approve what an operator lets the platform say of itself; a staff act, as each approval.

    And what a promotion says that everybody reads of its video already, where the policy wants
    no second look at it: nobody's act.
    """
    if says_what_is_public(creative) and not promotion_rule_at(at=at).is_reviewed:
        creative.review, creative.approved_url = Review.APPROVED, creative.landing_url
        creative.save(update_fields=["review", "approved_url"])
        _record(
            creative, "review", ("in review", "approved: it says what is public"), user=user, at=at
        )
    if user.is_staff and queries.is_house(brand_id=creative.campaign.brand_id):
        creative.approved_url = creative.landing_url
        _decide(creative, (Review.APPROVED, ""), operator=user, at=at)


def _check(creative: Creative, *, edition: int, operator: User, wanted: Review) -> None:
    is_own = creative.campaign.brand.members.filter(pk=operator.pk).exists()
    look = Look(edition=edition, is_own=is_own)
    check_review(look, edition=creative.edition, review=creative.review, wanted=wanted)


def _decide(
    creative: Creative, said: tuple[Review, str], *, operator: User, at: dt.datetime
) -> Creative:
    was = Review(creative.review)
    creative.review, creative.declined_why = said
    creative.save(update_fields=["review", "declined_why", "approved_url"])
    verdict = "approve" if creative.review == Review.APPROVED else "decline"
    record_staff_act(
        operator=operator,
        act=f"ads.{verdict}_creative",
        target=f"creative:{creative.pk}",
        reason=creative.declined_why or f"edition {creative.edition}",
        at=at,
    )
    words = (was.label.lower(), Review(creative.review).label.lower())
    _record(creative, "review", words, user=operator, at=at)
    return creative


def _lock(creative_id: uuid.UUID) -> Creative:
    """Lock the creative, so that a change and a review at once are one after the other."""
    locked = Creative.objects.select_related("campaign__brand")
    return locked.select_for_update(of=("self",), no_key=True).get(pk=creative_id)


def _columns(message: Message) -> dict[str, str]:
    return {
        "headline": message.headline.strip(),
        "call_to_action": message.call_to_action.strip(),
        "landing_url": message.landing_url,
        "category": message.category,
    }


def _record(
    creative: Creative, field: str, values: tuple[str, str], *, user: User, at: dt.datetime
) -> None:
    was, became = values
    Change.objects.create(
        campaign_id=creative.campaign_id,
        creative=creative,
        field=field,
        was=was,
        became=became,
        reason=creative.declined_why,
        changed_by=user,
        changed_at=at,
    )
