"""The test cards, and what each of them does."""

from dataclasses import dataclass

from takings.core.errors import Invalid


class NotATestCard(Invalid):
    """A real number must never be typed here, and would pay nothing."""

    code = "not_a_test_card"
    sentence = "The sandbox takes its own test cards only. Choose one of the list."


@dataclass(frozen=True, slots=True)
class Script:
    """What happens when this card pays.

    ``decline`` and ``decline_later`` (when charged again) are reasons; ``copies`` and
    ``is_reversed`` are about messages; ``dispute`` is how one ends, if the payer opens one.
    """

    number: str
    words: str
    decline: str = ""
    decline_later: str = ""
    has_challenge: bool = False
    is_late: bool = False
    copies: int = 1
    tells_first: bool = False
    is_reversed: bool = False
    refunds_half: bool = False
    dispute: str = ""

    @property
    def spaced(self) -> str:
        """The number as it is printed on a card."""
        return " ".join(self.number[start : start + 4] for start in range(0, 16, 4))


SCRIPTS: tuple[Script, ...] = (
    Script("4242424242424242", "Pays"),
    Script("4000000000003220", "Asks for 3-D Secure", has_challenge=True),
    Script("4000000000000002", "Is declined by its bank", decline="declined"),
    Script("4000000000009995", "Has not enough money", decline="insufficient_funds"),
    Script("4000000000000127", "Wrong security code", decline="incorrect_cvc"),
    Script("4000000000000069", "Has expired", decline="expired_card"),
    Script("4000000000000341", "Pays now, has expired at renewal", decline_later="expired_card"),
    Script("4000000000007015", "No answer at first, paid late", is_late=True),
    Script("4000000000007023", "Its message comes twice", copies=2),
    Script("4000000000007031", "Its message comes before the answer", tells_first=True),
    Script(
        "4000000000007049",
        "Half is given back, messages in the wrong order",
        is_reversed=True,
        refunds_half=True,
    ),
    Script("4000000000007056", "Half is given back by the bank", refunds_half=True),
    Script("4000000000000259", "Is disputed; evidence wins", dispute="won"),
    Script("4000000000001976", "Is disputed; evidence loses", dispute="lost"),
)

_BY_NUMBER = {script.number: script for script in SCRIPTS}

REASONS = {
    "declined": "The bank declined the card and gave no reason.",
    "insufficient_funds": "There is not enough money on the card.",
    "incorrect_cvc": "The security code is wrong.",
    "expired_card": "The card has expired.",
    "challenge_refused": "The payment was not confirmed with the bank.",
    "authentication_required": "The bank wants the owner to confirm this payment.",
}


def script_of(number: str) -> Script:
    """Return what a card does. Refuses: NotATestCard."""
    digits = number.replace(" ", "").replace("-", "")
    if digits not in _BY_NUMBER:
        raise NotATestCard
    return _BY_NUMBER[digits]
