"""The operator's part: what predicts how likely an ad does well, how it did, and the switch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.ads import actions
from takings.ads.models import LearnedRates, LineItem
from takings.ads.queries.learned import (
    LearnedStanding,
    line_items_named,
    newest_switch,
    standings,
    trainings,
)
from takings.ads.rules.lifts import HOURS_TOGETHER, from_json
from takings.ads.rules.lines import MILLION
from takings.ads.rules.pricing import KINDS
from takings.ads.rules.reliability import Bin
from takings.ads.views.aiming import DEVICE_NAMES, PLACES
from takings.ads.views.forms import RefusableForm
from takings.core import clock
from takings.core.errors import Refusal
from takings.people.queries import access_operator
from takings.people.rules import country_names
from takings.videos.rules.categories import CATEGORIES

SIDE, MARGIN = 300, 24
MOST_FACTORS = 8
PERCENT, _FINE = 10_000, 10_000
_FIELDS = {
    "device": DEVICE_NAMES,
    "placement": PLACES,
    "country": country_names(),
    "about": CATEGORIES,
}


class SwitchForm(RefusableForm):
    """What decides from now on."""

    is_on = forms.TypedChoiceField(
        label="What decides",
        choices=[("1", "What was learned, where it is better"), ("", "Counting alone")],
        coerce=bool,
        required=False,
        help_text="Ad servers follow within five minutes.",
    )
    why = forms.CharField(label="Why", max_length=300, help_text="Kept with your name.")


@dataclass(frozen=True, slots=True)
class Point:
    """A tenth of the decisions held out, where it is drawn and what it says."""

    x: int
    y: int
    bin: Bin

    @property
    def predicted(self) -> str:
        """What was predicted, in percent."""
        return percent(self.bin.predicted_ppm)

    @property
    def seen(self) -> str:
        """What was seen, in percent."""
        return percent(self.bin.seen_ppm)


@dataclass(frozen=True, slots=True)
class Factor:
    """What a place, or a line item in one, does to odds."""

    what: str
    times: str


class _Known(NamedTuple):
    item_id: UUID | None
    field: str
    value: str
    times_ppm: int


@dataclass(frozen=True, slots=True)
class Panel:
    """One pricing on the page."""

    standing: LearnedStanding
    unit: str
    points: Sequence[Point]
    counted: Sequence[Point]
    top: str
    factors: Sequence[Factor]
    history: Sequence[LearnedRates]


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Show what decides and how it did; take the operator's word on whether it may."""
    operator = access_operator(user=request.user)
    now, switch = clock.now(), newest_switch()
    form = SwitchForm(
        request.POST or None, initial={"is_on": "1" if switch is None or switch.is_on else ""}
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            set_to = actions.switch_learned(
                is_on=bool(told["is_on"]), why=told["why"], operator=operator, at=now
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            what = "what was learned, where it is better" if set_to.is_on else "counting alone"
            messages.success(request, f"From now on decides {what}.")
            return redirect("ads:rates")
    panels = [_panel(one) for one in standings(at=now)]
    return render(request, "ads/rates.html", {"form": form, "switch": switch, "panels": panels})


def _panel(standing: LearnedStanding) -> Panel:
    newest = standing.newest
    learned = newest.learned if newest else {}
    bins = [Bin(*one) for one in learned.get("reliability", ())]
    counted = [Bin(*one) for one in learned.get("bayes_reliability", ())]
    top = max((max(one[:2]) for one in (*bins, *counted)), default=1)
    return Panel(
        standing=standing,
        unit=KINDS[standing.pricing].unit,
        points=points(bins, top=top),
        counted=points(counted, top=top),
        top=percent(top),
        factors=_factors(learned["lifts"]) if "lifts" in learned else (),
        history=trainings(pricing=standing.pricing),
    )


def points(bins: Iterable[Bin], *, top: int) -> list[Point]:
    """Return where tenths are drawn: both axes by the root, so that small rates lie apart."""

    def along(ppm: int) -> int:
        return (SIDE - 2 * MARGIN) * isqrt(ppm * _FINE) // max(1, isqrt(top * _FINE))

    return [
        Point(MARGIN + along(one.predicted_ppm), SIDE - MARGIN - along(one.seen_ppm), one)
        for one in bins
    ]


def percent(ppm: int) -> str:
    """Return a rate as people read it: to a hundredth of a percent, a small one exactly.

    >>> [percent(one) for one in (482_300, 5_060, 38)]
    ['48.23 %', '0.5060 %', '0.0038 %']
    """
    whole, rest = divmod(ppm, PERCENT)
    return f"{whole}.{rest // 100:02} %" if whole else f"0.{rest:04} %"


def _factors(kept: dict[str, object]) -> list[Factor]:
    """Return the factors that are farthest from one, of places and of line items in them."""
    lifts = from_json(kept)
    found = [
        _Known(None, name, value, times)
        for name, known in lifts.places.items()
        for value, times in known.items()
    ]
    for item_id, own in lifts.items.items():
        for key, times in own.items():
            name, _, value = key.partition("=")
            found.append(_Known(item_id, name, value, times))
    found.sort(key=lambda one: -max(one.times_ppm, MILLION**2 // one.times_ppm))
    shown = found[:MOST_FACTORS]
    names = line_items_named(one.item_id for one in shown if one.item_id)
    return [_factor(one, names) for one in shown]


def _factor(one: _Known, names: Mapping[UUID, LineItem]) -> Factor:
    where = words_of(one.field, one.value)
    hundredths = one.times_ppm // PERCENT
    times = f"× {hundredths // 100}.{hundredths % 100:02}"
    return Factor(f"{names[one.item_id]}: {where}" if one.item_id else where, times)


def words_of(field: str, value: str) -> str:
    """Return what a place is, as people say it."""
    if field == "hours":
        return f"{value}:00 to {int(value) + HOURS_TOGETHER:02}:00 UTC"
    said = _FIELDS.get(field, {}).get(value, value)
    return said or "Videos that say nothing"
