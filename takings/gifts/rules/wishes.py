"""What somebody wishes to give, and why that may not be."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import Conflict, Forbidden, Invalid, NotFound
from takings.people.rules import age_on
from takings.policies.rules import GiftRule


class NoSuchGiftKind(NotFound):
    """The catalogue never had it."""

    code = "no_such_gift_kind"
    sentence = "There is no such gift."


class NotGiftable(NotFound):
    """The video is gone, private, or was never there."""

    code = "not_giftable"
    sentence = "There is no such video, or it takes no gifts."


class OwnVideo(Invalid):
    """Nobody gives to themselves."""

    code = "gift_to_oneself"
    sentence = "This is your own video; gifts are for others."


class SenderGone(Forbidden):
    """The account is closed, or was never there."""

    code = "gift_sender_gone"
    sentence = "This account cannot send gifts."


class GiftsNotWelcome(Forbidden):
    """The creator does not want gifts of this person, or of anybody; the answer is the same."""

    code = "gifts_not_welcome"
    sentence = "@{creator} does not take gifts now."


class CreatorNotEligible(Conflict):
    """Only who takes part in earnings, and is old enough, is given money."""

    code = "creator_not_eligible"
    sentence = "@{creator} cannot receive gifts yet."


class GiftIdTaken(Conflict):
    """The id of a gift is its idempotency key."""

    code = "gift_id_taken"
    sentence = "A gift with this id was sent and is another one; open the page again."


class BadGiftId(Invalid):
    """The page brings the id of the gift, so that sending it twice is once."""

    code = "bad_gift_id"
    sentence = "The form is broken; open the page again and send it once more."


@dataclass(frozen=True, slots=True)
class Wish:
    """A gift as its sender wishes it; ``id`` is theirs, ``moment_ms`` where the video was.

    ``room_id`` is the room in which they watch it, if they do.
    """

    id: UUID
    sender_id: int
    video_id: UUID
    kind: str
    message: str = ""
    is_anonymous: bool = False
    moment_ms: int | None = None
    room_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a video's gifts go to."""

    creator_id: int
    user_id: int
    handle: str
    country: str
    born_on: dt.date | None
    shares_from: dt.datetime | None
    is_active: bool


def check_recipient(one: Recipient, *, rule: GiftRule, at: dt.datetime) -> None:
    """Refuse a creator who cannot be given money. An unknown age is asked for before a payout.

    Refuses: CreatorNotEligible.
    """
    shares = one.shares_from is not None and one.shares_from <= at
    old_enough = one.born_on is None or rule.age_in(one.country) <= age_on(
        born_on=one.born_on, day=at.date()
    )
    if not (shares and one.is_active and old_enough):
        raise CreatorNotEligible(creator=one.handle)


@dataclass(frozen=True, slots=True)
class Last:
    """The last gift of a sender: of which kind, for which video, when, the how many in a row."""

    kind: str
    video_id: UUID
    sent_at: dt.datetime
    combo: int


def combo_of(wish: Wish, *, last: Last | None, rule: GiftRule, at: dt.datetime) -> int:
    """Return the how many in a row a gift is: the same one again, soon enough, counts on."""
    if last is None or (last.kind, last.video_id) != (wish.kind, wish.video_id):
        return 1
    return last.combo + 1 if at - last.sent_at <= rule.combo else 1
