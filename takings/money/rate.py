"""Exact rates: a share of 45 % is the fraction 9/20, never 0.45."""

from dataclasses import dataclass
from fractions import Fraction

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact, non-negative ratio."""

    ratio: Fraction

    @classmethod
    def of_bp(cls, basis_points: int) -> "Rate":
        """Return the rate of so many basis points: ``Rate.of_bp(4500)`` is 45 %."""
        return cls(Fraction(basis_points, BASIS_POINTS))

    def __post_init__(self) -> None:
        """Refuse a negative rate."""
        if self.ratio < 0:
            message = "a rate cannot be negative"
            raise ValueError(message)

    def rest(self) -> "Rate":
        """Return what is left of the whole: the rest of 45 % is 55 %."""
        return Rate(1 - self.ratio)
