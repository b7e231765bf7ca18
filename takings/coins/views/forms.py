"""What people fill in about coins."""

import datetime as dt

from django import forms

from takings.coins.actions import PAUSES
from takings.core import clock
from takings.policies.queries import coin_rule_at

OLDEST = 120
COUNT = forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "step": "1"})
REASON = "Kept with your name; the person reads it."


class AgeForm(forms.Form):
    """In which year somebody was born."""

    birth_year = forms.IntegerField(
        label="Year of birth",
        help_text="Coins are for adults. Nobody else sees it, and it is asked once.",
        widget=forms.NumberInput(attrs={"autocomplete": "bday-year", "inputmode": "numeric"}),
    )

    def clean_birth_year(self) -> dt.date:
        """Return the latest birthday in the year: the age that someone has for certain."""
        year, today = self.cleaned_data["birth_year"], clock.now().date()
        if not today.year - OLDEST <= year <= today.year:
            raise forms.ValidationError("Write the year with four digits, such as 1994.")
        return dt.date(year, 12, 31)


class LimitForm(forms.Form):
    """The most coins a day or a month."""

    coins = forms.IntegerField(
        label="Coins", min_value=0, max_value=10**9, required=False, widget=COUNT
    )


def pause_choices() -> list[tuple[int, str]]:
    """Return for how long one may stop."""
    return [(days, f"{days} day{'s' if days > 1 else ''}") for days in PAUSES]


def exclusion_choices() -> list[tuple[int, str]]:
    """Return for how long one may shut oneself out: no less than the policy says."""
    least = coin_rule_at(at=clock.now()).exclusion_days
    return [(days, f"{days} days") for days in (least, 2 * least, 10 * least)]


class PauseForm(forms.Form):
    """For how long to buy and spend no coins."""

    days = forms.TypedChoiceField(label="How long", coerce=int, choices=pause_choices)


class ExclusionForm(forms.Form):
    """The same, for much longer."""

    days = forms.TypedChoiceField(label="How long", coerce=int, choices=exclusion_choices)


class FindForm(forms.Form):
    """Whose wallet an operator looks for."""

    email = forms.EmailField(label="E-mail address")


class GrantForm(forms.Form):
    """Bonus coins for somebody, and why."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    coins = forms.IntegerField(label="Bonus coins", widget=COUNT)
    reason = forms.CharField(max_length=200, help_text=REASON)


class AnswerForm(forms.Form):
    """Yes or no to bonus coins, and why."""

    answer = forms.CharField(max_length=200)


class HoldForm(forms.Form):
    """For how long coins wait, and why; no days let them go."""

    days = forms.IntegerField(label="Days", min_value=0, widget=COUNT, help_text="0 lets them go.")
    reason = forms.CharField(max_length=200, help_text=REASON)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(max_length=200, help_text=REASON)


class MinorForm(forms.Form):
    """When a minor was born, and how we know."""

    born_on = forms.DateField(
        label="Born on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="How we know", max_length=200, help_text=REASON)
