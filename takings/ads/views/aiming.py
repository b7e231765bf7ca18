"""The part of a line item's form that says for whom it is, besides countries."""

from dataclasses import asdict
from typing import cast

from django import forms

from takings.ads import queries
from takings.ads.rules.lines import UNSAID
from takings.ads.rules.targeting import (
    DEVICES,
    HOURS,
    PLACEMENTS,
    Audience,
    blocked_names,
    language_names,
)
from takings.ads.views.forms import RefusableForm
from takings.people.queries import NoSuchCreator
from takings.people.rules import AGE_BRACKETS, country_names, region_names, regions_of
from takings.videos.rules.categories import by_name, names_of

LONGEST_LIST = 4_000
SHOW_REGIONS = "regions"
"""What the button below the countries asks for: the same form, with their regions."""
REGIONS_PART = "regions-part"
"""What a page's script asks for when a country is chosen: only its regions."""
PLACES = {
    "feed": "Between videos in the feed",
    "pre": "Before a video",
    "mid": "Within a video",
    "post": "After a video",
}
DEVICE_NAMES = {"phone": "Phone", "tablet": "Tablet", "desktop": "Computer", "tv": "Television"}


def _languages() -> list[tuple[str, str]]:
    return sorted(language_names().items(), key=lambda pair: pair[1])


def _choices(label: str, choices: object, help_text: str = "") -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=choices,  # type: ignore[arg-type] # a list or a callable that makes one
        required=False,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
    )


def _list(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_LIST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AudienceForm(RefusableForm):
    """Languages, devices, hours, ages, categories, words, creators; empty asks for nothing."""

    regions = _choices(
        "Regions",
        (),
        "Only people who say that they live there, which few do: nobody else is shown it, whatever"
        " countries are chosen.",
    )
    blocked_regions = _choices(
        "Not in these regions",
        (),
        "Then nobody of the same country is shown it who does not say where they live.",
    )
    languages = _choices("Languages of the browser", _languages)
    devices = _choices("Devices", [(one, DEVICE_NAMES[one]) for one in DEVICES])
    placements = _choices("Places", [(one, PLACES[one]) for one in PLACEMENTS])
    hours = _choices(
        "Hours of the day",
        [(str(hour), f"{hour:02}:00 to {hour:02}:59") for hour in HOURS],
        "By the clock of the time zone above.",
    )
    ages = _choices(
        "Age groups",
        [(one, one.replace("-", " to ")) for one in AGE_BRACKETS],
        "Only people who allowed it, on our own pages: far fewer than have that age.",
    )
    categories = _choices(
        "What the video is about", by_name, "As its creator says; many do not say."
    )
    blocked_categories = _choices(
        "Not about",
        lambda: [(UNSAID, "Videos that do not say what they are about"), *by_name()],
        "Never with a video about one of these. Many do not say; keep away from those, too, if any"
        " doubt is too much.",
    )
    keywords = _list(
        "Words", "Only with videos that have one of these words in title or description."
    )
    blocked_keywords = _list("Not with these words", "Never with a video that has one of them.")
    creators = _list("Creators", "Only with videos of these creators: handles such as @ada.")
    blocked_creators = _list("Not with these creators", "Never with a video of theirs.")

    def offer_regions(self) -> None:
        """Let the advertiser choose among the regions of the countries that are chosen."""
        named, listed = country_names(), dict[str, str]()
        countries = sorted(one for one in self["countries"].value() or [] if one in named)
        for one in countries:
            end = f", {named[one]}" if countries[1:] else ""
            listed |= {code: f"{name}{end}" for code, name in regions_of(one).items()}
        for field in ("regions", "blocked_regions"):
            chosen = {one: region_names()[one] for one in self._chosen(field)}
            choices = cast("forms.TypedMultipleChoiceField", self.fields[field])
            choices.choices = list((listed | chosen | listed).items())

    def _chosen(self, field: str) -> list[str]:
        return [one for one in self[field].value() or [] if one in region_names()]

    @property
    def is_aimed(self) -> bool:
        """Tell whether something is filled in, or wrong, so that this part is shown open."""
        fields = AudienceForm.base_fields
        if self.data.get("forecast") == SHOW_REGIONS:
            return True
        return any(self[name].value() for name in fields) or any(self[n].errors for n in fields)

    def clean_creators(self) -> tuple[int, ...]:
        """Return the ids of those who are named."""
        return self._named("creators")

    def clean_blocked_creators(self) -> tuple[int, ...]:
        """Return the ids of those who are named."""
        return self._named("blocked_creators")

    def audience(self) -> Audience:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        return Audience(
            regions=tuple(data["regions"]),
            blocked_regions=tuple(data["blocked_regions"]),
            languages=tuple(data["languages"]),
            devices=tuple(data["devices"]),
            placements=tuple(data["placements"]),
            hours=tuple(int(hour) for hour in data["hours"]),
            ages=tuple(data["ages"]),
            categories=tuple(data["categories"]),
            blocked_categories=tuple(data["blocked_categories"]),
            keywords=tuple(_parts(data["keywords"])),
            blocked_keywords=tuple(_parts(data["blocked_keywords"])),
            creators=data["creators"],
            blocked_creators=data["blocked_creators"],
        )

    def _named(self, field: str) -> tuple[int, ...]:
        try:
            return queries.creators_named(_parts(self.cleaned_data[field]))
        except NoSuchCreator as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def said_audience(audience: Audience) -> dict[str, object]:
    """Return an audience as the form shows it."""
    return {
        **asdict(audience),
        "hours": [str(hour) for hour in audience.hours],
        "keywords": ", ".join(audience.keywords),
        "blocked_keywords": ", ".join(audience.blocked_keywords),
        "creators": ", ".join(queries.handles_of(audience.creators)),
        "blocked_creators": ", ".join(queries.handles_of(audience.blocked_creators)),
    }


def shown_audience(audience: Audience) -> list[tuple[str, str]]:
    """Return what a line item asks for, in words: dimension and values; empty lists are left out.

    What is asked for is shown as the form calls it.
    """
    said = said_audience(audience)
    found = {
        "regions": ", ".join(region_names()[one] for one in audience.regions),
        "blocked_regions": ", ".join(region_names()[one] for one in audience.blocked_regions),
        "languages": ", ".join(language_names()[one] for one in audience.languages),
        "devices": ", ".join(DEVICE_NAMES[one] for one in audience.devices),
        "placements": ", ".join(PLACES[one] for one in audience.placements),
        "hours": ", ".join(f"{hour:02}:00" for hour in audience.hours),
        "ages": ", ".join(audience.ages),
        "categories": ", ".join(names_of(audience.categories)),
        "blocked_categories": ", ".join(blocked_names(audience)),
    }
    fields = AudienceForm.base_fields
    told = ((str(field.label), str(found.get(name, said[name]))) for name, field in fields.items())
    return [(label, values) for label, values in told if values]


def _parts(text: str) -> list[str]:
    """Return what stands between commas and line ends."""
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
