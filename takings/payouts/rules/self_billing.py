"""Whose invoices we may write, and how many cents of each statement stand on one."""

from collections.abc import Mapping, Sequence

from takings.money import Money, allocate, currency
from takings.payouts.rules.papers import EU, Papers
from takings.policies.rules import DEALS, GIFTS, MEMBERSHIPS, REQUESTS, SHOP

NATIONAL = {"CZ": "CZK", "DK": "DKK", "HU": "HUF", "PL": "PLN", "RO": "RON", "SE": "SEK"}
"""Member states without the euro: article 230 wants the VAT in the currency of its country."""

SUPPLIES = {
    GIFTS: "Gifts",
    MEMBERSHIPS: "Memberships",
    REQUESTS: "Made on request",
    DEALS: "Sponsored videos",
    SHOP: "Goods and recommendations",
}
VIDEOS = "Videos"
PREFIXES = {"GR": "EL"}  # VAT numbers of Greece begin so


def why_not_billed(papers: Papers) -> str:
    """Return why we write no invoices for somebody, or nothing.

    Article 224 of Directive 2006/112/EC wants an agreement made before; the number is theirs where
    they live, because its country decides the tax.
    """
    if papers.country not in EU or not papers.vat_number:
        return "It is for creators in the European Union who have a VAT number."
    if not papers.self_billing:
        return "You did not agree to it."
    if not papers.vat_number.upper().startswith(PREFIXES.get(papers.country, papers.country)):
        return "Your VAT number is of another country than the one you live in."
    return ""


def cents_of(amounts: Sequence[Money], *, left: Money) -> list[Money]:
    """Return the whole cents of each amount; what is less than a cent goes on to the next.

    ``left`` is what amounts before had left. So the invoices of all time come to all statements,
    less than a cent.
    """
    found = []
    for amount in amounts:
        whole, left = (left + amount).split_payable()
        found.append(whole)
    return found


def national_currency(country: str) -> str:
    """Return the currency of a member state."""
    return NATIONAL.get(country, "EUR")


def supplies_of(amount: Money, *, brought: Mapping[str, int]) -> dict[str, Money]:
    """Return what of whole cents was supplied as what (article 226, 6), by what products brought.

    >>> dollars, brought = Money(10_000_000, "USD"), {"feed_ads": 2, "gifts": 1, "premium": 1}
    >>> {what: part.micros for what, part in supplies_of(dollars, brought=brought).items()}
    {'Videos': 7500000, 'Gifts': 2500000}
    """
    weights: dict[str, int] = {}
    for product, micros in brought.items():
        if micros > 0:
            what = SUPPLIES.get(product, VIDEOS)
            weights[what] = weights.get(what, 0) + micros
    if not weights:
        return {VIDEOS: amount}
    unit = currency(amount.currency).unit_micros
    parts = allocate(amount.micros // unit, weights)
    return {what: Money(count * unit, amount.currency) for what, count in parts.items() if count}
