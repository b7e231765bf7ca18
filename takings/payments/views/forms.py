"""What operators fill in about payments."""

from django import forms

MOST_DIGITS, MOST_PLACES = 15, 4


class RefundForm(forms.Form):
    """How much to give back, and why."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(
        max_digits=MOST_DIGITS,
        decimal_places=MOST_PLACES,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    reason = forms.CharField(max_length=500, help_text="Kept with your name.")


class EvidenceForm(forms.Form):
    """What an operator adds to the evidence."""

    note = forms.CharField(
        label="In your own words",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Sent with the facts beside; kept with your name.",
    )


class CaseForm(forms.Form):
    """How a case ended."""

    reason = forms.CharField(
        label="What it was",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with your name. If money must move, move it first.",
    )
