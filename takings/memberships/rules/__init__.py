"""Months, tiers and what of a fee is earned: pure functions of values."""

from takings.memberships.rules.months import (
    DAY,
    BadPaymentId,
    Part,
    PriceParts,
    Span,
    charge_due_at,
    joined,
    may_withdraw_until,
    month_end,
    next_part,
    price_parts,
    read_id,
    runs_until,
    stood,
    whole_days,
)

__all__ = [
    "DAY",
    "BadPaymentId",
    "Part",
    "PriceParts",
    "Span",
    "charge_due_at",
    "joined",
    "may_withdraw_until",
    "month_end",
    "next_part",
    "price_parts",
    "read_id",
    "runs_until",
    "stood",
    "whole_days",
]
