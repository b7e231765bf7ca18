"""What advertisers fill in. Forms read text; the actions decide, and their sentences come back."""

import uuid
from decimal import Decimal
from typing import cast

from django import forms
from django.db.models import QuerySet

from takings.ads.actions import CreativeDraft
from takings.ads.rules.campaigns import (
    LONGEST_CALL,
    LONGEST_HEADLINE,
    LONGEST_NAME,
    LONGEST_URL,
    Draft,
    Message,
    Terms,
)
from takings.ads.rules.creatives import LONGEST_REASON
from takings.ads.rules.schedule import DAY, midnight, time_zones
from takings.core.errors import Refusal
from takings.money import Money
from takings.people.models import Brand
from takings.people.rules import country_names
from takings.videos.models import Video

MOST_DIGITS = 15
FIELD_OF = {
    "bad_price": "cpm",
    "currency_not_sold": "cpm",
    "price_is_fixed": "cpm",
    "budget_too_small": "budget",
    "budget_below_spent": "budget",
    "bad_daily_budget": "daily",
    "bad_dates": "ends_on",
    "unknown_country": "countries",
    "unknown_time_zone": "time_zone",
    "bad_landing_page": "landing_url",
    "no_such_creative": "creative",
    "video_in_use": "creative",
    "no_reason_given": "reason",
    "amount_not_positive": "amount",
    "not_payable": "amount",
    "no_cards_taken": "amount",
}
FIELD_OF_TEXT = {"name": "name", "headline": "headline", "call to action": "call_to_action"}


def _countries() -> list[tuple[str, str]]:
    return sorted(country_names().items(), key=lambda pair: pair[1])


def _time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in time_zones()]


class RefusableForm(forms.Form):
    """A form that shows a refusal beside the field it is about."""

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action said no."""
        field = FIELD_OF.get(refusal.code) or FIELD_OF_TEXT.get(str(refusal.facts.get("which")))
        self.add_error(field if field in self.fields else None, str(refusal))


class BrandForm(RefusableForm):
    """A company that wants to advertise."""

    name = forms.CharField(
        label="Brand", max_length=80, help_text="Viewers read it beside every ad: “Paid by …”."
    )
    website = forms.URLField(label="Website", assume_scheme="https", max_length=200)


class MessageForm(RefusableForm):
    """What stands over an ad's video, and where its button leads."""

    headline = forms.CharField(max_length=LONGEST_HEADLINE, help_text="Shown over the video.")
    call_to_action = forms.CharField(
        label="Call to action",
        max_length=LONGEST_CALL,
        help_text="The words on the button.",
        widget=forms.TextInput(attrs={"placeholder": "See the coats"}),
    )
    landing_url = forms.CharField(
        label="Landing page",
        max_length=LONGEST_URL,
        help_text="Where the button leads; clicks lead nowhere else.",
        widget=forms.URLInput(attrs={"placeholder": "https://shop.example/coats"}),
    )

    def message(self) -> Message:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        return Message(data["headline"], data["call_to_action"], data["landing_url"])


class CreativeForm(MessageForm):
    """An ad: a video and a message."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    uploaded = forms.UUIDField(
        required=False, widget=forms.HiddenInput(attrs={"id": "uploaded-creative"})
    )
    creative = forms.ModelChoiceField(
        queryset=Video.objects.none(),
        required=False,
        label="Or a video you uploaded before",
        empty_label="None of them",
    )

    def offer_videos(self, videos: QuerySet[Video]) -> None:
        """Let the advertiser choose among the videos the brand uploaded."""
        cast("forms.ModelChoiceField[Video]", self.fields["creative"]).queryset = videos

    def video_id(self) -> uuid.UUID:
        """Return the video that was uploaded or chosen; call it on a valid form only."""
        chosen: Video | None = self.cleaned_data["creative"]
        uploaded: uuid.UUID | None = self.cleaned_data["uploaded"]
        return uploaded or (chosen.pk if chosen else uuid.UUID(int=0))

    def creative_draft(self) -> CreativeDraft:
        """Return what was filled in as a creative; call it on a valid form only."""
        return CreativeDraft(self.cleaned_data["id"], self.video_id(), self.message())


class ReviewForm(RefusableForm):
    """What an operator says about an ad; ``edition`` is what was looked at."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label="What is wrong",
        help_text="Only for declining. The advertiser reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TermsForm(RefusableForm):
    """What a campaign buys, for how much, where and when."""

    name = forms.CharField(
        label="Name of the campaign", max_length=LONGEST_NAME, help_text="Only you see it."
    )
    cpm = forms.DecimalField(
        label="Price per 1,000 viewable views",
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="A view is charged when half of the ad was seen for two seconds. 4.25 is exactly"
        " 0.00425 a view.",
        widget=forms.NumberInput(attrs={"step": "0.001", "min": "0.001", "inputmode": "decimal"}),
    )
    budget = forms.DecimalField(
        label="Budget",
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="Never exceeded, however many servers show the ad.",
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
    )
    daily = forms.DecimalField(
        label="Budget of a day",
        required=False,
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="Empty: a day may cost the whole budget.",
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
    )
    starts_on = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    time_zone = forms.ChoiceField(
        choices=_time_zones,
        label="Time zone",
        help_text="Days begin and end at midnight there.",
    )
    countries = forms.MultipleChoiceField(
        choices=_countries,
        required=False,
        help_text="None chosen means everywhere.",
        widget=forms.CheckboxSelectMultiple,
    )

    def fix_price(self) -> None:
        """Ask for no price: the campaign keeps its own."""
        del self.fields["cpm"]

    def terms(self, *, currency: str, price: Money | None = None) -> Terms:
        """Return what was filled in, at a fixed price if there is one; on a valid form only."""
        data = self.cleaned_data
        zone = data["time_zone"]
        return Terms(
            name=data["name"],
            cpm=price or Money.parse(data["cpm"], currency),
            budget=Money.parse(data["budget"], currency),
            countries=tuple(data["countries"]),
            starts_at=midnight(data["starts_on"], time_zone=zone),
            ends_at=midnight(data["ends_on"] + DAY, time_zone=zone),
            time_zone=zone,
            daily=None if data["daily"] is None else Money.parse(data["daily"], currency),
        )


class CampaignForm(TermsForm, CreativeForm):
    """A campaign with its first ad."""

    def draft(self, *, currency: str) -> Draft:
        """Return what was filled in as a draft; call it on a valid form only."""
        return Draft(
            id=self.cleaned_data["id"],
            terms=self.terms(currency=currency),
            message=self.message(),
            creative_id=self.video_id(),
        )


class CardForm(RefusableForm):
    """How much to pay in by card."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(
        max_digits=MOST_DIGITS,
        decimal_places=2,
        min_value=Decimal(1),
        max_value=Decimal(50_000),
        error_messages={
            "min_value": "Pay in at least %(limit_value)s.",
            "max_value": "One card payment is at most %(limit_value)s.",
        },
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )


class DepositForm(RefusableForm):
    """An advertiser's money, as an operator saw it arrive."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    brand = forms.ModelChoiceField(
        queryset=Brand.objects.order_by("name"), empty_label="Choose a brand"
    )
    amount = forms.DecimalField(
        max_digits=MOST_DIGITS,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={"min_value": "A deposit is at least %(limit_value)s."},
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    reason = forms.CharField(
        max_length=500, help_text="Kept with your name: what arrived, and how you know."
    )
