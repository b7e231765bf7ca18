"""What people fill in about vouchers."""

from django import forms

from takings.vouchers.rules.files import COLUMNS


class LoadForm(forms.Form):
    """A file of codes."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label="CSV file",
        help_text=f"Columns: {', '.join(COLUMNS)}, and price if it is not the value.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(max_length=200)


class FaultForm(forms.Form):
    """What happened to somebody who used a code."""

    said = forms.CharField(max_length=300)
