"""Ways to be paid: what each needs, checked before it is believed.

Numbers are checked by python-stdnum: IBAN (ISO 13616) with its country's own rules, BIC (ISO 9362),
the routing number of the American Bankers Association.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError
from stdnum.us import rtn

from takings.core.errors import Invalid

_ACCOUNT = re.compile(r"[0-9A-Za-z-]{4,17}")  # NACHA: DFI account number
SEPA = frozenset(
    {
        *("AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR"),
        *("GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD"),
        *("ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA"),
    }
)
SHOWN = 4
EURO, DOLLAR = "EUR", "USD"


class Kind(StrEnum):
    """How money reaches somebody."""

    SEPA = "sepa"
    IBAN = "iban"
    US_BANK = "us_bank"
    PROVIDER = "provider"
    MANUAL = "manual"


class Rail(StrEnum):
    """How a payout travels: in a kind of file to the bank, or by a call to a provider."""

    PAIN = "pain.001"
    NACHA = "nacha"
    CSV = "csv"
    PROVIDER = "provider"


RAILS: Mapping[Kind, Rail] = {
    Kind.SEPA: Rail.PAIN,
    Kind.IBAN: Rail.CSV,
    Kind.US_BANK: Rail.NACHA,
    Kind.PROVIDER: Rail.PROVIDER,
    Kind.MANUAL: Rail.CSV,
}


class WrongIban(Invalid):
    """The number is no IBAN: most often one digit is wrong."""

    code = "wrong_iban"
    sentence = "“{given}” is not an IBAN; compare it with your bank's letter, digit by digit."


class WrongBic(Invalid):
    """The code is no BIC."""

    code = "wrong_bic"
    sentence = "“{given}” is not a BIC; it has 8 or 11 letters and digits, such as COBADEFFXXX."


class OtherCountry(Invalid):
    """Account and bank are not in one country."""

    code = "other_country"
    sentence = "The IBAN is one of {iban} and the BIC one of {bic}; they belong together."


class NotInSepa(Invalid):
    """The account's country takes no SEPA transfers."""

    code = "not_in_sepa"
    sentence = "Accounts of {country} cannot be paid by SEPA; choose the other bank transfer."


class WrongRouting(Invalid):
    """The number is no routing number."""

    code = "wrong_routing"
    sentence = (
        "“{given}” is not a routing number; it has nine digits, the last one checks the rest."
    )


class WrongAccount(Invalid):
    """The number cannot be that of an account."""

    code = "wrong_account"
    sentence = "“{given}” is not an account number; it has 4 to 17 letters and digits."


class NoReference(Invalid):
    """Whoever pays by hand must know where to."""

    code = "no_reference"
    sentence = "Say where the money goes, in words that finance can act on."


class NotTypedIn(Invalid):
    """An account at a provider is opened there; nobody types its number in."""

    code = "not_typed_in"
    sentence = "An account at a provider is opened on the provider’s pages."


class WrongCurrency(Invalid):
    """The way to be paid does not carry this currency."""

    code = "wrong_currency"
    sentence = "This way of being paid carries {carried}, not {given}."


@dataclass(frozen=True, slots=True)
class Details:
    """A way to be paid as its owner wrote it; what it does not need is empty."""

    kind: Kind
    currency: str
    holder: str
    iban: str = ""
    bic: str = ""
    routing: str = ""
    account: str = ""
    reference: str = ""

    @property
    def rail(self) -> Rail:
        """How it travels."""
        return RAILS[self.kind]

    @property
    def masked(self) -> str:
        """The last characters, as pages show them."""
        if self.kind is Kind.MANUAL:
            return "as agreed"
        where = f"{self.reference} " if self.kind is Kind.PROVIDER else ""
        return f"{where}•••• {(self.iban or self.account)[-SHOWN:]}"


def check_details(details: Details) -> Details:
    """Return the details as banks write them.

    Refuses: WrongIban, WrongBic, OtherCountry, NotInSepa, WrongRouting, WrongAccount, NoReference,
    WrongCurrency, NotTypedIn.
    """
    checks = {
        Kind.SEPA: _sepa,
        Kind.IBAN: _iban,
        Kind.US_BANK: _us_bank,
        Kind.PROVIDER: _provider,
        Kind.MANUAL: _manual,
    }
    return checks[details.kind](details)


def _sepa(details: Details) -> Details:
    if details.currency != EURO:
        raise WrongCurrency(carried=EURO, given=details.currency)
    checked = _iban(details)
    if checked.iban[:2] not in SEPA:
        raise NotInSepa(country=checked.iban[:2])
    return checked


def _iban(details: Details) -> Details:
    try:
        iban: str = ibans.validate(details.iban)
    except ValidationError:
        raise WrongIban(given=details.iban) from None
    bic = _bic(details.bic) if details.bic.strip() else ""
    if bic and bic[4:6] != iban[:2]:
        raise OtherCountry(iban=iban[:2], bic=bic[4:6])
    return Details(details.kind, details.currency, details.holder.strip(), iban=iban, bic=bic)


def _bic(given: str) -> str:
    try:
        code: str = bics.validate(given)
    except ValidationError:
        raise WrongBic(given=given) from None
    return code


def _us_bank(details: Details) -> Details:
    if details.currency != DOLLAR:
        raise WrongCurrency(carried=DOLLAR, given=details.currency)
    try:
        routing: str = rtn.validate(details.routing)
    except ValidationError:
        raise WrongRouting(given=details.routing) from None
    account = details.account.replace(" ", "")
    if not _ACCOUNT.fullmatch(account):
        raise WrongAccount(given=details.account)
    holder = details.holder.strip()
    return Details(details.kind, details.currency, holder, routing=routing, account=account)


def _provider(details: Details) -> Details:
    del details
    raise NotTypedIn


def _manual(details: Details) -> Details:
    reference = " ".join(details.reference.split())
    if not reference:
        raise NoReference
    return Details(details.kind, details.currency, details.holder.strip(), reference=reference)
