"""Names, account numbers, lists and encryption: wrong ones are refused by name."""

import datetime as dt
from pathlib import Path

import pytest

from takings.core.vault import SealedWithOtherKey, Vault
from takings.payouts.rules import screening
from takings.payouts.rules.methods import (
    Details,
    Kind,
    NoReference,
    NotInSepa,
    NotTypedIn,
    OtherCountry,
    Rail,
    WrongAccount,
    WrongBic,
    WrongCurrency,
    WrongIban,
    WrongRouting,
    check_details,
)
from takings.payouts.rules.names import NameMismatch, are_the_same, check_holder
from takings.payouts.rules.screening import BadList, read_list

IBAN = "DE89 3704 0044 0532 0130 00"


def sepa(**changes: str) -> Details:
    given = {"currency": "EUR", "holder": "Ada Low", "iban": IBAN} | changes
    return Details(Kind.SEPA, **given)


def us_bank(**changes: str) -> Details:
    given = {"currency": "USD", "holder": "Ada", "routing": "021000021", "account": "12 34-5"}
    return Details(Kind.US_BANK, **(given | changes))


def test_numbers_are_kept_as_banks_write_them() -> None:
    checked = check_details(sepa(bic="cobadeff"))
    assert (checked.iban, checked.bic) == ("DE89370400440532013000", "COBADEFF")
    assert (checked.rail, checked.masked) == (Rail.PAIN, "•••• 3000")
    american = check_details(us_bank())
    assert (american.routing, american.account) == ("021000021", "1234-5")
    assert (american.rail, american.masked) == (Rail.NACHA, "•••• 34-5")
    other = check_details(Details(Kind.IBAN, "GBP", "Ada", iban="GB33BUKB20201555555555"))
    assert (other.rail, other.bic) == (Rail.CSV, "")
    by_hand = check_details(Details(Kind.MANUAL, "JPY", " Ada ", reference=" Till  4 "))
    assert (by_hand.holder, by_hand.reference, by_hand.masked) == ("Ada", "Till 4", "as agreed")


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        (sepa(iban="DE89 3704 0044 0532 0130 01"), WrongIban),
        (sepa(iban="DE89"), WrongIban),
        (sepa(iban=""), WrongIban),
        (sepa(bic="COBA"), WrongBic),
        (sepa(bic="BNPAFRPP"), OtherCountry),
        (sepa(iban="TR330006100519786457841326"), NotInSepa),
        (sepa(currency="USD"), WrongCurrency),
        (us_bank(routing="021000022"), WrongRouting),
        (us_bank(account="12"), WrongAccount),
        (us_bank(currency="EUR"), WrongCurrency),
        (Details(Kind.PROVIDER, "USD", "Ada", account="acct_1"), NotTypedIn),
        (Details(Kind.MANUAL, "JPY", "Ada", reference="  "), NoReference),
    ],
)
def test_a_wrong_number_is_refused_by_name(details: Details, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_details(details)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "LOVELACE, Ada", True),
        ("José O’Neill", "Jose Oneill", True),
        ("Ada King Lovelace", "Ada Lovelace", True),
        ("Straße Weiß", "Strasse Weiss", True),
        ("王小明", "王小明", True),
        ("Ada", "Ada Lovelace", False),
        ("Ada Lovelace", "Ada Byron", False),
        ("", "", False),
    ],
)
def test_names_are_compared_by_their_words(
    one: str,
    other: str,
    same: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert are_the_same(one, other) == same


def test_an_account_of_somebody_else_is_refused() -> None:
    check_holder(holder="A. Lovelace Ada", legal="Ada Lovelace")
    with pytest.raises(NameMismatch, match="in the name of “Charles Babbage”"):
        check_holder(holder="Charles Babbage", legal="Ada Lovelace")


def test_the_list_that_comes_along_is_complete_and_finds_its_own() -> None:
    content = (Path(screening.__file__).parent / "sanctions.csv").read_bytes()
    found = read_list(content)
    born = dt.date(1786, 2, 7)
    [scrooge] = found.hits(name="Scrooge, EBENEZER", born_on=born)
    assert (scrooge.reference, scrooge.source) == ("EX-0001", "example")
    assert found.hits(name="Ebenezer Scrooge", born_on=dt.date(1990, 1, 1)) == ()
    assert len(found.hits(name="Ebenezer Scrooge", born_on=None)) == 1
    assert len(found.hits(name="Silver Long John", born_on=born)) == 1
    assert found.hits(name="Ada Lovelace", born_on=born) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"reference,name,born_on,list\n",
        b"name\nAda\n",
        b"reference,name,born_on,list\n1,Ada,yesterday,x\n",
        b"\xff\xfe",
    ],
)
def test_a_list_that_cannot_be_read_lets_nobody_pass(content: bytes) -> None:
    with pytest.raises(BadList):
        read_list(content)


def test_what_is_locked_opens_with_every_secret_that_is_known() -> None:
    old, both, other = Vault("old"), Vault("new, old"), Vault("other")
    sealed = old.lock("DE89370400440532013000")
    assert b"DE89" not in sealed
    assert both.open(sealed) == "DE89370400440532013000"
    assert (old.lock(""), old.open(b"")) == (b"", "")
    with pytest.raises(SealedWithOtherKey):
        other.open(sealed)
    assert both.fingerprint(["DE", "89"]) == old.fingerprint(["DE", "89"])
    assert both.fingerprint(["DE", "89"]) != both.fingerprint(["DE8", "9"])
