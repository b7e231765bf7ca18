"""What an operator may say about a creative, and why a campaign is not served."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from takings.core.errors import Conflict, Forbidden, Invalid
from takings.money import Money

LONGEST_REASON = 500


class NoReasonGiven(Invalid):
    """An advertiser who is declined learns why."""

    code = "no_reason_given"
    sentence = "Say in 1 to {longest} characters what is wrong, so that the advertiser can mend it."


class ChangedMeanwhile(Conflict):
    """Only what was looked at is approved or declined."""

    code = "changed_meanwhile"
    sentence = "The advertiser changed this ad since you opened it; look at it again."


class AlreadyReviewed(Conflict):
    """A review says something new."""

    code = "already_reviewed"
    sentence = "This ad is {review} already."


class OwnAd(Forbidden):
    """Nobody reviews the ads of a brand they belong to."""

    code = "own_ad"
    sentence = "You belong to this brand; another operator reviews its ads."


class HouseIsOpen(Conflict):
    """The platform has one name as an advertiser of itself."""

    code = "house_is_open"
    sentence = "The platform has a brand of its own already."


@dataclass(frozen=True, slots=True)
class Look:
    """What an operator saw of a creative: its edition; and whether the operator is of the brand."""

    edition: int
    is_own: bool


def check_review(look: Look, *, edition: int, review: str, wanted: str) -> None:
    """Refuse a review that is partial, late, or says what stands there already.

    Refuses: OwnAd, ChangedMeanwhile, AlreadyReviewed.
    """
    if look.is_own:
        raise OwnAd
    if look.edition != edition:
        raise ChangedMeanwhile
    if review == wanted:
        raise AlreadyReviewed(review=review)


def check_reason(reason: str) -> str:
    """Return the reason without blanks around it, or refuse with :class:`NoReasonGiven`."""
    told = reason.strip()
    if not 0 < len(told) <= LONGEST_REASON:
        raise NoReasonGiven(longest=LONGEST_REASON)
    return told


@dataclass(frozen=True, slots=True)
class Shown:
    """A creative as far as it decides whether the campaign is served.

    ``is_withdrawn``: it promotes a post that is not public any more.
    """

    review: str
    is_paused: bool
    is_ready: bool
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a campaign stands: ``left`` of its budget (of today's) is held by nobody."""

    status: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    price: Money
    left: Money
    prepaid: Money
    creatives: Sequence[Shown]
    left_today: Money | None = None


def why_not_served(standing: Standing, *, at: dt.datetime) -> list[str]:
    """Return what keeps a campaign from being served now, in sentences; nothing keeps it: empty.

    A campaign that is a draft, has ended or is over is told nothing else.
    """
    final = {
        "It is a draft; activate it.": standing.status == "drafted",
        "It has ended.": standing.status == "ended",
        "Its dates are over.": standing.ends_at <= at,
    }
    for sentence, applies in final.items():
        if applies:
            return [sentence]
    shortage = {
        "It is paused.": standing.status == "paused",
        "Its first day has not come yet.": at < standing.starts_at,
        "No prepaid money is left that pays for a view.": standing.prepaid < standing.price,
        "Its budget is used up or held by ad servers.": standing.left < standing.price,
        "Today’s budget is used up or held by ad servers.": (
            standing.left_today is not None and standing.left_today < standing.price
        ),
    }
    told = [sentence for sentence, applies in shortage.items() if applies]
    return [*told, *why_none_is_shown(standing.creatives)]


def why_none_is_shown(creatives: Sequence[Shown]) -> list[str]:
    """Return why none of the creatives can be shown, the nearest to being shown first."""
    there = [one for one in creatives if not one.is_withdrawn]
    if any(one.review == "approved" and one.is_ready and not one.is_paused for one in there):
        return []
    if creatives and not there:
        return ["Its video is not public any more; make it public again, or end the promotion."]
    found = {
        "The approved ad is paused.": any(
            one.review == "approved" and one.is_paused for one in there
        ),
        "The video of the approved ad is not ready.": any(
            one.review == "approved" and not one.is_paused for one in there
        ),
        "Its ad waits for an operator’s review.": any(one.review == "submitted" for one in there),
        "Its ad was declined; mend it.": any(one.review == "declined" for one in there),
    }
    return [next((sentence for sentence, applies in found.items() if applies), "It has no ad.")]
