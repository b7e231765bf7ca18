"""What the sandbox charges: 2.9 % and 30 of the smallest unit; 1,500 of it for a dispute."""

from takings.money import Money, Rate, currency

PART = Rate.of_bp(290)
FIXED_UNITS, DISPUTE_UNITS = 30, 1_500


def fee_of(amount: Money) -> Money:
    """Return the fee of a charge, cut to the payable unit: 3.20 for 100.00, never all of it."""
    part, _ = amount.times(PART, rounding="down").split_payable()
    fixed = Money(FIXED_UNITS * currency(amount.currency).unit_micros, amount.currency)
    return min(part + fixed, amount)


def dispute_fee(code: str) -> Money:
    """Return the fee of a dispute: 15.00, or 1,500 yen; it comes back when the dispute is won."""
    return Money(DISPUTE_UNITS * currency(code).unit_micros, code)
