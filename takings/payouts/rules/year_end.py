"""A creator's year for tax offices: what is reported on which form, and as which file."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
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
from takings.payouts.rules.sales import Sold, nothing_sold, part_of
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

    def split(self, part: Money) -> tuple["Quarter", "Quarter"]:
        """Return so much of what was paid and the rest, each with its part of the tax."""
        tax = part_of(self.withheld, brought=part.micros, stated=self.paid.micros)
        return (
            Quarter(part, tax, 0),
            Quarter(self.paid - part, self.withheld - tax, self.count),
        )


@dataclass(frozen=True, slots=True)
class Year:
    """One creator's year in one currency; ``source`` came from the source country.

    ``withheld`` is for the source country; quarters hold all that was withheld. Of what was paid,
    ``goods`` were goods sold, by quarter, ``settled`` all sales, ``source_sales`` those of the
    source. ``sold`` and ``served`` are the sales of goods and services themselves.
    ``is_mixed``: goods were sold in another currency, too.
    """

    handle: str
    papers: Papers
    year: int
    source: Money
    withheld: Money
    quarters: Mapping[int, Quarter]
    goods: Mapping[int, Money]
    settled: Money
    source_sales: Money
    sold: Mapping[int, Sold]
    served: Mapping[int, Sold]
    is_mixed: bool

    @property
    def sales(self) -> Sold:
        """All that was sold."""
        every = (*self.sold.values(), *self.served.values())
        return reduce(Sold.plus, every, nothing_sold(self.source.currency))

    @property
    def goods_sold(self) -> Sold:
        """The goods that were sold."""
        return reduce(Sold.plus, self.sold.values(), nothing_sold(self.source.currency))

    @property
    def own_pay(self) -> Money:
        """What we paid on our own account: form 1099-NEC; sales are on a 1099-K."""
        return self.paid - self.settled

    @property
    def parts(self) -> Mapping[int, tuple[Quarter, Quarter]]:
        """What was paid by quarter, goods and services apart."""
        nothing = Money.zero(self.source.currency)
        return {
            number: one.split(min(self.goods.get(number, nothing), one.paid))
            for number, one in self.quarters.items()
        }

    @property
    def activities(self) -> int:
        """How many services: each sale, and each payout of something else."""
        return sum(one.count for one in self.served.values()) + self.count

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

    1099 forms are for those who signed a W-9, in dollars: a 1099-K for what others paid them
    through us, gross, a 1099-NEC for what we paid ourselves. A 1042-S is for all others with pay
    from the United States; DAC7 for those who live in the European Union.
    """
    is_american = year.papers.tax_form is TaxForm.W9
    in_dollars = year.source.currency == "USD"
    answers = {
        Report.K: is_american
        and in_dollars
        and needs_1099_k(rule=rule, amount=year.sales.first, payment_count=year.sales.first_count),
        Report.NEC: is_american and in_dollars and needs_1099_nec(rule=rule, amount=year.own_pay),
        Report.FOREIGN: not is_american
        and year.papers.country != UNITED_STATES
        and needs_1042_s(source_paid=year.source),
        Report.DAC7: year.papers.country in EU
        and (_has_services(year, rule=rule) or has_goods(year, rule=rule)),
    }
    return answers[report]


def _has_services(year: Year, *, rule: ReportRule) -> bool:
    goods = sum(year.goods.values(), Money.zero(year.source.currency))
    count = year.activities if year.paid > goods else 0
    return needs_dac7(rule=rule, activity=Activity.SERVICES, amount=year.paid, count=count)


def has_goods(year: Year, *, rule: ReportRule) -> bool:
    """Tell whether goods are reported; in several currencies they are, as nobody can add them."""
    sold = year.goods_sold
    if year.is_mixed or sold.gross.currency != rule.dac7_goods_amount.amount.currency:
        return sold.count > 0
    amount = sold.gross - sold.fees
    return needs_dac7(rule=rule, activity=Activity.GOODS, amount=amount, count=sold.count)


def goods_of(year: Year) -> Mapping[int, Quarter]:
    """Return what goods brought, as it was credited, with the tax withheld of what was paid."""
    none = nothing_sold(year.source.currency)
    found = {}
    for number, (paid, _) in year.parts.items():
        sold = year.sold.get(number, none)
        found[number] = Quarter(sold.gross - sold.fees, paid.withheld, 0)
    return found


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
    *("own_pay", "gross_sales", "sales", "income_code_12", "income_code_17", "services"),
    *(
        f"{what}_q{quarter}"
        for what in ("goods_consideration", "goods_fees", "goods_sales")
        for quarter in QUARTERS
    ),
)


def row_of(year: Year) -> Sequence[object]:
    """Return a year as a row under :data:`HEAD`; amounts are exact decimals."""
    told = year.papers
    quarters = [year.quarters[quarter] for quarter in QUARTERS]
    services = [year.parts[quarter][1] for quarter in QUARTERS]
    goods = goods_of(year)
    none = nothing_sold(year.source.currency)
    sold = [year.sold.get(quarter, none) for quarter in QUARTERS]
    return (
        *(year.handle, told.legal_name, told.tax_number, told.street, told.postcode, told.town),
        *(told.country, year.year, year.source.currency, year.paid.decimal(), year.count),
        *(year.source.decimal(), year.withheld.decimal(), "yes" if told.claims_treaty else "no"),
        *(one.paid.decimal() for one in quarters),
        *(one.withheld.decimal() for one in quarters),
        *(one.count for one in quarters),
        *(one.consideration.decimal() for one in services),
        *(year.served.get(quarter, none).fees.decimal() for quarter in QUARTERS),
        *(year.own_pay.decimal(), year.sales.first.decimal(), year.sales.first_count),
        *((year.source - year.source_sales).decimal(), year.source_sales.decimal()),
        year.activities,
        *(goods[quarter].consideration.decimal() for quarter in QUARTERS),
        *(one.fees.decimal() for one in sold),
        *(one.count for one in sold),
    )


def write_dac7(
    *, platform: str, years: Iterable[Year], rule: ReportRule, made_at: dt.datetime
) -> bytes:
    """Return the sellers of a year as XML, with the names of the OECD's schema for platforms (DPI).

    Services and goods are activities of their own; goods below the floor are left out.
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
        _seller(ET.SubElement(body, "ReportableSeller"), year, rule=rule)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _seller(node: ET.Element, year: Year, *, rule: ReportRule) -> None:
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
    activities = ET.SubElement(node, "RelevantActivities")
    none = nothing_sold(year.source.currency)
    if _has_services(year, rule=rule):
        served = {quarter: year.served.get(quarter, none) for quarter in QUARTERS}
        paid = {quarter: services for quarter, (_, services) in year.parts.items()}
        _activity(ET.SubElement(activities, "PersonalServices"), paid, sold=served)
    if has_goods(year, rule=rule):
        sold = {quarter: year.sold.get(quarter, none) for quarter in QUARTERS}
        _activity(ET.SubElement(activities, "SaleOfGoods"), goods_of(year), sold=sold)


def _activity(node: ET.Element, paid: Mapping[int, Quarter], *, sold: Mapping[int, Sold]) -> None:
    earned = {quarter: one.consideration for quarter, one in paid.items()}
    _amounts(ET.SubElement(node, "Consideration"), "ConsQ", earned)
    numbers = ET.SubElement(node, "NumberOfActivities")
    for quarter, one in sorted(paid.items()):
        _text(numbers, f"NumbQ{quarter}", str(one.count + sold[quarter].count))
    fees = {quarter: one.fees for quarter, one in sold.items()}
    _amounts(ET.SubElement(node, "Fees"), "FeesQ", fees)
    withheld = {quarter: one.withheld for quarter, one in paid.items()}
    _amounts(ET.SubElement(node, "Taxes"), "TaxQ", withheld)


def _amounts(node: ET.Element, tag: str, amounts: Mapping[int, Money]) -> None:
    for quarter, amount in sorted(amounts.items()):
        money = ET.SubElement(node, f"{tag}{quarter}", {"currCode": amount.currency})
        money.text = f"{amount.decimal():f}"


def _text(node: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(node, tag).text = text
