"""Why banks give money back (ISO 20022 external codes), in words that a creator can act on."""

_ACCOUNT = "Choose an account that exists and is in your name."
_WORDS = {
    "AC01": f"The account number is wrong. {_ACCOUNT}",
    "AC03": f"The account number is wrong. {_ACCOUNT}",
    "AC04": f"The account is closed. {_ACCOUNT}",
    "AC06": f"The account is blocked. Ask your bank, or choose another account. {_ACCOUNT}",
    "AC13": f"The account takes no transfers of this kind. {_ACCOUNT}",
    "AG01": f"The account takes no transfers. {_ACCOUNT}",
    "AG02": f"The account takes no transfers of this kind. {_ACCOUNT}",
    "BE01": f"The name is not that of the account. {_ACCOUNT}",
    "BE04": "The address is missing or wrong. Send a new version of your papers.",
    "BE05": f"The bank does not know the payer. {_ACCOUNT}",
    "MD07": "The account's owner has died.",
    "MS02": "The receiver refused it.",
    "MS03": "The bank gives no reason. Ask it, or choose another account.",
    "RC01": f"The bank's code (BIC) is wrong. {_ACCOUNT}",
    "RR01": "A law asks for more about you. Ask your bank.",
    "RR04": "A law forbids it. Ask your bank.",
    "CUST": "The receiver asked for it.",
    "FOCR": "It was called back.",
}


def reason_words(*, code: str, reason: str) -> str:
    """Return what a code means; the bank's own words where the code is unknown.

    >>> reason_words(code="AC04", reason="")
    'The account is closed. Choose an account that exists and is in your name.'
    """
    own = f" The bank says: “{reason}”." if reason else ""
    return _WORDS.get(code, f"The bank gave the reason {code or 'of no code'}.") + own
