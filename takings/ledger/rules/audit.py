"""The auditor judges whether a posting left behind what ``decide`` would have left.

What is decided again, posting by posting: all items that were posted, in their order, from the
totals before and with what was known before (holds and their ends, reversals, refusals, ids). Each
must be answered ``posted`` again, and the totals after must be those written, debits, credits and
held. Of a refusal, its code must have been possible and its id unused.

What is not stored cannot be decided again, and is judged by what is certain:

- which items stood or fall together: floors are judged on what the whole posting leaves behind;
- how much “up to” asked for: the amount that was posted counts as asked;
- what a refused item said: of it the code and the id are judged alone, and the code only where no
  item of its call fell without a trace, for that may have been the reason;
- limits, closings and locks hold from an instant on, not from a number on: they are not judged;
- the caller's clock, where it was behind the books: then no hold is called expired.

An account may be divided into lanes. The totals are sums over the lanes that the posting wrote,
and so is the floor: with one lane that lane alone had to stay above it, with all lanes they are the
account. Sums over the lanes that it did not write would depend on who posted there meanwhile.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from takings.ledger.rules.decide import State, advance, decide
from takings.ledger.rules.items import Item, Mode, Totals, Verdict
from takings.ledger.rules.outcomes import OF_NUMBER, Outcome

NEVER = 2**63
OF_ITS_CALL = {
    *(Outcome.HOLD_IS_OVER, Outcome.HOLD_EXPIRED),
    *(Outcome.NOT_WHAT_IS_HELD, Outcome.ALREADY_REVERSED),
}
"""What made these happen may have fallen in the same group: then it left nothing behind."""

Difference = tuple[str, str]
"""A row (``table:id``), and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Done:
    """An item that was posted: its number, its row, and when that row says it was posted.

    All items are of one group: what the posting left behind is judged as a whole.
    """

    number: int
    row: str
    item: Item
    posted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """An id that was refused."""

    number: int
    id: UUID
    code: int
    refused_at: dt.datetime
    is_posted_before: bool


@dataclass(frozen=True, slots=True)
class Stood:
    """What the lanes of an account that a posting wrote stood at, before and after.

    ``last_at`` is when they were last written before; ``is_in_order`` says that this was by an
    earlier posting, ``is_of_account`` that the copies of side and floor are the account's.
    """

    before: Totals
    after: Totals
    last_at: dt.datetime | None
    is_in_order: bool
    is_of_account: bool


@dataclass(slots=True)
class Written:
    """Everything that one posting left behind, and in ``state`` what was known before of it."""

    number: int
    item_count: int
    posted_at: dt.datetime
    state: State = field(default_factory=State)
    done: list[Done] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    stood: dict[int, Stood] = field(default_factory=dict)
    transfer_times: set[dt.datetime] = field(default_factory=set)


def differences(written: Written, *, possible_from: Mapping[Outcome, int]) -> Iterator[Difference]:
    """Yield every row of a posting that is not what deciding it again gives.

    ``possible_from`` says from which number on a refusal was possible at all; one that is not in
    it always was.
    """
    yield from _misplaced(written)
    is_behind = any(
        stood.last_at is not None and stood.last_at >= written.posted_at
        for stood in written.stood.values()
    )
    state = _before(written, forgives_expiry=is_behind)
    items = [done.item for done in written.done]
    verdicts = decide(state, items, at=written.posted_at)
    for done, verdict in zip(written.done, verdicts, strict=True):
        if verdict.outcome not in {Outcome.POSTED, Outcome.LINKED_FAILED}:
            yield done.row, _sentence(written, f"decided again it is {verdict.outcome}")
    known = [item for item in items if item.hold is None or item.hold in state.items]
    forced = [Verdict(Outcome.POSTED, tuple(leg.amount for leg in item.legs)) for item in known]
    advance(state, known, forced)
    yield from _unequal(written, state)
    yield from _impossible(written, possible_from)


def _before(written: Written, *, forgives_expiry: bool) -> State:
    state = written.state
    state.totals = {account: stood.before for account, stood in written.stood.items()}
    if forgives_expiry:
        posted = {d.item.hold for d in written.done if d.item.mode is Mode.POST_HOLD}
        for hold in state.items.keys() & posted:
            kept, moved = state.items[hold]
            state.items[hold] = (replace(kept, expires_at=None), moved)
    return state


def _misplaced(written: Written) -> Iterator[Difference]:
    """Yield rows that are twice, or were written at another time than their posting."""
    row = f"posting:{written.number}"
    numbers = [done.number for done in written.done]
    refused = {refusal.number for refusal in written.refused}
    if not numbers and not refused:
        yield row, "it left nothing behind"
    if len(set(numbers)) < len(numbers) or refused & set(numbers):
        yield row, "two of its items have one number"
    for done in written.done:
        if done.posted_at != written.posted_at:
            yield done.row, _sentence(written, f"it says that it was posted at {done.posted_at}")
    if written.transfer_times - {written.posted_at}:
        yield row, "its transfers say that they were posted at another time"


def _unequal(written: Written, state: State) -> Iterator[Difference]:
    for account in sorted(state.totals.keys() | written.stood.keys()):
        row, stood = f"account:{account}", written.stood.get(account)
        told = state.totals.get(account, Totals())
        if stood is None:
            yield row, _sentence(written, "it was moved, and what it stands at was not written")
        elif stood.after != told:
            now, then = (_words(totals) for totals in (stood.after, told))
            yield row, _sentence(written, f"it stands at {now}, decided again at {then}")
        elif not stood.is_in_order:
            yield row, _sentence(written, "what it stood at before was written by a later posting")
        elif not stood.is_of_account:
            yield row, _sentence(written, "its side or floor there is not that of the account")


def _impossible(written: Written, possible_from: Mapping[Outcome, int]) -> Iterator[Difference]:
    has_gaps = written.item_count > len(written.done) + len(written.refused)
    for refusal in written.refused:
        row, outcome = f"refusal:{refusal.id}", OF_NUMBER.get(refusal.code)
        if outcome is None or not outcome.is_remembered:
            yield row, _sentence(written, f"{outcome or refusal.code} is not remembered")
        elif refusal.is_posted_before:
            yield row, _sentence(written, "it was refused though it had been posted before")
        elif possible_from.get(outcome, 0) > refusal.number and not (
            has_gaps and outcome in OF_ITS_CALL
        ):
            yield row, _sentence(written, f"nothing there was could be {outcome}")
        elif refusal.refused_at != written.posted_at:
            yield row, _sentence(written, f"it says that it was refused at {refusal.refused_at}")


def _sentence(written: Written, says: str) -> str:
    return f"posting {written.number}: {says}"


def _words(totals: Totals) -> str:
    held = f"{totals.held_debits}/{totals.held_credits}"
    return f"{totals.debits}/{totals.credits} with {held} held"
