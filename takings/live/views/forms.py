"""What a creator fills in about a room."""

from collections.abc import Iterable
from typing import cast
from zoneinfo import ZoneInfo

from django import forms

from takings.core.zones import time_zone_choices
from takings.live.models import Room
from takings.live.rules.rooms import AGES, MOST_TITLE_CHARS, SLOWNESSES_S, Plan, Talkers
from takings.live.rules.rooms import instant as instant_of
from takings.videos.models import Video, Visibility

TALKERS = [(Talkers.EVERYBODY.value, "Everybody"), (Talkers.FOLLOWERS.value, "My followers")]
AGE_NAMES = [(age, f"{age} and over" if age else "Everybody") for age in AGES]
SLOWNESSES = [(s, f"One line in {s} s" if s else "As fast as they like") for s in SLOWNESSES_S]
CLOCK = "%Y-%m-%dT%H:%M"


class RoomForm(forms.Form):
    """A room's plan; the action checks all of it again."""

    title = forms.CharField(max_length=MOST_TITLE_CHARS, help_text="What guests read first.")
    begins = forms.DateTimeField(
        label="Begins",
        input_formats=[CLOCK],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=time_zone_choices,
        help_text="The begin is a time on the clocks there. Guests see it on theirs.",
    )
    minimum_age = forms.TypedChoiceField(
        label="Who may come in", choices=AGE_NAMES, coerce=int, initial=0
    )
    talkers = forms.ChoiceField(label="Who may write", choices=TALKERS)
    slow_s = forms.TypedChoiceField(
        label="How fast one person writes", choices=SLOWNESSES, coerce=int, initial=0
    )
    publishes = forms.BooleanField(
        label="Make the video public as the room begins",
        required=False,
        help_text="A premiere: until then nobody else sees a private video.",
    )

    def plan(self) -> Plan:
        """Return what was filled in. Refuses: BadStart, for an hour that clocks skip."""
        data = self.cleaned_data
        begins = data["begins"].replace(tzinfo=None)
        return Plan(
            title=data["title"],
            starts_at=instant_of(begins, zone=data["time_zone"]),
            minimum_age=data["minimum_age"],
            talkers=Talkers(data["talkers"]),
            slow_s=data["slow_s"],
            publishes=data["publishes"],
        )


class NewRoomForm(RoomForm):
    """The same, and which video."""

    field_order = ("video", "title", "begins", "time_zone")
    video = forms.UUIDField(label="Video", widget=forms.Select)
    id = forms.UUIDField(widget=forms.HiddenInput)

    def offer(self, videos: Iterable[Video]) -> None:
        """Let the creator choose among these."""
        private = Visibility.PRIVATE
        widget = cast("forms.Select", self.fields["video"].widget)
        widget.choices = [
            (
                str(video.pk),
                f"{video.title} (private)" if video.visibility == private else str(video),
            )
            for video in videos
        ]


def _named(video: Video) -> str:
    """Return a video's title, and who may watch it unless all may."""
    is_public = video.visibility == Visibility.PUBLIC
    return video.title if is_public else f"{video.title} ({video.get_visibility_display()})"


def as_filled_in(room: Room, *, zone: str) -> dict[str, object]:
    """Return a room's plan as a form shows it, by the clocks of a place."""
    plan = room.plan
    return {
        "title": plan.title,
        "begins": plan.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None),
        "time_zone": zone,
        "minimum_age": plan.minimum_age,
        "talkers": plan.talkers.value,
        "slow_s": plan.slow_s,
        "publishes": plan.publishes,
    }
