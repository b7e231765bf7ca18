"""Where a deal and each of its videos stand, and what may follow."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from takings.core.errors import Conflict
from takings.policies.rules import DealRule
from takings.sponsorships.rules.terms import Terms

DAY = dt.timedelta(days=1)


class Status(StrEnum):
    """Where a deal stands."""

    OFFERED = "offered"
    AGREED = "agreed"
    RUNNING = "running"
    DISPUTED = "disputed"
    DONE = "done"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Stage(StrEnum):
    """Where one video of a running deal stands. The first five wait for something; see ``due``."""

    AWAITED = "awaited"
    REVIEW = "review"
    REVISING = "revising"
    APPROVED = "approved"
    LIVE = "live"
    DONE = "done"
    MISSED = "missed"
    REMOVED = "removed"
    CLOSED = "closed"


OPEN_STAGES = (Stage.AWAITED, Stage.REVIEW, Stage.REVISING, Stage.APPROVED, Stage.LIVE)
TO_HAND_IN = (Stage.AWAITED, Stage.REVISING)


class NotNow(Conflict):
    """Somebody else was faster, or a clock was."""

    code = "deal_not_now"
    sentence = "This deal is {status} now, so this cannot be done. Look at it again."


class NotYourTurn(Conflict):
    """An offer is answered by the other side."""

    code = "not_your_turn"
    sentence = "The other side answers this offer; you can take it back."


class OfferChanged(Conflict):
    """One accepts what one has read."""

    code = "offer_changed"
    sentence = "The offer has changed meanwhile. Read it again, then answer."


class WorkNotNow(Conflict):
    """A step that the video's stage does not have."""

    code = "work_not_now"
    sentence = "Video {number} is {stage} now, so this cannot be done. Look at it again."


class NoRevisionLeft(Conflict):
    """As many as were agreed on."""

    code = "no_revision_left"
    sentence = "All {count} agreed revisions were asked for. Approve the draft, or open a dispute."


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a video stands and until when; nothing is due once it is over."""

    stage: Stage
    due_at: dt.datetime | None


def span_words(span: dt.timedelta | None) -> str:
    """Return how long something took, in whole hours, or in days from two days on.

    >>> span_words(dt.timedelta(hours=30)), span_words(dt.timedelta(minutes=5))
    ('30 hours', 'an hour')
    >>> span_words(dt.timedelta(days=2, hours=1)), span_words(None)
    ('2 days', '')
    """
    if span is None:
        return ""
    if span >= 2 * DAY:
        return f"{span.days} days"
    hours = span // dt.timedelta(hours=1)
    return f"{hours} hours" if hours > 1 else "an hour"


def begun(terms: Terms, *, at: dt.datetime) -> Progress:
    """Return where each video stands once the money is there: a draft is awaited."""
    return Progress(Stage.AWAITED, at + terms.draft_days * DAY)


def handed_in(*, rule: DealRule, at: dt.datetime) -> Progress:
    """Return where a video stands with a draft: the brand looks at it."""
    return Progress(Stage.REVIEW, at + rule.review)


def sent_back(*, rule: DealRule, at: dt.datetime) -> Progress:
    """Return where a video stands when a revision was asked for."""
    return Progress(Stage.REVISING, at + rule.revise)


def approved(terms: Terms, *, at: dt.datetime) -> Progress:
    """Return where an approved video stands: it is to be published."""
    return Progress(Stage.APPROVED, at + terms.publish_days * DAY)


def published(terms: Terms, *, at: dt.datetime) -> Progress:
    """Return where a published video stands: it stays, or nothing more is asked of it."""
    if terms.live_days:
        return Progress(Stage.LIVE, at + terms.live_days * DAY)
    return Progress(Stage.DONE, None)
