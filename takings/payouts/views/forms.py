"""What creators and operators fill in. Forms read text; the actions decide."""

import datetime as dt

from django import forms

from takings.core.errors import Refusal
from takings.payouts.models import Form, Legal, Proof, Verdict, Way
from takings.payouts.rules.methods import Details, Kind
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.withholding import TaxForm
from takings.people.rules import country_names
from takings.policies.rules import PayoutPolicy

FIELD_OF = {
    "unsigned": "signature",
    "tax_number_missing": "tax_number",
    "wrong_tax_number": "tax_number",
    "wrong_vat_number": "vat_number",
    "form_of_others": "tax_form",
    "wrong_iban": "iban",
    "wrong_bic": "bic",
    "other_country": "bic",
    "not_in_sepa": "kind",
    "wrong_routing": "routing",
    "wrong_account": "account",
    "no_reference": "reference",
    "wrong_currency": "currency",
    "name_mismatch": "holder",
    "nobody_pays_there": "currency",
    "on_the_list": "verdict",
    "not_on_the_list": "verdict",
}
CAPITALS = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}


def _countries() -> list[tuple[str, str]]:
    return sorted(country_names().items(), key=lambda pair: pair[1])


class RefusableForm(forms.Form):
    """A form that shows a refusal beside the field it is about."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action said no."""
        field = FIELD_OF.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal))


class ProfileForm(RefusableForm):
    """Who somebody is, for law and tax."""

    legal = forms.ChoiceField(label="Who earns", choices=Legal.choices)
    legal_name = forms.CharField(
        label="Legal name",
        max_length=140,
        help_text="As on your passport or in the register; your bank account has the same name.",
    )
    born_on = forms.DateField(
        label="Born on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Companies leave it empty.",
    )
    street = forms.CharField(label="Street and number", max_length=70)
    postcode = forms.CharField(label="Postal code", max_length=16)
    town = forms.CharField(label="Town", max_length=35)
    country = forms.ChoiceField(
        label="Country where you pay tax", choices=_countries, help_text="It decides the tax."
    )
    tax_form = forms.ChoiceField(
        label="Form for the United States",
        choices=Form.choices,
        help_text="Without one the most is withheld of what viewers in the United States bring.",
    )
    claims_treaty = forms.BooleanField(
        label="My country has a tax treaty with the United States, and I claim it", required=False
    )
    tax_number = forms.CharField(
        label="Tax number",
        max_length=40,
        required=False,
        help_text="Needed in the European Union (DAC7) and for form W-9.",
        widget=forms.TextInput(attrs=CAPITALS),
    )
    vat_number = forms.CharField(
        label="VAT number",
        max_length=20,
        required=False,
        help_text="In the European Union, if you have one; with its country in front.",
        widget=forms.TextInput(attrs=CAPITALS),
    )
    self_billing = forms.BooleanField(
        label="You may write my invoices for me (self-billing)",
        required=False,
        help_text="I write none myself for what you pay me. You find each one in the studio; it "
        "counts as accepted unless you object within 14 days.",
    )
    signature = forms.CharField(
        label="Sign with your name",
        max_length=140,
        help_text="Under penalty of perjury: what you told is true and complete.",
    )

    def papers(self) -> Papers:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        return Papers(
            legal_name=data["legal_name"].strip(),
            is_company=data["legal"] == Legal.COMPANY,
            born_on=data["born_on"],
            street=data["street"].strip(),
            postcode=data["postcode"].strip(),
            town=data["town"].strip(),
            country=data["country"],
            tax_form=TaxForm(data["tax_form"]),
            claims_treaty=data["claims_treaty"],
            tax_number=data["tax_number"].strip(),
            vat_number=data["vat_number"].strip(),
            self_billing=data["self_billing"],
        )

    @staticmethod
    def initial_of(papers: Papers) -> dict[str, str | bool | dt.date | None]:
        """Return what a new version begins with: everything but numbers and signature."""
        return {
            "legal": Legal.COMPANY if papers.is_company else Legal.PERSON,
            "legal_name": papers.legal_name,
            "born_on": papers.born_on,
            "street": papers.street,
            "postcode": papers.postcode,
            "town": papers.town,
            "country": papers.country,
            "tax_form": papers.tax_form.value,
            "claims_treaty": papers.claims_treaty,
            "self_billing": papers.self_billing,
        }


class MethodForm(RefusableForm):
    """Where to pay somebody."""

    kind = forms.ChoiceField(label="How", choices=Way.choices)
    currency = forms.ChoiceField(
        label="Currency", help_text="Another currency than that of your balance is changed first."
    )
    holder = forms.CharField(
        label="Account holder",
        max_length=70,
        help_text="The name your bank knows. A provider verifies it on its own pages.",
    )
    iban = forms.CharField(
        label="IBAN", max_length=42, required=False, widget=forms.TextInput(attrs=CAPITALS)
    )
    bic = forms.CharField(
        label="BIC",
        max_length=11,
        required=False,
        help_text="May be left out for SEPA.",
        widget=forms.TextInput(attrs=CAPITALS),
    )
    routing = forms.CharField(
        label="Routing number",
        max_length=12,
        required=False,
        help_text="Nine digits, for banks in the United States.",
    )
    account = forms.CharField(
        label="Account number",
        max_length=24,
        required=False,
        help_text="For banks in the United States.",
    )
    reference = forms.CharField(
        label="What was agreed", max_length=120, required=False, help_text="For payment by hand."
    )

    def offer_currencies(self, rules: PayoutPolicy) -> None:
        """Let the creator choose among the currencies that are paid."""
        choices = [(code, code) for code in rules.schedule.minimums]
        self.fields["currency"] = forms.ChoiceField(
            label="Currency", choices=choices, help_text=self.fields["currency"].help_text
        )

    def leave_out_providers(self) -> None:
        """Offer no account at a provider where none pays."""
        offered = [pair for pair in Way.choices if pair[0] != Way.PROVIDER]
        self.fields["kind"] = forms.ChoiceField(label="How", choices=offered)

    def details(self) -> Details:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        texts = ("currency", "holder", "iban", "bic", "routing", "account", "reference")
        return Details(kind=Kind(data["kind"]), **{name: data[name].strip() for name in texts})


class ReviewForm(forms.Form):
    """An operator's verdict."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    reason = forms.CharField(
        max_length=500,
        help_text="Kept with your name. Who is rejected reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action said no."""
        self.add_error("verdict" if refusal.code in FIELD_OF else None, str(refusal))


class DocumentForm(forms.Form):
    """A document, and what it proves."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    proves = forms.ChoiceField(label="What it is", choices=Proof.choices)
    file = forms.FileField(
        help_text="PDF, JPEG or PNG, up to 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class BatchForm(forms.Form):
    """The id under which a draft is kept once."""

    id = forms.UUIDField(widget=forms.HiddenInput)


class StepForm(forms.Form):
    """Why a batch goes on."""

    reason = forms.CharField(label="Why", max_length=500, help_text="Kept with your name.")


class AnswerForm(forms.Form):
    """A file from a bank."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        help_text="pain.002, camt.053, or a table: end_to_end_id,status,code,reason."
    )
