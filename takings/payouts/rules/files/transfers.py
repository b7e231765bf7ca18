"""What every file to a bank is made of: who pays, and whom how much."""

import datetime as dt
import re
from dataclasses import dataclass

from text_unidecode import unidecode

from takings.core.errors import Conflict
from takings.money import Money, currency
from takings.payouts.rules.methods import Details, Rail

LONGEST_NAME, LONGEST_REMITTANCE = 70, 140
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")  # EPC217-08: the letters every bank can print


class PayerUnknown(Conflict):
    """A file says from which account its money comes."""

    code = "payer_unknown"
    sentence = "Files of {rail} need the platform's own account: set {settings}. Nothing was sent."


@dataclass(frozen=True, slots=True)
class Payer:
    """The platform as its banks know it; what a kind of file does not need may be empty."""

    name: str
    iban: str = ""
    bic: str = ""
    routing: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives, in parts: banks take no free lines after November 2026."""

    street: str
    postcode: str
    town: str
    country: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: ``key`` comes back in the bank's answers (EndToEndId, at most 35 letters)."""

    key: str
    amount: Money
    details: Details
    address: Address
    remittance: str


@dataclass(frozen=True, slots=True)
class Message:
    """A file of its own: under which id, made when, to be paid on which day."""

    id: str
    made_at: dt.datetime
    pay_on: dt.date


def check_payer(*, payer: Payer, rail: Rail) -> None:
    """Refuse to begin what could not be finished. Refuses: PayerUnknown."""
    if rail is Rail.PAIN and not payer.iban:
        raise PayerUnknown(rail=rail.value, settings="TAKINGS_PAYER_IBAN")
    if rail is Rail.NACHA and not (payer.routing and payer.account):
        needed = "TAKINGS_PAYER_ROUTING and TAKINGS_PAYER_ACCOUNT"
        raise PayerUnknown(rail=rail.value, settings=needed)


def plain(text: str, *, longest: int) -> str:
    """Return a text in the letters that every bank takes.

    >>> plain("Łukasz Größe & 王小明", longest=70)
    'Lukasz Grosse Wang Xiao Ming'
    """
    return " ".join(_NOT_SEPA.sub(" ", unidecode(text)).split())[:longest].strip()


def written(amount: Money) -> str:
    """Return an amount with the decimals of its currency: ``1215.01``, ``8000``."""
    digits = currency(amount.currency).exponent
    return f"{amount.decimal():.{digits}f}"
