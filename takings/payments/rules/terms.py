"""The terms on which card payments are taken. A change is a new version; accepted ones stay."""

import datetime as dt
from dataclasses import dataclass

from takings.core.errors import Conflict


class TermsChanged(Conflict):
    """What was shown is not what holds now, or was never shown by us."""

    code = "terms_changed"
    sentence = "The terms of payment were shown too long ago; read them again and send the form."


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which terms and which policies a payer was shown before paying, and when."""

    terms: str
    policy: str
    shown_at: dt.datetime


VERSION = "payments@2026-11-26"
TERMS = (
    ("The price", "It holds all taxes. We bear the card company's fee."),
    ("Receipts", "You get one for each payment, and a credit note for what we give back."),
    (
        "Refunds",
        "What was not used can be given back to the card; ask us. It comes from whoever was paid.",
    ),
    (
        "Disputes",
        "Please ask us before your bank. What it takes back, we answer with what was delivered.",
    ),
    ("What we keep", "Who paid, when, for what, and these terms, for as long as the law asks."),
)
"""What :data:`VERSION` says: heading and sentence."""
