"""What advertisers fill in about campaigns and line items: names, money, days, places."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import cast
from uuid import UUID

from django import forms
from typing_extensions import override

from takings.ads.models import Goal
from takings.ads.models.line_items import PRICINGS, SALES
from takings.ads.rules.campaigns import LONGEST_NAME, Frame
from takings.ads.rules.lines import Pricing, Sale
from takings.ads.rules.schedule import DAY, midnight
from takings.ads.rules.terms import Draft, PaidGoal, Terms
from takings.ads.views.aiming import AudienceForm
from takings.ads.views.choosing import AdsForm
from takings.ads.views.forms import MOST_DIGITS, CreativeForm, day_field
from takings.ads.views.frequency import CampaignCapsForm, CapsForm
from takings.core.zones import time_zone_choices
from takings.money import Money
from takings.people.rules import country_names

SOLD = [(pricing, unit) for pricing, unit in PRICINGS if pricing != Pricing.FREE]
MONEY = ("price", "pricing", "sale", "goal", "budget", "own_budget", "daily")


def ask_no_money(form: forms.Form) -> None:
    """Ask for no price and no budget: the platform's own campaigns have none."""
    for name in MONEY:
        form.fields.pop(name, None)


def _countries() -> list[tuple[str, str]]:
    return sorted(country_names().items(), key=lambda pair: pair[1])


class FrameForm(CampaignCapsForm):
    """A campaign: its name, what all its line items together may cost, how often one sees it."""

    name = forms.CharField(
        label="Name of the campaign", max_length=LONGEST_NAME, help_text="Only you see it."
    )
    budget = forms.DecimalField(
        label="Budget",
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="Never exceeded, however many servers show the ad.",
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
    )

    def frame(self, *, currency: str) -> Frame:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        budget = _money(data.get("budget"), currency) or Money.zero(currency)
        return Frame(data["name"], budget, self.campaign_caps())


class TermsForm(AudienceForm, CapsForm):
    """What a line item buys, for how much, where and when."""

    price = forms.DecimalField(
        label="Price",
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="For what is chosen beside it. 4.25 for 1,000 is exactly 0.00425 for one.",
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    pricing = forms.ChoiceField(
        choices=SOLD,
        label="Pays for",
        initial=Pricing.VCPM,
        help_text="Once per showing, and nothing else of it.",
    )
    sale = forms.ChoiceField(
        choices=SALES,
        label="How it is sold",
        initial=Sale.FIXED,
        help_text="The highest bid pays what it took to win, and never more than its bid.",
    )
    goal = forms.ChoiceField(
        label="Which conversion",
        required=False,
        help_text="For a price for one conversion only: reported by your server, signed.",
    )
    daily = forms.DecimalField(
        label="Budget of a day",
        required=False,
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="Empty: a day may cost the whole budget.",
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
    )
    starts_on = day_field("First day")
    ends_on = day_field("Last day")
    time_zone = forms.ChoiceField(
        choices=time_zone_choices,
        label="Time zone",
        help_text="Days begin and end at midnight there.",
    )
    countries = forms.MultipleChoiceField(
        choices=_countries,
        required=False,
        help_text="None chosen means everywhere.",
        widget=forms.CheckboxSelectMultiple,
    )

    def offer_goals(self, goals: Iterable[Goal]) -> None:
        """Let the advertiser choose among what the brand counts."""
        self._goals = {str(goal.pk): goal.name for goal in goals}
        field = cast("forms.ChoiceField", self.fields["goal"])
        field.choices = [("", "None"), *self._goals.items()]

    def fix_price(self, *, is_auction: bool) -> None:
        """Ask for no price and how it is sold: the line item keeps that. A bid may change."""
        kept = ("price", "pricing", "sale", "goal")
        for name in kept[is_auction:]:
            del self.fields[name]

    def terms_so_far(self, *, currency: str, before: Terms | None = None) -> Terms | None:
        """Return the terms of a form that is still filled in; None where they lack something.

        What else is missing is no error yet, and not shown as one.
        """
        self.full_clean()
        needed = {*TermsForm.base_fields, "budget", "own_budget"}
        for name in set(self.errors) - needed:
            del self.errors[name]
        if self.errors:
            return None
        self.cleaned_data.setdefault("name", "New")
        return self.terms(currency=currency, before=before)

    def terms(self, *, currency: str, before: Terms | None = None) -> Terms:
        """Return what was filled in, at the price of ``before`` if given; on a valid form only.

        Where none is asked for, it costs nothing.
        """
        data = self.cleaned_data
        given = _money(data.get("price"), currency)
        if given is None:
            given = before.price if before else Money.zero(currency)
        zone = data["time_zone"]
        return Terms(
            name=data["name"],
            price=given,
            countries=tuple(data["countries"]),
            starts_at=midnight(data["starts_on"], time_zone=zone),
            ends_at=midnight(data["ends_on"] + DAY, time_zone=zone),
            time_zone=zone,
            budget=_money(data.get("own_budget"), currency),
            daily=_money(data.get("daily"), currency),
            audience=self.audience(),
            pricing=before.pricing if before else Pricing(data.get("pricing", Pricing.FREE)),
            sale=before.sale if before else Sale(data.get("sale", Sale.FIXED)),
            caps=self.caps(),
            ad_caps=self.ad_caps(),
            goal=before.goal if before else self._goal(),
        )

    def _goal(self) -> PaidGoal | None:
        """Return what is paid for, if conversions are."""
        chosen = self.cleaned_data.get("goal")
        if not chosen or self.cleaned_data["pricing"] != Pricing.CPA:
            return None
        return PaidGoal(UUID(chosen), self._goals[chosen])


class LineItemForm(TermsForm, AdsForm):
    """One thing that a campaign buys."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label="Name of the line item", max_length=LONGEST_NAME, help_text="Only you see it."
    )
    own_budget = forms.DecimalField(
        label="Own budget",
        required=False,
        max_digits=MOST_DIGITS,
        decimal_places=6,
        help_text="A part of the campaign’s budget. Empty: it may spend all of it.",
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
    )

    @override
    def terms(self, *, currency: str, before: Terms | None = None) -> Terms:
        """Return what was filled in, with the ads that were chosen."""
        return replace(super().terms(currency=currency, before=before), ads=self.shown_ads())


class CampaignForm(TermsForm, FrameForm, CreativeForm):
    """A campaign with its first line item and its first ad."""

    def draft(self, *, currency: str) -> Draft:
        """Return what was filled in as a draft; call it on a valid form only."""
        return Draft(
            id=self.cleaned_data["id"],
            frame=self.frame(currency=currency),
            terms=self.terms(currency=currency),
            message=self.message(),
            creative_id=self.video_id(),
        )


def _money(given: Decimal | None, currency: str) -> Money | None:
    return None if given is None else Money.parse(given, currency)
