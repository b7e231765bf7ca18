"""What a creator fills in about a video."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from takings.videos import queries
from takings.videos.actions.disclosing import LONGEST_PARTNER
from takings.videos.models import Disclosed, Video, Visibility
from takings.videos.rules.captions import MAX_CAPTIONS_BYTES
from takings.videos.rules.categories import by_name
from takings.videos.rules.details import (
    MAX_DESCRIPTION_CHARS,
    MAX_TITLE_CHARS,
    MAX_TRACKS,
    Details,
)


def _music() -> list[tuple[int, str]]:
    return [(track.pk, str(track)) for track in queries.tracks()]


def _watchers(visibility: str, rank: int) -> str:
    """Return who may watch as one choice, such as ``public`` or ``members:2``."""
    return f"{visibility}:{rank}" if visibility == Visibility.MEMBERS else visibility


def _choices(levels: list[tuple[int, str]], *, said: str) -> Iterator[tuple[str, str]]:
    """Give each kind of watchers, members by their tier; what is said stays among them."""
    for value, words in Visibility.choices:
        if value != Visibility.MEMBERS:
            yield value, words
            continue
        offered = {_watchers(value, rank): f"Members: “{name}” and above" for rank, name in levels}
        if said.startswith(f"{value}:"):
            offered.setdefault(said, "Members of a tier that is offered no more")
        yield from offered.items()


class DetailsForm(forms.Form):
    """Title, description, category, visibility, music; the action checks all of it again."""

    title = forms.CharField(max_length=MAX_TITLE_CHARS)
    description = forms.CharField(
        max_length=MAX_DESCRIPTION_CHARS, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    category = forms.ChoiceField(
        label="What it is about",
        choices=lambda: [("", "Not said"), *by_name()],
        required=False,
        help_text="Ads are aimed by it, and kept away.",
    )
    visibility = forms.ChoiceField(label="Who may watch")
    track_ids = forms.TypedMultipleChoiceField(
        label="Music in it",
        choices=_music,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    has_mid_rolls = forms.BooleanField(label="Interrupt it by an ad", required=False)

    def __init__(self, data: QueryDict | None, *, video: Video) -> None:
        """Show what a video says; it can be for members of each tier that its creator offers."""
        details = queries.details_of(video)
        said = _watchers(details.visibility, video.members_rank)
        super().__init__(data, initial={**asdict(details), "visibility": said})
        field = cast("forms.ChoiceField", self.fields["visibility"])
        levels = queries.levels_of(creator_id=video.creator_id)
        field.choices = list(_choices(levels, said=said))
        if video.creator_id is not None and not levels:
            field.help_text = "For members alone: offer a membership first."

    def details(self) -> Details:
        """Return what was filled in."""
        given = self.cleaned_data
        visibility, _, rank = given["visibility"].partition(":")
        return Details(
            title=given["title"],
            description=given["description"],
            visibility=visibility,
            members_rank=int(rank) if rank else None,
            track_ids=tuple(given["track_ids"]),
            has_mid_rolls=given["has_mid_rolls"],
            category=given["category"],
        )


class MembersForm(forms.Form):
    """Which members may watch a video, and until when nobody else may."""

    rank = forms.TypedChoiceField(label="Members of this tier and above", coerce=int)
    opens_at = forms.DateTimeField(
        label="Everybody from",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: QueryDict | None, *, video: Video, time_zone: str) -> None:
        """Offer the creator's tiers; the time is one of their own zone."""
        self.zone = ZoneInfo(time_zone)
        opens_at = video.opens_at.astimezone(self.zone) if video.opens_at else None
        said = f"{opens_at:%Y-%m-%dT%H:%M}" if opens_at else None
        super().__init__(data, initial={"rank": video.members_rank, "opens_at": said})
        rank = cast("forms.TypedChoiceField", self.fields["rank"])
        rank.choices = queries.levels_of(creator_id=video.creator_id)
        self.fields["opens_at"].help_text = f"Empty: never. Your time zone: {time_zone}."

    def opens(self) -> dt.datetime | None:
        """Return from when all may watch; call it on a valid form only."""
        given: dt.datetime | None = self.cleaned_data["opens_at"]
        return given.replace(tzinfo=self.zone) if given else None


class DisclosureForm(forms.Form):
    """Who had a reason to pay for the video."""

    kind = forms.ChoiceField(
        label="Why you made it besides your viewers",
        choices=[("", "For no reason of this kind"), *Disclosed.choices],
        required=False,
    )
    partner = forms.CharField(
        label="Who it was",
        max_length=LONGEST_PARTNER,
        required=False,
        help_text="Viewers read it over the video, in the words of their country.",
    )


class CaptionsForm(forms.Form):
    """A WebVTT file and its language."""

    language = forms.CharField(max_length=16, initial="en", help_text="Such as en, de or pt-BR.")
    file = forms.FileField(
        label="WebVTT file",
        help_text=f"At most {MAX_CAPTIONS_BYTES // 1024} KiB.",
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )


MUSIC_HINT = f"Choose up to {MAX_TRACKS}. Music takes its share of the pool first."
