"""Money that leaves in the demo world: what stood elsewhere before, whom it is owed, how it ends.

Creators of two months earn cents, and nothing below a minimum is paid. So three of them bring along
what another platform owed them, as `takings import-opening` brings it into any books. Names and
numbers are invented; the account numbers are examples of their banks or pass their checks alone.
"""

import datetime as dt
from dataclasses import dataclass

from takings.money import Money
from takings.payouts.rules.methods import Details, Kind
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.withholding import TaxForm

CLOSED_ACCOUNT = "AC04"


@dataclass(frozen=True, slots=True)
class Payee:
    """Somebody with a balance; ``verified_after_days`` into last month an operator says yes.

    ``answer`` is what the bank says of their payout: ``ACSC`` paid, ``RJCT`` given back.
    """

    handle: str
    owed: str
    papers: Papers
    method: Details
    verified_after_days: int
    answer: str = ""


PAYEES = (
    Payee(
        "mara-lights",
        "1240.50",
        Papers(
            legal_name="Mara Lindqvist",
            is_company=False,
            born_on=dt.date(1994, 3, 8),
            street="Hafenweg 4",
            postcode="20457",
            town="Hamburg",
            country="DE",
            tax_form=TaxForm.W8BEN,
            tax_number="36574261809",
        ),
        Details(Kind.SEPA, "EUR", "Mara Lindqvist", iban="DE89370400440532013000"),
        verified_after_days=2,
        answer="ACSC",
    ),
    Payee(
        "night-line",
        "655.40",
        Papers(
            legal_name="Tomasz Zieliński",
            is_company=False,
            born_on=dt.date(1988, 11, 21),
            street="41 Franklin Avenue",
            postcode="11222",
            town="Brooklyn",
            country="US",
            tax_form=TaxForm.W9,
            tax_number="536-90-4399",
        ),
        Details(Kind.US_BANK, "USD", "Tomasz Zieliński", routing="021000021", account="123456789"),
        verified_after_days=2,
        answer="RJCT",
    ),
    Payee(
        "adaeze-moves",
        "812.30",
        Papers(
            legal_name="Adaeze Okafor",
            is_company=False,
            born_on=dt.date(1991, 6, 2),
            street="12 Mill Lane",
            postcode="LS1 4AP",
            town="Leeds",
            country="GB",
            tax_form=TaxForm.W8BEN,
        ),
        Details(Kind.MANUAL, "USD", "Adaeze Okafor", reference="Cheque"),
        verified_after_days=24,  # after the first batch, which leaves her out
    ),
)


def opening_csv(owed: dict[str, tuple[str, str]]) -> bytes:
    """Return the file of what stood elsewhere: each account's currency and amount, and the bank.

    >>> opening_csv({"creator:1:payable": ("USD", "2.50")}).decode().splitlines()[1:]
    ['creator:1:payable,USD,2.50', 'bank,USD,2.500000']
    """
    rows = [f"{account},{code},{amount}" for account, (code, amount) in owed.items()]
    sums: dict[str, Money] = {}
    for code, amount in owed.values():
        sums[code] = sums.get(code, Money.zero(code)) + Money.parse(amount, code)
    rows += [f"bank,{code},{money.decimal():f}" for code, money in sums.items()]
    return "\n".join(["account,currency,amount", *rows, ""]).encode()


def answer_csv(told: dict[str, str]) -> bytes:
    """Return what the bank says of payouts, by their EndToEndId: paid, or the account is closed."""
    rows = (
        f"{key},{status},{CLOSED_ACCOUNT if status == 'RJCT' else ''},"
        for key, status in sorted(told.items())
    )
    return "\n".join(["end_to_end_id,status,code,reason", *rows, ""]).encode()
