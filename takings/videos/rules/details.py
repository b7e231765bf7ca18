"""What a creator says about a video: title, description, visibility, music, category."""

from dataclasses import dataclass, replace
from typing import Final

from takings.core.errors import Invalid
from takings.videos.rules.categories import check_category

MAX_TITLE_CHARS: Final = 150
MAX_DESCRIPTION_CHARS: Final = 2000
MAX_TRACKS: Final = 2  # the pool's music carve-out is defined for none, one and two
VISIBILITIES: Final = ("public", "unlisted", "members", "private")


class BadTitle(Invalid):
    """Every video has a title."""

    code = "bad_title"
    sentence = "Give the video a title of 1 to {limit} characters."


class DescriptionTooLong(Invalid):
    """Descriptions are short, too."""

    code = "description_too_long"
    sentence = "The description has {given} characters; {limit} is the most."


class BadVisibility(Invalid):
    """There are four kinds."""

    code = "bad_visibility"
    sentence = "“{given}” is no visibility; choose public, unlisted, members or private."


class NoSuchLevel(Invalid):
    """What is for members is for those of a tier that is offered, and above."""

    code = "no_such_level"
    sentence = "Choose one of your tiers; if you offer none, offer one first."


class OpensInThePast(Invalid):
    """Whoever wants all to watch now chooses “public”."""

    code = "opens_in_the_past"
    sentence = "Members watch it first until a time that is still to come."


class TooManyTracks(Invalid):
    """The share of music is defined for at most two tracks."""

    code = "too_many_tracks"
    sentence = "A video may use {limit} pieces of music; you chose {given}."


@dataclass(frozen=True, slots=True)
class Details:
    """What a creator says about a video; ``track_ids`` are the pieces of music used in it.

    With ``has_mid_rolls``, an ad may interrupt it, if it is long enough. ``category`` is what it is
    about, one of ``rules.categories``. What is for members is for those of ``members_rank`` and
    above; without it for those it was for before, a new video for all.
    """

    title: str
    description: str = ""
    visibility: str = "public"
    track_ids: tuple[int, ...] = ()
    has_mid_rolls: bool = False
    category: str = ""
    members_rank: int | None = None


def check_details(details: Details) -> Details:
    """Return the details trimmed, each track once, or refuse with one of the classes above."""
    title, description = details.title.strip(), details.description.strip()
    tracks = tuple(dict.fromkeys(details.track_ids))
    if not 1 <= len(title) <= MAX_TITLE_CHARS or not title.isprintable():
        raise BadTitle(limit=MAX_TITLE_CHARS)
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise DescriptionTooLong(given=len(description), limit=MAX_DESCRIPTION_CHARS)
    if details.visibility not in VISIBILITIES:
        raise BadVisibility(given=details.visibility[:20])
    if len(tracks) > MAX_TRACKS:
        raise TooManyTracks(given=len(tracks), limit=MAX_TRACKS)
    check_category(details.category)
    return replace(details, title=title, description=description, track_ids=tracks)
