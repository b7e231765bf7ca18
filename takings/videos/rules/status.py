"""Which status may follow which, and who may watch in which one."""

from dataclasses import dataclass
from typing import Final

from takings.core.errors import Conflict

MAY_BECOME: Final = {
    "uploading": frozenset({"quarantined", "removed"}),
    "quarantined": frozenset({"transcoding", "refused", "removed"}),
    "transcoding": frozenset({"ready", "refused", "removed"}),
    "ready": frozenset({"removed"}),
    "refused": frozenset({"quarantined", "removed"}),  # "try again" sends it through once more
    "removed": frozenset[str](),
}


OPEN: Final = frozenset({"public", "unlisted"})
"""Who has the address may watch; all else is for some only."""


class WrongMoment(Conflict):
    """The video is not in a status from which this step is possible."""

    code = "wrong_moment"
    sentence = "This video is {status}, so it cannot become {wanted}."


def check_step(*, status: str, wanted: str) -> None:
    """Refuse with :class:`WrongMoment` unless ``wanted`` may follow ``status``."""
    if wanted not in MAY_BECOME[status]:
        raise WrongMoment(status=status, wanted=wanted)


@dataclass(frozen=True, slots=True)
class Onlooker:
    """How someone who asks for media stands to the video; a guest was invited to it while ready."""

    is_owner: bool
    is_operator: bool
    is_member: bool = False
    is_guest: bool = False


def is_open_to_all(*, status: str, visibility: str, purpose: str) -> bool:
    """Return whether anyone at all may watch: ready, and public, unlisted or an ad creative."""
    return status == "ready" and (purpose == "creative" or visibility in OPEN)


def may_watch(*, status: str, visibility: str, purpose: str, onlooker: Onlooker) -> bool:
    """Return whether this onlooker may open the media.

    The owner and operators may in every status but ``removed``, when no media exist any more; who
    is a member, as high as the video asks for, what is ready and for members.
    """
    if status == "removed":
        return False
    if onlooker.is_owner or onlooker.is_operator or (onlooker.is_guest and status == "ready"):
        return True
    if onlooker.is_member and status == "ready" and visibility == "members":
        return True
    return is_open_to_all(status=status, visibility=visibility, purpose=purpose)


def may_be_published_at(*, status: str, visibility: str) -> bool:
    """Return whether others can see the video now, so that its publication has a date."""
    return status == "ready" and visibility != "private"
