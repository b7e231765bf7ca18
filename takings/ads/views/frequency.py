"""The parts of forms that say how often one viewer may see something."""

from django import forms

from takings.ads.rules.frequency import LARGEST_CAP, NO_CAPS, Caps, told_caps
from takings.ads.rules.lines import Window
from takings.ads.views.forms import RefusableForm

WRONG = f"A whole number from 1 to {LARGEST_CAP}, or nothing for no limit."


def _most(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), WRONG),
        min_value=1,
        max_value=LARGEST_CAP,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class CapsForm(RefusableForm):
    """At most so often in an hour, a day and a week: a line item, and each ad of it."""

    hour_cap = _most("In an hour")
    day_cap = _most("In a day")
    week_cap = _most("In a week")
    ad_hour_cap = _most("In an hour")
    ad_day_cap = _most("In a day")
    ad_week_cap = _most("In a week")

    @property
    def is_capped(self) -> bool:
        """Tell whether something is filled in, or wrong, so that this part is shown open."""
        names = [name for name in self.fields if name.endswith("_cap")]
        return any(self[name].value() or self[name].errors for name in names)

    def caps(self) -> Caps:
        """Return how often the line item may be seen; call it on a valid form only."""
        return _caps(self.cleaned_data, "")

    def ad_caps(self) -> Caps:
        """Return how often each of its ads may be seen; call it on a valid form only."""
        return _caps(self.cleaned_data, "ad_")


class CampaignCapsForm(RefusableForm):
    """At most so often: a whole campaign, whichever of its line items and ads it is."""

    campaign_hour_cap = _most("In an hour")
    campaign_day_cap = _most("In a day")
    campaign_week_cap = _most("In a week")

    def campaign_caps(self) -> Caps:
        """Return how often the campaign may be seen; call it on a valid form only."""
        return _caps(self.cleaned_data, "campaign_")


def said_caps(caps: Caps, *, prefix: str = "") -> dict[str, int | None]:
    """Return caps as the forms show them."""
    return {f"{prefix}{one}_cap": getattr(caps, one) for one in Window}


def shown_caps(
    *, campaign: Caps, item: Caps = NO_CAPS, ad: Caps = NO_CAPS
) -> list[tuple[str, str]]:
    """Return the caps that hold here, in words; those that limit nothing are left out."""
    named = {"A viewer sees it": item, "Each of its ads": ad, "The whole campaign": campaign}
    return [(label, told_caps(caps)) for label, caps in named.items() if caps != NO_CAPS]


def _caps(data: dict[str, int | None], prefix: str) -> Caps:
    return Caps(**{one.value: data[f"{prefix}{one}_cap"] for one in Window})
