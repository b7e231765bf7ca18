"""Tables of passes."""

from takings.memberships.models.passes import FeeShare, Month, Pass, Step, StepKind

__all__ = ["FeeShare", "Month", "Pass", "Step", "StepKind"]
