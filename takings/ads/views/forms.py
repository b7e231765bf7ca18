"""What advertisers fill in. Forms read text; the actions decide, and their sentences come back."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import cast

from django import forms
from django.db.models import QuerySet

from takings.ads.actions import CreativeDraft
from takings.ads.rules.campaigns import (
    LONGEST_CALL,
    LONGEST_HEADLINE,
    LONGEST_URL,
    Message,
)
from takings.ads.rules.creatives import LONGEST_REASON
from takings.ads.rules.schedule import check_day
from takings.core.errors import Refusal
from takings.people.models import Brand
from takings.videos.models import Video
from takings.videos.rules.categories import by_name

MOST_DIGITS = 15
FIELD_OF = {
    "bad_price": "price",
    "bid_too_low": "price",
    "currency_not_sold": "price",
    "price_is_fixed": "price",
    "budget_too_small": "budget",
    "budget_below_spent": "budget",
    "promotion_too_small": "budget",
    "not_enough_credits": "budget",
    "bad_promotion_days": "days",
    "bad_line_budget": "own_budget",
    "bad_daily_budget": "daily",
    "bad_dates": "ends_on",
    "span_ends_before_it_starts": "last",
    "span_too_long": "last",
    "unknown_country": "countries",
    "region_of_other_country": "regions",
    "bad_weight": "rotation",
    "too_many_ads": "ads",
    "ad_of_others": "ads",
    "declined_ad": "ads",
    "unknown_time_zone": "time_zone",
    "bad_landing_page": "landing_url",
    "no_such_creative": "creative",
    "video_in_use": "creative",
    "no_reason_given": "reason",
    "amount_not_positive": "amount",
    "not_payable": "amount",
    "no_cards_taken": "amount",
    "deal_id_taken": "code",
}
FIELD_OF_TEXT = {"name": "name", "headline": "headline", "call to action": "call_to_action"}


def day_field(label: str) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[_check_day],
    )


def _check_day(day: dt.date) -> None:
    try:
        check_day(day)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class RefusableForm(forms.Form):
    """A form that shows a refusal beside the field it is about."""

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action said no."""
        field = FIELD_OF.get(refusal.code) or FIELD_OF_TEXT.get(str(refusal.facts.get("which")))
        if field == "budget" and "own_budget" in self.fields:
            field = "own_budget"
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
    category = forms.ChoiceField(
        label="What it advertises",
        choices=lambda: [("", "Not said"), *by_name()],
        required=False,
        help_text="Creators keep some away; with any of them, also what does not say.",
    )

    def message(self) -> Message:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        return Message(
            data["headline"], data["call_to_action"], data["landing_url"], data["category"]
        )


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
