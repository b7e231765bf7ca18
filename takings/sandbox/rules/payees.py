"""The test bank accounts of those who are paid, and what each of them does."""

from dataclasses import dataclass

from takings.core.errors import Invalid


class NotATestAccount(Invalid):
    """A real account must never be typed here, and would be paid nothing."""

    code = "not_a_test_account"
    sentence = "The sandbox takes its own test accounts only. Choose one of the list."


@dataclass(frozen=True, slots=True)
class PayeeScript:
    """What happens to whoever gives this bank account.

    ``lacks`` and ``refusal`` end the opening of an account; ``declines`` is why each transfer is
    refused, ``returns`` why the bank gives one back later; ``copies`` and ``tells_first`` are about
    messages.
    """

    number: str
    words: str
    lacks: str = ""
    refusal: str = ""
    declines: str = ""
    returns: str = ""
    is_silent: bool = False
    copies: int = 1
    tells_first: bool = False


PAYEE_SCRIPTS: tuple[PayeeScript, ...] = (
    PayeeScript("000123456789", "Is accepted, and paid"),
    PayeeScript("000123456011", "More papers are needed", lacks="a copy of your passport"),
    PayeeScript("000123456022", "Is not accepted", refusal="the account was not accepted"),
    PayeeScript(
        "000123456033",
        "Is accepted; each transfer is refused at once",
        declines="The account takes no transfers.",
    ),
    PayeeScript("000123456044", "Is accepted; no answer at first, and paid", is_silent=True),
    PayeeScript(
        "000123456055",
        "Is accepted and paid; the bank gives it back three days later",
        returns="The bank account is closed.",
    ),
    PayeeScript("000123456066", "Is accepted and paid; messages come twice", copies=2),
    PayeeScript(
        "000123456077", "Is accepted and paid; messages come before the answer", tells_first=True
    ),
)

_BY_NUMBER = {script.number: script for script in PAYEE_SCRIPTS}


def payee_script_of(number: str) -> PayeeScript:
    """Return what a bank account does. Refuses: NotATestAccount."""
    digits = number.replace(" ", "")
    if digits not in _BY_NUMBER:
        raise NotATestAccount
    return _BY_NUMBER[digits]
