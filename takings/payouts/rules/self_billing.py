"""Whose invoices we may write, and how many cents of each statement stand on one."""

from collections.abc import Sequence

from takings.money import Money
from takings.payouts.rules.papers import EU, Papers

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
