"""Everything one may ask about videos; media bytes are reached by :func:`access_media` only."""

import datetime as dt
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db.models import QuerySet

from takings.core import clock
from takings.core.errors import NotFound
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_self
from takings.policies.queries import break_rule_at
from takings.videos.models import Disclosure, Purpose, Status, Track, Video, Visibility
from takings.videos.rules import files
from takings.videos.rules.breaks import Break, breaks_of
from takings.videos.rules.details import Details, NoSuchLevel
from takings.videos.rules.status import Onlooker, is_open_to_all, may_watch

Guests = Callable[[int, uuid.UUID], bool]
"""Whether a person may watch a video that is not open to all: an app above invited them."""
_guests: list[Guests] = []


def register_guests(guests: Guests) -> None:
    """Let an app above say who may watch a private video; called once, when it starts."""
    _guests.append(guests)


class NoSuchVideo(NotFound):
    """It does not exist, or not for this person."""

    code = "no_such_video"
    sentence = "There is no such video, or it is not for you to see."


class Members(Protocol):
    """Says who is a member of whom: the app above knows, videos do not."""

    def ranks(self, *, user_id: int, at: dt.datetime) -> Mapping[int, int]:
        """Return how high somebody is, by creator; where they are no member is left out."""

    def levels(self, *, creator_id: int) -> Sequence[tuple[int, str]]:
        """Return the ranks that a creator offers with their names, the lowest first."""


_members: list[Members] = []


def register_members(members: Members) -> None:
    """Let an app say who is a member; called once, when it starts."""
    _members.append(members)


def ranks_of_member(*, user_id: int | None, at: dt.datetime) -> dict[int, int]:
    """Return how high somebody is, by creator; nobody is nothing anywhere."""
    found: dict[int, int] = {}
    if user_id is not None:
        for members in _members:
            found |= members.ranks(user_id=user_id, at=at)
    return found


def levels_of(*, creator_id: int | None) -> list[tuple[int, str]]:
    """Return which members a creator may keep a video for: the rank of each tier and its name."""
    if creator_id is None:
        return []
    return [level for members in _members for level in members.levels(creator_id=creator_id)]


def check_level(rank: int, *, creator_id: int | None) -> None:
    """Refuse with ``NoSuchLevel`` what is for members of no tier that a creator offers."""
    if rank not in dict(levels_of(creator_id=creator_id)):
        raise NoSuchLevel


@dataclass(frozen=True, slots=True)
class Media:
    """Leave to read one video's media files: ``folder`` holds what was made from it."""

    video_id: uuid.UUID
    folder: Path
    status: str
    is_open_to_all: bool

    def path(self, name: str) -> Path:
        """Return where a served file lies; refuses ``NoSuchFile`` for every other name."""
        name = files.without_breaks(files.check_file_name(name))
        return (self.folder.parent if name == files.CAPTIONS else self.folder) / name


@dataclass(frozen=True, slots=True)
class Captions:
    """One text track, as the player lists it."""

    language: str
    url: str


def video_folder(video_id: uuid.UUID) -> Path:
    """Return where everything of a video lies: ``source``, ``served/``, ``captions.vtt``."""
    return Path(settings.MEDIA_HOME) / str(video_id)


def source_path(video_id: uuid.UUID) -> Path:
    """Return where the uploaded bytes lie; their number is the upload's offset."""
    return video_folder(video_id) / "source"


def served_folder(video_id: uuid.UUID) -> Path:
    """Return where the finished media lie; the folder appears in one rename, whole or never."""
    return video_folder(video_id) / "served"


def received_bytes(video_id: uuid.UUID) -> int:
    """Return how many bytes of the upload are on disk; 0 before the first."""
    path = source_path(video_id)
    return path.stat().st_size if path.exists() else 0


def disk_free_bytes() -> int:
    """Return the free space where media lie."""
    place = Path(settings.MEDIA_HOME)
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def whole_bytes(video_id: uuid.UUID) -> int:
    """Return how many bytes an ad's one file has; 0 while it is not written yet."""
    path = served_folder(video_id) / files.WHOLE
    return path.stat().st_size if path.exists() else 0


def creatives_to_join() -> list[uuid.UUID]:
    """Return the ads' videos that are ready and have no one file yet."""
    ready = Video.objects.filter(purpose=Purpose.CREATIVE, status=Status.READY)
    found = ready.order_by("pk").values_list("pk", flat=True)
    return [video_id for video_id in found if not whole_bytes(video_id)]


def access_media(*, user_id: int | None, video_id: uuid.UUID) -> Media:
    """Return leave to read a video's media: the one gate, asked for every byte.

    Ready videos are open to all unless private or for members, who are asked for anew each time;
    whom an app above invited (:func:`register_guests`) reaches ready ones, the owner and operators
    theirs in every status. Refuses :class:`NoSuchVideo`, so that a video that is not for somebody
    cannot be told from none.
    """
    named = ("id", "status", "visibility", "purpose", "uploader_id", "creator_id", "members_rank")
    video = Video.objects.filter(pk=video_id).only(*named).first()
    if video is None:
        raise NoSuchVideo
    facts = {"status": video.status, "visibility": video.visibility, "purpose": video.purpose}
    open_to_all = is_open_to_all(**facts)
    if not open_to_all and not may_watch(onlooker=_onlooker(user_id, video), **facts):
        raise NoSuchVideo
    return Media(video.pk, served_folder(video.pk), video.status, open_to_all)


def _onlooker(user_id: int | None, video: Video) -> Onlooker:
    if user_id is None:
        return Onlooker(is_owner=False, is_operator=False, is_guest=False)
    is_operator = User.objects.filter(pk=user_id, is_staff=True, is_active=True).exists()
    return Onlooker(
        is_owner=user_id == video.uploader_id,
        is_operator=is_operator,
        is_guest=is_guest(user_id=user_id, video_id=video.pk),
        is_member=is_member_for(user_id=user_id, video=video),
    )


def is_guest(*, user_id: int, video_id: uuid.UUID) -> bool:
    """Tell whether an app above lets a person watch a video that is not open to all."""
    return any(guests(user_id, video_id) for guests in _guests)


def is_member_for(*, user_id: int | None, video: Video) -> bool:
    """Tell whether somebody is a member now, as high as a video for members asks for."""
    if video.visibility != Visibility.MEMBERS or video.creator_id is None:
        return False
    ranks = ranks_of_member(user_id=user_id, at=clock.now())
    return ranks.get(video.creator_id, 0) >= video.members_rank


def access_own_video(*, user: Visitor, video_id: uuid.UUID) -> Video:
    """Return one of the person's own videos, or refuse with :class:`NoSuchVideo`."""
    video = own_videos(user=user).filter(pk=video_id).first()
    if video is None:
        raise NoSuchVideo
    return video


def own_videos(*, user: Visitor) -> QuerySet[Video]:
    """Return the person's videos, newest first, without the removed ones."""
    videos = Video.objects.filter(uploader_id=access_self(user=user).pk)
    return videos.exclude(status=Status.REMOVED).order_by("-uploaded_at", "-pk")


def public_videos(*, creator: Creator) -> QuerySet[Video]:
    """Return what a channel shows to everyone, newest first."""
    ready = Video.objects.filter(status=Status.READY, visibility=Visibility.PUBLIC)
    return ready.filter(creator=creator).order_by("-published_at", "-pk")


def tracks() -> list[Track]:
    """Return the music that may be used, by title."""
    return list(Track.objects.order_by("title", "pk"))


def details_of(video: Video) -> Details:
    """Return what the creator has said about a video."""
    track_ids = tuple(track.pk for track in video.tracks.all())
    return Details(
        title=video.title,
        description=video.description,
        visibility=video.visibility,
        track_ids=track_ids,
        has_mid_rolls=video.has_mid_rolls,
        category=video.category,
        members_rank=video.members_rank if video.visibility == Visibility.MEMBERS else None,
    )


def breaks_in(*, video_id: uuid.UUID, at: dt.datetime) -> tuple[Break, ...]:
    """Return where ads stand in a post: nowhere, unless its creator shares in ad money by then."""
    posts = Video.objects.filter(pk=video_id, purpose=Purpose.POST, status=Status.READY)
    shared = posts.filter(creator__shares_from__lte=at)
    found = shared.values_list("duration_ms", "has_mid_rolls").first()
    if found is None:
        return ()
    duration_ms, has_mid_rolls = found
    return breaks_of(duration_ms, rule=break_rule_at(at=at), has_mid_rolls=has_mid_rolls)


def disclosure_of(video: Video) -> Disclosure | None:
    """Return what a video says of who had a reason to pay for it."""
    return Disclosure.objects.filter(pk=video.pk).first()


def captions_of(video: Video) -> list[Captions]:
    """Return the captions to offer with a video."""
    if not video.captions_language:
        return []
    return [Captions(video.captions_language, files.media_url(video.pk, files.CAPTIONS))]
