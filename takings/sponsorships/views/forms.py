"""What brands and creators fill in. Forms read text; the actions decide."""

from decimal import Decimal
from typing import cast

from django import forms
from django.db.models import QuerySet

from takings.core.errors import Refusal
from takings.money import Money
from takings.sponsorships.actions.disputing import LONGEST_RULING
from takings.sponsorships.actions.talking import LONGEST_MESSAGE
from takings.sponsorships.rules import Terms, Usage
from takings.sponsorships.rules.terms import (
    LONGEST_PLACE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_URL,
)
from takings.videos.models import Video

MOST_DIGITS = 9
FIELD_OF = {
    "bad_deal_link": "link",
    "nothing_to_stay_for": "live_days",
    "bad_split": "creator",
    "ruling_needs_reason": "words",
}
USAGES = (
    (Usage.NONE, "None: it only stands on the creator’s channel"),
    (Usage.CHANNELS, "On the brand’s own channels and pages"),
    (Usage.ADS, "In the brand’s ads as well"),
)


def amount_field(label: str, help_text: str = "") -> forms.DecimalField:
    """Return a field for an amount, which may be nothing."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=MOST_DIGITS,
        decimal_places=2,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0", "inputmode": "decimal"}),
    )


def count_field(label: str, initial: int, help_text: str = "") -> forms.IntegerField:
    """Return a field for a small number."""
    return forms.IntegerField(label=label, initial=initial, min_value=0, help_text=help_text)


def text_field(label: str, most: int, help_text: str = "", *, rows: int = 3) -> forms.CharField:
    """Return a field for some lines that may be left empty."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class RefusableForm(forms.Form):
    """A form that shows a refusal beside the field it is about."""

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action said no."""
        field = FIELD_OF.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal))


class TermsForm(RefusableForm):
    """An offer, or a counter-offer."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label="What it is called", max_length=LONGEST_TITLE)
    show = forms.CharField(
        label="What to show and say",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Who reads only this must know what to make.",
    )
    avoid = text_field("What to avoid", LONGEST_TEXT)
    link = forms.CharField(
        label="Link",
        required=False,
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    videos = count_field("Videos", 1)
    revisions = count_field("Revisions of each draft", 1, "How often you may ask for a change.")
    signed = amount_field("For signing", "Once, as soon as the money is paid in.")
    approved = amount_field("For an approved draft", "Of each video, like the next two.")
    published = amount_field("For publishing it")
    stayed = amount_field("For leaving it online")
    live_days = count_field("Days it stays online", 0, "Nothing is paid for staying 0 days.")
    draft_days = count_field("Days until the draft", 7, "From when the money is there.")
    publish_days = count_field("Days to publish", 7, "From the approval.")
    usage = forms.ChoiceField(label="What the brand may use it for", choices=USAGES)
    usage_days = count_field("Days of that usage", 0)
    usage_where = forms.CharField(
        label="Where", required=False, max_length=LONGEST_PLACE, help_text="Such as Europe."
    )
    product = forms.CharField(
        label="Product besides the money",
        required=False,
        max_length=LONGEST_PLACE,
        help_text="What the creator is sent and keeps.",
    )
    product_value = amount_field("Its value", "Creators need it for their taxes.")

    def terms(self, *, currency: str) -> Terms:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data

        def money(name: str) -> Money:
            return Money.parse(data[name] or "0", currency)

        return Terms(
            title=data["title"].strip(),
            show=data["show"].strip(),
            avoid=data["avoid"].strip(),
            link=data["link"].strip(),
            signed=money("signed"),
            approved=money("approved"),
            published=money("published"),
            stayed=money("stayed"),
            videos=data["videos"],
            revisions=data["revisions"],
            draft_days=data["draft_days"],
            publish_days=data["publish_days"],
            live_days=data["live_days"],
            usage=Usage(data["usage"]),
            usage_days=data["usage_days"],
            usage_where=data["usage_where"].strip(),
            product=data["product"].strip(),
            product_value=money("product_value") if data["product"].strip() else None,
        )


def said(terms: Terms) -> dict[str, object]:
    """Return what a form shows of terms, to be changed."""
    amounts = ("signed", "approved", "published", "stayed", "product_value")
    cent = Decimal("0.01")
    words = {name: getattr(terms, name) for name in TermsForm.base_fields if name != "id"}
    for name in amounts:
        words[name] = words[name].decimal().quantize(cent) if words[name] else None
    return words


class HandleForm(forms.Form):
    """Whom a brand wants to hire."""

    handle = forms.CharField(label="Creator", max_length=33, help_text="As on their channel: @ada")


class DraftForm(forms.Form):
    """Which video is handed in."""

    video = forms.ModelChoiceField(
        label="Your video", queryset=Video.objects.none(), empty_label="Choose a ready one"
    )

    def offer_videos(self, videos: QuerySet[Video]) -> None:
        """Let the creator choose among these."""
        field = cast("forms.ModelChoiceField[Video]", self.fields["video"])
        field.queryset = videos


class WordsForm(forms.Form):
    """Some words that the other side reads."""

    words = forms.CharField(
        label="Message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RulingForm(RefusableForm):
    """What an operator gives the creator of what is held, and why."""

    creator = forms.DecimalField(
        label="For the creator",
        min_value=Decimal(0),
        max_digits=MOST_DIGITS,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0", "inputmode": "decimal"}),
        help_text="Our share in it; the brand gets the rest back.",
    )
    words = forms.CharField(
        label="Why",
        max_length=LONGEST_RULING,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Both sides read it.",
    )
