"""A creator's year for tax offices: what is reported on which form, and as which file."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

from takings.money import Money
from takings.payouts.rules.papers import EU, UNITED_STATES, Papers
from takings.payouts.rules.reports import (
    Activity,
    needs_1042_s,
    needs_1099_k,
    needs_1099_nec,
    needs_dac7,
)
from takings.payouts.rules.withholding import TaxForm
from takings.policies.rules import ReportRule

QUARTERS = (1, 2, 3, 4)
DPI = "urn:oecd:ties:dpi:v1"


class Report(StrEnum):
    """A report of a year."""

    K = "1099-k"
    NEC = "1099-nec"
    FOREIGN = "1042-s"
    DAC7 = "dac7"


@dataclass(frozen=True, slots=True)
class Quarter:
    """What was paid in a quarter, what was withheld of it, and in how many payouts.

    An exchange of earnings counts as a payout.
    """

    paid: Money
    withheld: Money
    count: int

    def plus(self, other: "Quarter") -> "Quarter":
        """Return both together."""
        paid, withheld = self.paid + other.paid, self.withheld + other.withheld
        return Quarter(paid, withheld, self.count + other.count)

    @property
    def consideration(self) -> Money:
        """What DAC7 calls so: net of taxes withheld (annex V, section I, of 2011/16/EU)."""
        return self.paid - self.withheld

    @property
    def fees(self) -> Money:
        """What we charged for paying: nothing; a share of a pool is paid as it is."""
        return Money.zero(self.paid.currency)


@dataclass(frozen=True, slots=True)
class Year:
    """One creator's year in one currency; ``source`` came from the source country.

    ``withheld`` is for the source country; quarters hold all that was withheld.
    """

    handle: str
    papers: Papers
    year: int
    source: Money
    withheld: Money
    quarters: Mapping[int, Quarter]

    @property
    def paid(self) -> Money:
        """What was paid, before tax."""
        nothing = Money.zero(self.source.currency)
        return sum((one.paid for one in self.quarters.values()), nothing)

    @property
    def count(self) -> int:
        """In how many payouts."""
        return sum(one.count for one in self.quarters.values())


def belongs_on(report: Report, *, year: Year, rule: ReportRule) -> bool:
    """Tell whether a creator's year is reported there.

    1099 forms are for those who signed a W-9, in dollars; a 1042-S for all others with pay from the
    United States; DAC7 for those who live in the European Union.
    """
    is_american = year.papers.tax_form is TaxForm.W9
    in_dollars = year.source.currency == "USD"
    answers = {
        Report.K: is_american
        and in_dollars
        and needs_1099_k(rule=rule, amount=year.paid, payment_count=year.count),
        Report.NEC: is_american and in_dollars and needs_1099_nec(rule=rule, amount=year.paid),
        Report.FOREIGN: not is_american
        and year.papers.country != UNITED_STATES
        and needs_1042_s(source_paid=year.source),
        Report.DAC7: year.papers.country in EU
        and needs_dac7(rule=rule, activity=Activity.SERVICES, amount=year.paid, count=year.count),
    }
    return answers[report]


def gaps_of(year: Year, *, rule: ReportRule) -> list[str]:
    """Return why a year above a threshold is on no form, or on one that would be sent back.

    A report leaves out whom it cannot name; so that nobody is left out in silence, they are told.
    """
    told = year.papers
    is_american = told.country == UNITED_STATES
    above = needs_1099_nec(rule=rule, amount=year.paid) if year.source.currency == "USD" else True
    says_w9 = told.tax_form is TaxForm.W9
    no_number = not told.tax_number
    gaps = (
        (is_american and not says_w9 and above, "lives in the United States without a W-9: ask"),
        (
            is_american and year.source.currency != "USD",
            "is paid in another currency than dollars: put the year on a 1099 by hand",
        ),
        (told.claims_treaty and no_number, "claims a treaty without a tax number (1042-S)"),
        (told.country in EU and no_number, "has no tax number (DAC7)"),
        (
            told.country in EU and not told.is_company and told.born_on is None,
            "has no day of birth (DAC7)",
        ),
    )
    return [sentence for is_so, sentence in gaps if is_so]


HEAD = (
    *("creator", "legal_name", "tax_number", "street", "postcode", "town", "country"),
    *("year", "currency", "paid", "payouts", "source_income", "withheld", "treaty_claimed"),
    *(f"{what}_q{quarter}" for what in ("paid", "withheld", "payouts") for quarter in QUARTERS),
    *(f"{what}_q{quarter}" for what in ("consideration", "fees") for quarter in QUARTERS),
)


def row_of(year: Year) -> Sequence[object]:
    """Return a year as a row under :data:`HEAD`; amounts are exact decimals."""
    told = year.papers
    quarters = [year.quarters[quarter] for quarter in QUARTERS]
    return (
        *(year.handle, told.legal_name, told.tax_number, told.street, told.postcode, told.town),
        *(told.country, year.year, year.source.currency, year.paid.decimal(), year.count),
        *(year.source.decimal(), year.withheld.decimal(), "yes" if told.claims_treaty else "no"),
        *(one.paid.decimal() for one in quarters),
        *(one.withheld.decimal() for one in quarters),
        *(one.count for one in quarters),
        *(one.consideration.decimal() for one in quarters),
        *(one.fees.decimal() for one in quarters),
    )


def write_dac7(*, platform: str, years: Iterable[Year], made_at: dt.datetime) -> bytes:
    """Return the sellers of a year as XML, with the names of the OECD's schema for platforms (DPI).

    The schema itself is the authority's and is not at hand: check the file against it before use.
    """
    rows = list(years)
    root = ET.Element("DPI_OECD", {"xmlns": DPI, "version": "1.0"})
    message = ET.SubElement(root, "MessageSpec")
    _text(message, "MessageType", "DPI")
    _text(message, "ReportingPeriod", f"{rows[0].year if rows else made_at.year}-12-31")
    _text(message, "Timestamp", f"{made_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}")
    body = ET.SubElement(root, "DPIBody")
    _text(ET.SubElement(body, "PlatformOperator"), "Name", platform)
    for year in rows:
        _seller(ET.SubElement(body, "ReportableSeller"), year)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _seller(node: ET.Element, year: Year) -> None:
    told = year.papers
    kind = "EntitySeller" if told.is_company else "IndividualSeller"
    standard = ET.SubElement(ET.SubElement(ET.SubElement(node, "Identity"), kind), "Standard")
    _text(standard, "ResCountryCode", told.country)
    _text(standard, "TIN", told.tax_number)
    if told.vat_number:
        _text(standard, "VAT", told.vat_number)
    _text(standard, "Name", told.legal_name)
    address = ET.SubElement(standard, "Address")
    _text(address, "CountryCode", told.country)
    _text(address, "AddressFree", f"{told.street}, {told.postcode} {told.town}")
    if told.born_on is not None:
        _text(ET.SubElement(standard, "BirthInfo"), "BirthDate", told.born_on.isoformat())
    services = ET.SubElement(ET.SubElement(node, "RelevantActivities"), "PersonalServices")
    earned = {quarter: one.consideration for quarter, one in year.quarters.items()}
    fees = {quarter: one.fees for quarter, one in year.quarters.items()}
    withheld = {quarter: one.withheld for quarter, one in year.quarters.items()}
    _amounts(ET.SubElement(services, "Consideration"), "ConsQ", earned)
    numbers = ET.SubElement(services, "NumberOfActivities")
    for quarter, one in sorted(year.quarters.items()):
        _text(numbers, f"NumbQ{quarter}", str(one.count))
    _amounts(ET.SubElement(services, "Fees"), "FeesQ", fees)
    _amounts(ET.SubElement(services, "Taxes"), "TaxQ", withheld)


def _amounts(node: ET.Element, tag: str, amounts: Mapping[int, Money]) -> None:
    for quarter, amount in sorted(amounts.items()):
        money = ET.SubElement(node, f"{tag}{quarter}", {"currCode": amount.currency})
        money.text = f"{amount.decimal():f}"


def _text(node: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(node, tag).text = text
