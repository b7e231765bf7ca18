"""The studio's splits: offer others a part of a video, answer, end; only the parties see them."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from takings.core import clock, ids
from takings.core.errors import NotFound, Refusal
from takings.people.models import Creator
from takings.people.queries import access_own_creator, creator_by_handle
from takings.settlement import actions
from takings.settlement.models import Split
from takings.settlement.queries import access_split, splits_of
from takings.videos.queries import access_own_video, own_videos

PLACES = 5
PER_CENT_BP = 100
Answer = Literal["accept", "decline", "end"]
ANSWERS: dict[str, Answer] = {"accept": "accept", "decline": "decline", "end": "end"}
TOLD: dict[Answer, str] = {
    "accept": "You agreed. It holds from the day after the last of you has.",
    "decline": "Nothing is shared.",
    "end": "It ends at midnight UTC. Days before stay shared.",
}


class UnknownAnswer(NotFound):
    """One accepts, declines or ends."""

    code = "unknown_answer"
    sentence = "One can accept, decline or end a split."


class SplitForm(forms.Form):
    """A video and up to five others with what they get, in percent."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    video = forms.ChoiceField()

    def __init__(self, *given: Any, creator: Creator, **kept: Any) -> None:
        """Offer the creator's own videos, and places for the others."""
        super().__init__(*given, **kept)
        videos = [(str(one.pk), one.title) for one in own_videos(user=creator.user)]
        self.fields["video"] = forms.ChoiceField(choices=videos)
        for place in range(1, PLACES + 1):
            self.fields[f"handle_{place}"] = forms.CharField(
                label=f"Creator {place}", max_length=40, required=place == 1
            )
            self.fields[f"percent_{place}"] = forms.DecimalField(
                label=f"Percent for creator {place}",
                required=place == 1,
                min_value=Decimal("0.01"),
                max_value=Decimal(100),
                decimal_places=2,
                widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
            )

    def shares(self) -> list[tuple[Creator, int]]:
        """Return who gets how many basis points. Refuses NoSuchCreator."""
        data = self.cleaned_data
        rows = [
            (data[f"handle_{place}"], data[f"percent_{place}"]) for place in range(1, PLACES + 1)
        ]
        return [
            (creator_by_handle(handle=handle.lstrip("@")), int((percent or 0) * PER_CENT_BP))
            for handle, percent in rows
            if handle or percent
        ]


@require_GET
def splits_page(request: HttpRequest) -> HttpResponse:
    """List the agreements one is a party of, with what one may still do."""
    creator = access_own_creator(user=request.user)
    rows = [(split, _may(split, creator)) for split in splits_of(creator=creator)]
    return render(request, "insights/splits.html", {"creator": creator, "splits": rows})


@require_http_methods(["GET", "POST"])
def new_split_page(request: HttpRequest) -> HttpResponse:
    """Offer others a part of what a video earns."""
    creator = access_own_creator(user=request.user)
    at = clock.now()
    form = SplitForm(request.POST or None, creator=creator, initial={"id": ids.uuid7(at=at)})
    if form.is_valid():
        video_id = UUID(form.cleaned_data["video"])
        try:
            actions.propose_split(
                owner=creator,
                video=access_own_video(user=request.user, video_id=video_id),
                shares_bp=form.shares(),
                id=form.cleaned_data["id"],
                at=at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. It holds once everybody agreed.")
            return redirect("insights:splits")
    return render(request, "insights/new_split.html", {"form": form})


@require_http_methods(["GET", "POST"])
def answer_page(request: HttpRequest, *, split: UUID, answer: str) -> HttpResponse:
    """Ask before accepting, declining or ending. Refuses UnknownSplit, SplitIsSettled."""
    creator = access_own_creator(user=request.user)
    found = access_split(user=request.user, split_id=split)
    wanted = ANSWERS.get(answer)
    if wanted is None:
        raise UnknownAnswer
    if request.method == "POST":
        _answer(found, wanted, creator=creator)
        messages.success(request, TOLD[wanted])
        return redirect("insights:splits")
    context = {"split": found, "answer": wanted, "creator": creator}
    return render(request, "insights/answer_split.html", context)


def _answer(split: Split, answer: Answer, *, creator: Creator) -> None:
    at = clock.now()
    if answer == "accept":
        actions.accept_split(split=split, creator=creator, at=at)
    elif answer == "decline":
        actions.decline_split(split=split)
    else:
        actions.end_split(split=split, creator=creator, at=at)


def _may(split: Split, creator: Creator) -> list[Answer]:
    """Return what this party may still do."""
    if split.status == "agreed":
        return ["end"]
    if split.status != "proposed":
        return []
    waits = any(
        part.creator_id == creator.pk and part.accepted_at is None for part in split.parts.all()
    )
    return ["accept", "decline"] if waits else ["decline"]
