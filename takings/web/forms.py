"""Forms of joining and of opening a studio."""

import datetime as dt

from django import forms
from django.conf import settings
from django.http import HttpRequest

from takings.core import clock
from takings.core.errors import Refusal
from takings.core.zones import time_zone_choices
from takings.people.models import User
from takings.people.rules import check_age, check_handle, country_names

OLDEST_AGE = 120
ZONE_CHARS = 64


def countries() -> list[tuple[str, str]]:
    """Return ISO 3166-1 codes and English names, by name."""
    return sorted(country_names().items(), key=lambda pair: pair[1])


class JoinFields(forms.Form):
    """What allauth's sign-up form asks besides e-mail and password."""

    field_order = ("email", "password1", "display_name", "country", "birth_year", "time_zone")

    display_name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="Others see this beside what you do.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    country = forms.ChoiceField(
        label="Country",
        choices=countries,
        initial=settings.DEFAULT_COUNTRY,
        help_text="Ad money is shared country by country.",
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    birth_year = forms.IntegerField(
        label="Year of birth",
        help_text="Only to check your age; nobody sees it.",
        widget=forms.NumberInput(attrs={"autocomplete": "bday-year", "inputmode": "numeric"}),
    )
    time_zone = forms.CharField(
        required=False,
        max_length=ZONE_CHARS,
        widget=forms.HiddenInput(attrs={"data-time-zone": ""}),
    )

    def clean_birth_year(self) -> int:
        """Refuse impossible years, and those in which someone may still be too young."""
        year: int = self.cleaned_data["birth_year"]
        today = clock.now().date()
        if not today.year - OLDEST_AGE <= year <= today.year:
            raise forms.ValidationError("Write the year with four digits, such as 1994.")
        try:
            check_age(born_on=youngest(year), day=today)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return year

    def signup(self, request: HttpRequest, user: User) -> None:
        """Do nothing: allauth calls this after the adapter has signed the person up."""


def youngest(year: int) -> dt.date:
    """Return the latest birthday in a year: the age that someone has for certain."""
    return dt.date(year, 12, 31)


class AccountForm(forms.Form):
    """What somebody says of themselves after they joined."""

    display_name = JoinFields.base_fields["display_name"]
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=time_zone_choices,
        help_text="Pages follow the clock of your device; letters follow this one.",
    )


class StudioForm(forms.Form):
    """The channel's address and name."""

    handle = forms.CharField(
        label="Handle",
        min_length=3,
        max_length=32,
        help_text="Your address here: small letters, digits and hyphens. It cannot be changed.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(label="Name", max_length=80, help_text="Shown above your videos.")
    shares = forms.BooleanField(
        label="Share in the ad pool",
        required=False,
        initial=True,
        help_text="Earn from ads between videos, from today on. You can also accept later.",
    )

    def clean_handle(self) -> str:
        """Refuse handles that cannot be part of an address."""
        handle: str = self.cleaned_data["handle"].strip().removeprefix("@").lower()
        try:
            return check_handle(handle)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
