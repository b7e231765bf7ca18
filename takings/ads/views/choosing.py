"""The part of a line item's form that says which ads it shows, and which of them comes next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundWidget

from takings.ads.models import Creative
from takings.ads.rules.lines import Rotation
from takings.ads.rules.rotation import LARGEST_WEIGHT, ROTATIONS, ShownAds
from takings.ads.views.forms import RefusableForm
from takings.videos.models import Status as VideoStatus
from takings.videos.rules.files import POSTER, media_url


@dataclass(frozen=True, slots=True)
class AdRow:
    """An ad to choose: its picture (empty while there is none), a box to tick, and its weight."""

    creative: Creative
    box: BoundWidget
    weight: forms.BoundField
    poster: str


class AdsForm(RefusableForm):
    """Which ads of the campaign; none chosen means all of them, later ones as well."""

    ads = forms.MultipleChoiceField(
        label="Which ads",
        required=False,
        help_text="None chosen means all of the campaign’s, and those that are added later.",
        widget=forms.CheckboxSelectMultiple,
    )
    rotation = forms.ChoiceField(
        choices=[(one, ROTATIONS[one]) for one in Rotation],
        label="Which comes next",
        required=False,
        help_text="The likeliest: nine of ten times the ad that probably brings what is paid for"
        " most often, else each in turn. By weight: as often as its number says.",
    )

    def offer_ads(self, creatives: Iterable[Creative]) -> None:
        """Let the advertiser choose among the ads of the campaign."""
        self._creatives = list(creatives)
        field = cast("forms.MultipleChoiceField", self.fields["ads"])
        field.choices = [(str(one.pk), one.headline) for one in self._creatives]
        for one in self._creatives:
            self.fields[_weight_name(one.pk)] = forms.IntegerField(
                label=f"Weight of “{one.headline}”",
                required=False,
                min_value=1,
                max_value=LARGEST_WEIGHT,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def ad_rows(self) -> Iterator[AdRow]:
        """The ads to choose from, each with its picture, its box and its weight."""
        for creative, box in zip(self._creatives, self["ads"], strict=True):
            is_ready = creative.video.status == VideoStatus.READY
            poster = media_url(creative.video_id, POSTER) if is_ready else ""
            yield AdRow(creative, box, self[_weight_name(creative.pk)], poster)

    @property
    def is_choosy(self) -> bool:
        """Tell whether something is chosen, or wrong, so that this part is shown open."""
        errors = any(self[name].errors for name in self.fields if name.startswith(_WEIGHT))
        chosen = self["ads"].value() or self["rotation"].value() not in (None, "", Rotation.EVEN)
        return bool(chosen or errors or self["ads"].errors or self["rotation"].errors)

    def shown_ads(self) -> ShownAds:
        """Return what was filled in; call it on a valid form only. A weight that lacks is 0."""
        data = self.cleaned_data
        rotation = Rotation(data["rotation"] or Rotation.EVEN)
        ids = tuple(UUID(one) for one in data["ads"])
        weights = (int(data.get(_weight_name(one)) or 0) for one in ids)
        return ShownAds(ids, tuple(weights) if rotation is Rotation.WEIGHTED else (), rotation)


def said_ads(ads: ShownAds) -> dict[str, object]:
    """Return the same as the form shows it."""
    weights = {_weight_name(one): weight for one, weight in ads.weight_of.items()}
    return {"ads": [str(one) for one in ads.ids], "rotation": ads.rotation, **weights}


_WEIGHT = "weight-"


def _weight_name(creative_id: UUID) -> str:
    return f"{_WEIGHT}{creative_id}"
