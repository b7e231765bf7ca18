"""Agreements to share what a video earns: when they hold, and how an amount is cut."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.money import Money, allocate

WHOLE_BP = 10_000
MOST_PARTIES = 9
DAY = dt.timedelta(days=1)


class BadShares(Invalid):
    """The shares do not make a whole that can be agreed on."""

    code = "bad_shares"
    sentence = "{problem}"


@dataclass(frozen=True, slots=True)
class SplitTerms:
    """An agreement as it applies: the owner, each party's basis points, and the days.

    ``first_day`` is the first day, ``end_day`` the first day on which it no longer holds.
    """

    owner_id: int
    shares_bp: Mapping[int, int]
    first_day: dt.date
    end_day: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether what is earned on this day is split."""
        return self.first_day <= day and (self.end_day is None or day < self.end_day)


def check_shares(*, owner_id: int, shares_bp: Sequence[tuple[int, int]]) -> None:
    """Refuse shares that cannot be agreed on. Refuses: BadShares."""
    parties = [party for party, _ in shares_bp]
    if not 1 <= len(parties) <= MOST_PARTIES:
        raise BadShares(problem=f"Name between one and {MOST_PARTIES} others.")
    if len(set(parties)) < len(parties):
        raise BadShares(problem="Name each creator once.")
    if owner_id in parties:
        raise BadShares(problem="You keep what the others leave; do not name yourself.")
    if any(share <= 0 for _, share in shares_bp):
        raise BadShares(problem="Each share is more than nothing.")
    if sum(share for _, share in shares_bp) > WHOLE_BP:
        raise BadShares(problem="The shares come to more than 100 %.")


def first_day(*, agreed_at: dt.datetime) -> dt.date:
    """Return the first day of an agreement: the UTC day after the last party agreed."""
    return agreed_at.astimezone(dt.UTC).date() + DAY


def end_day(*, first: dt.date | None, ended_at: dt.datetime) -> dt.date:
    """Return the first day on which an agreement no longer holds: the UTC day after it ended.

    One that had not begun by then (``first`` is later) ends as it begins.
    """
    following = ended_at.astimezone(dt.UTC).date() + DAY
    return following if first is None else max(first, following)


def split_amount(*, amount: Money, terms: SplitTerms) -> dict[int, Money]:
    """Return what each party and the owner get; the parts sum to the amount exactly.

    >>> terms = SplitTerms(1, {2: 3_333, 3: 3_333}, dt.date(2026, 11, 1))
    >>> [part.micros for part in split_amount(amount=Money(100, "USD"), terms=terms).values()]
    [34, 33, 33]
    """
    weights = {terms.owner_id: WHOLE_BP - sum(terms.shares_bp.values()), **terms.shares_bp}
    parts = allocate(amount.micros, weights)
    return {party: Money(parts[party], amount.currency) for party in weights}
