"""Saying who had a reason to pay for a video: its creator does, and a deal does for them.

What was said of a published video stays: who watched it before and after reads the same (TikTok,
2026-07-19: the setting cannot be changed after publishing).
"""

import datetime as dt
import uuid

from django.db import transaction

from takings.core.errors import Conflict, Invalid
from takings.videos.actions.steps import locked
from takings.videos.models import Disclosed, Disclosure

LONGEST_PARTNER = 80
FORCED = {
    Disclosed.PARTNERSHIP.value: "a deal asks for it",
    Disclosed.AFFILIATE.value: "the goods it shows ask for it",
}


class DisclosureStays(Conflict):
    """A deal says it, or viewers have read it."""

    code = "disclosure_stays"
    sentence = "What this video says of {partner} stays: {why}."


class DisclosureNeedsPartner(Invalid):
    """“Paid partnership” with nobody says nothing."""

    code = "disclosure_needs_partner"
    sentence = "Say who it was, in at most {most} characters."


@transaction.atomic
def disclose(*, video_id: uuid.UUID, kind: Disclosed, partner: str, at: dt.datetime) -> Disclosure:
    """Say who had a reason to pay for an own video; before it is published it may be changed.

    Refuses: DisclosureNeedsPartner, DisclosureStays.
    """
    partner = "" if kind is Disclosed.OWN else partner.strip()
    if kind is not Disclosed.OWN and not 1 <= len(partner) <= LONGEST_PARTNER:
        raise DisclosureNeedsPartner(most=LONGEST_PARTNER)
    _check_free(video_id)
    said, _ = Disclosure.objects.update_or_create(
        video_id=video_id, defaults={"kind": kind, "partner": partner, "said_at": at}
    )
    return said


@transaction.atomic
def disclose_nothing(*, video_id: uuid.UUID) -> None:
    """Take back what was said of a video that nobody watched yet. Refuses: DisclosureStays."""
    _check_free(video_id)
    Disclosure.objects.filter(pk=video_id).delete()


def force_disclosure(*, video_id: uuid.UUID, partner: str, at: dt.datetime) -> Disclosure:
    """Let a video say that a brand pays for it; its creator cannot take that away.

    Call it in the transaction of what makes it so.
    """
    locked(video_id)
    said, _ = Disclosure.objects.update_or_create(
        video_id=video_id,
        defaults={
            "kind": Disclosed.PARTNERSHIP,
            "partner": partner,
            "is_forced": True,
            "said_at": at,
        },
    )
    return said


def force_commission(*, video_id: uuid.UUID, partner: str, at: dt.datetime) -> Disclosure:
    """Let a video say that its creator earns by what it shows; they cannot take that away.

    What was said already of somebody who paid, or gave something, says more, and stays.
    Call it in the transaction of what makes it so.
    """
    locked(video_id)
    known = Disclosure.objects.filter(pk=video_id).exclude(kind=Disclosed.OWN).first()
    if known is not None:
        return known
    said, _ = Disclosure.objects.update_or_create(
        video_id=video_id,
        defaults={
            "kind": Disclosed.AFFILIATE,
            "partner": partner[:LONGEST_PARTNER],
            "is_forced": True,
            "said_at": at,
        },
    )
    return said


def release_commission(*, video_id: uuid.UUID) -> None:
    """Let a draft say nothing more of goods it does not show any more; published, it stays."""
    if locked(video_id).published_at is None:
        forced = Disclosure.objects.filter(pk=video_id, is_forced=True)
        forced.filter(kind=Disclosed.AFFILIATE).delete()


def release_disclosure(*, video_id: uuid.UUID) -> None:
    """Let a draft say nothing of a deal any more that it is no part of; published, it stays."""
    if locked(video_id).published_at is None:
        Disclosure.objects.filter(pk=video_id, is_forced=True).delete()


def _check_free(video_id: uuid.UUID) -> None:
    """Refuse to change what a deal says, or viewers have read; saying it later is always right."""
    video = locked(video_id)
    said = Disclosure.objects.filter(pk=video_id).first()
    if said is None:
        return
    if said.is_forced:
        raise DisclosureStays(partner=said.partner, why=FORCED[said.kind])
    if video.published_at is not None:
        raise DisclosureStays(partner=said.partner or "you", why="it is published")
