"""What became of a creator's showings: counted, or not and why."""

from django.db.models import Sum

from takings.insights.models import Showings
from takings.insights.rules.earnings import LineFilter, OutcomeCount, PeriodFacts
from takings.insights.rules.words import outcome_words
from takings.policies.queries import policy

COUNTED = "qualified"


def outcome_counts(
    *, creator_id: int, period: PeriodFacts, only: LineFilter
) -> tuple[OutcomeCount, ...]:
    """Return the showings by outcome: the counted ones first, then the largest reasons."""
    rows = Showings.objects.filter(
        tally__period__name=period.name, creator_id=creator_id, **only.as_lookup()
    )
    sums = rows.values("outcome").annotate(seen=Sum("showing_count"))
    rules = policy(period.policy_version)
    counts = [
        OutcomeCount(row["outcome"], *outcome_words(row["outcome"], policy=rules), int(row["seen"]))
        for row in sums
    ]
    return tuple(sorted(counts, key=lambda one: (one.outcome != COUNTED, -one.showings)))
