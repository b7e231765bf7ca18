"""Everything one may ask about passes. Nothing here writes."""

from takings.memberships.queries.passes import (
    PASS_PURPOSE,
    PRODUCT,
    NoSuchPass,
    Standing,
    declined_since,
    last_month,
    parts_of_price,
    pass_of,
    pass_of_subject,
    payments_for,
    shared_from,
    standing,
    steps_of,
    waiting_accounts,
    withdrawal,
)
from takings.memberships.queries.sums import Sums, newest_passes, sums
from takings.memberships.queries.whereto import WentTo, went_to

__all__ = [
    "PASS_PURPOSE",
    "PRODUCT",
    "NoSuchPass",
    "Standing",
    "Sums",
    "WentTo",
    "declined_since",
    "last_month",
    "newest_passes",
    "parts_of_price",
    "pass_of",
    "pass_of_subject",
    "payments_for",
    "shared_from",
    "standing",
    "steps_of",
    "sums",
    "waiting_accounts",
    "went_to",
    "withdrawal",
]
