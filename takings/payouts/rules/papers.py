"""What a creator tells about themselves for law and tax, and when it is complete."""

import datetime as dt
from dataclasses import dataclass

from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.us import tin

from takings.core.errors import Invalid
from takings.payouts.rules.names import are_the_same
from takings.payouts.rules.withholding import TaxForm

EU = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
UNITED_STATES = "US"
FORM_YEARS = 3  # a W-8BEN holds to the end of the third year after its signature (irs.gov)


class Unsigned(Invalid):
    """A certificate is signed with the name it certifies."""

    code = "unsigned"
    sentence = "Sign with your legal name, “{legal}”, as you wrote it above."


class TaxNumberMissing(Invalid):
    """DAC7 and the forms of the United States need the number of the taxpayer."""

    code = "tax_number_missing"
    sentence = "In {country} your tax number is needed ({why})."


class WrongTaxNumber(Invalid):
    """The number is none of the United States."""

    code = "wrong_tax_number"
    sentence = "“{given}” is not a tax number of the United States (SSN, ITIN or EIN)."


class WrongVatNumber(Invalid):
    """The number fails its country's checks."""

    code = "wrong_vat_number"
    sentence = "“{given}” is not a VAT number of the European Union; it begins with its country."


class FormOfOthers(Invalid):
    """W-9 is for those who pay tax in the United States, W-8BEN for all others."""

    code = "form_of_others"
    sentence = "{form} is not for people who live in {country}; choose the other form."


@dataclass(frozen=True, slots=True)
class Papers:
    """Who earns, where they live, what they certify. ``born_on`` is empty for a company."""

    legal_name: str
    is_company: bool
    born_on: dt.date | None
    street: str
    postcode: str
    town: str
    country: str
    tax_form: TaxForm
    claims_treaty: bool = False
    tax_number: str = ""
    vat_number: str = ""
    self_billing: bool = False


def check_papers(papers: Papers, *, signature: str) -> None:
    """Refuse what is incomplete or does not go together.

    Refuses: Unsigned, FormOfOthers, TaxNumberMissing, WrongTaxNumber, WrongVatNumber.
    """
    if not are_the_same(signature, papers.legal_name):
        raise Unsigned(legal=papers.legal_name)
    is_american = papers.country == UNITED_STATES
    if papers.tax_form is not TaxForm.NONE and (papers.tax_form is TaxForm.W9) != is_american:
        raise FormOfOthers(form=papers.tax_form.value.upper(), country=papers.country)
    if not papers.tax_number and papers.country in EU:
        raise TaxNumberMissing(country=papers.country, why="DAC7")
    if papers.tax_form is TaxForm.W9:
        _check_american(papers.tax_number)
    if papers.vat_number and not vat.is_valid(papers.vat_number):
        raise WrongVatNumber(given=papers.vat_number)


def expires_on(*, tax_form: TaxForm, signed_on: dt.date) -> dt.date | None:
    """Return the last day on which a form holds; None for one that holds until it is replaced."""
    if tax_form is not TaxForm.W8BEN:
        return None
    return dt.date(signed_on.year + FORM_YEARS, 12, 31)


def _check_american(given: str) -> None:
    if not given:
        raise TaxNumberMissing(country=UNITED_STATES, why="form W-9")
    try:
        tin.validate(given)
    except ValidationError:
        raise WrongTaxNumber(given=given) from None
