"""The books in memory: ``decide`` answers a call from a state, ``advance`` gives the next state.

This is posting a second time, on purpose: PostgreSQL does it with sets (``sql/posting``), this
does it one item after the other. It is the oracle of the tests and the auditor of the journal, and
small enough to be read in one sitting. No I/O, no clock; amounts are micro-units.
"""

import datetime as dt
from collections import ChainMap
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from takings.ledger.rules.items import CURRENCIES, Item, Leg, Mode, Terms, Totals, Verdict
from takings.ledger.rules.outcomes import Outcome
from takings.money.money import LARGEST

Balances = MutableMapping[int, Totals]


@dataclass(slots=True)
class State:
    """Everything an answer depends on; ``items`` keeps what each of an item's legs moved."""

    terms: dict[int, Terms] = field(default_factory=dict)
    totals: dict[int, Totals] = field(default_factory=dict)
    items: dict[UUID, tuple[Item, tuple[int, ...]]] = field(default_factory=dict)
    refused: dict[UUID, Outcome] = field(default_factory=dict)
    ended: dict[UUID, Mode] = field(default_factory=dict)
    reversed: set[UUID] = field(default_factory=set)
    locked_before: dt.datetime | None = None

    def amounts(self, item: Item, amount: int) -> tuple[int, int]:
        """Return what a leg of the item posts, and what it puts on hold (or takes off)."""
        if item.mode is Mode.HOLD:
            return 0, amount
        if item.hold is None:
            return amount, 0
        held = self.items[item.hold][0].legs[0].amount
        return amount if item.mode is Mode.POST_HOLD else 0, -held


def decide(state: State, items: Sequence[Item], *, at: dt.datetime) -> list[Verdict]:
    """Answer a call, one group after the other. ``state`` stays as it is."""
    call = _Call(state, at)
    for _, group in groupby(items, key=lambda item: item.group):
        call.decide_group(list(group))
    return call.verdicts


def advance(state: State, items: Sequence[Item], verdicts: Sequence[Verdict]) -> None:
    """Change the state to what it is after the call."""
    for item, verdict in zip(items, verdicts, strict=True):
        if verdict.outcome is Outcome.POSTED:
            for leg, amount in zip(item.legs, verdict.moved, strict=True):
                _move(state.totals, leg, state.amounts(item, amount))
            if item.mode <= Mode.POST_HOLD:
                state.items[item.id] = (item, verdict.moved)
            if item.reverses is not None:
                state.reversed.add(item.reverses)
            if item.hold is not None:
                state.ended[item.hold] = item.mode
        elif verdict.outcome.is_remembered and item.mode <= Mode.POST_HOLD:
            state.refused.setdefault(item.id, verdict.outcome)


class _Call:
    """What a call has decided so far."""

    def __init__(self, state: State, at: dt.datetime) -> None:
        self.state, self.at = state, at
        self.totals: ChainMap[int, Totals] = ChainMap({}, state.totals)
        self.verdicts: list[Verdict] = []
        self.seen: dict[tuple[UUID, bool], tuple[Item, Outcome]] = {}
        self.done: set[UUID | None] = set()

    def decide_group(self, group: list[Item]) -> None:
        kept = self.totals
        self.totals = kept.new_child()
        done, posted, verdicts = set(self.done), set[UUID](), list[Verdict]()
        # A group that holds a refused item falls again, and nobody else in it is judged anew.
        is_sound = all(self._of_id(item).stands for item in group)
        passing = set() if is_sound else {Outcome.ACCOUNT_CLOSED}
        for item in group:
            outcome = self._known(item, done)
            if outcome is Outcome.POSTED:
                wrong = (fault for fault in self._wrong(item) if fault not in passing)
                outcome = next(wrong, Outcome.POSTED)
            verdict = Verdict(outcome)
            if outcome is Outcome.POSTED and is_sound:
                verdict = self._move(item)
                done |= {item.reverses, item.hold} - {None}
            if verdict.outcome is Outcome.POSTED:
                posted.add(item.id)
            is_sound = is_sound and verdict.outcome.stands
            verdicts.append(verdict)
            self._remember(item, verdict.outcome)
        if is_sound:
            verdicts = [self._judged(*pair) for pair in zip(group, verdicts, strict=True)]
        if all(verdict.outcome.stands for verdict in verdicts):
            kept.maps[0].update(self.totals.maps[0])
            self.done = done
        else:
            verdicts = [
                Verdict(Outcome.LINKED_FAILED) if v.outcome.stands and item.id in posted else v
                for item, v in zip(group, verdicts, strict=True)
            ]
        self.totals = kept
        for item, verdict in zip(group, verdicts, strict=True):
            self._remember(item, verdict.outcome)
        self.verdicts += verdicts

    def _remember(self, item: Item, outcome: Outcome) -> None:
        key = (item.id, item.mode >= Mode.VOID_HOLD)
        first = self.seen.get(key)
        if first is None or first[0] is item or not _counts(first[1]):
            self.seen[key] = (item, outcome)

    def _known(self, item: Item, done: set[UUID | None]) -> Outcome:
        """Say what is known of the item before a balance is looked at."""
        first, said = self.seen.get((item.id, item.mode >= Mode.VOID_HOLD), (None, None))
        if first is not None and said is not None and _counts(said):
            if not said.stands:
                return said
            same = _says(first) == _says(item)
            return Outcome.ALREADY_POSTED if same else Outcome.SAME_ID_OTHER_CONTENT
        outcome = self._of_id(item)
        if outcome is not Outcome.POSTED:
            return outcome
        if item.reverses in done:
            return Outcome.ALREADY_REVERSED
        return Outcome.HOLD_IS_OVER if item.hold in done else Outcome.POSTED

    def _of_id(self, item: Item) -> Outcome:
        state = self.state
        if item.mode >= Mode.VOID_HOLD:
            return self._of_hold(item)
        if item.id in state.items:
            same = _is_kept(*state.items[item.id], item)
            return Outcome.ALREADY_POSTED if same else Outcome.SAME_ID_OTHER_CONTENT
        if item.id in state.refused:
            return state.refused[item.id]
        if state.locked_before is not None and item.occurred_at < state.locked_before:
            return Outcome.PERIOD_LOCKED
        return self._of_hold(item) if item.mode is Mode.POST_HOLD else self._of_reversal(item)

    def _of_reversal(self, item: Item) -> Outcome:
        if item.reverses is None:
            return Outcome.POSTED
        if item.reverses in self.state.reversed:
            return Outcome.ALREADY_REVERSED
        undoes = _undoes(item, *self.state.items.get(item.reverses, ()))
        return Outcome.POSTED if undoes else Outcome.NOT_ITS_REVERSAL

    def _of_hold(self, item: Item) -> Outcome:
        known = self.state.items.get(item.hold) if item.hold else None
        if known is None or item.hold is None or known[0].mode is not Mode.HOLD:
            return Outcome.UNKNOWN_HOLD
        [held], expires, ended = known[0].legs, known[0].expires_at, self.state.ended.get(item.hold)
        is_due = expires is not None and expires <= self.at
        fits = [(leg.debit, leg.credit) for leg in item.legs] == [(held.debit, held.credit)]
        if item.mode is Mode.POST_HOLD:
            fits = fits and item.legs[0].amount <= held.amount
            if ended is not None or is_due:
                return Outcome.HOLD_IS_OVER if ended is not None else Outcome.HOLD_EXPIRED
            return Outcome.POSTED if fits else Outcome.NOT_WHAT_IS_HELD
        if ended is not None and fits:
            return Outcome.ALREADY_POSTED if ended is item.mode else Outcome.HOLD_IS_OVER
        if not fits:
            return Outcome.NOT_WHAT_IS_HELD
        return Outcome.POSTED if item.mode is Mode.VOID_HOLD or is_due else Outcome.HOLD_NOT_DUE

    def _wrong(self, item: Item) -> Iterator[Outcome]:
        """Say what is wrong with each leg of the item by itself."""
        for leg in item.legs:
            debit, credit = (self.state.terms.get(key) for key in (leg.debit, leg.credit))
            if debit is None or credit is None:
                yield Outcome.UNKNOWN_ACCOUNT
            elif leg.debit == leg.credit:
                yield Outcome.ACCOUNTS_ARE_THE_SAME
            elif leg.debit % CURRENCIES != leg.credit % CURRENCIES:
                yield Outcome.CURRENCY_MISMATCH
            elif leg.amount <= 0:
                yield Outcome.AMOUNT_NOT_POSITIVE
            elif item.mode <= Mode.POST_HOLD and (debit.is_closed or credit.is_closed):
                yield Outcome.ACCOUNT_CLOSED

    def _move(self, item: Item) -> Verdict:
        moved: list[int] = []
        for leg in item.legs:
            amount = self._most(leg) if leg.up_to else leg.amount
            if amount <= 0:
                return Verdict(Outcome.INSUFFICIENT_FUNDS)
            if not _move(self.totals, leg, self.state.amounts(item, amount)):
                return Verdict(Outcome.BALANCE_TOO_LARGE)
            moved.append(amount)
        return Verdict(Outcome.POSTED, tuple(moved))

    def _most(self, leg: Leg) -> int:
        """Return how much of “up to” there is."""
        rooms = [leg.amount]
        for account, shrinks in ((leg.debit, True), (leg.credit, False)):
            terms = self.state.terms[account]
            if terms.is_credit is shrinks and terms.floor is not None:
                totals = self.totals.get(account, Totals())
                rooms.append(totals.available(terms) - terms.floor)
        return min(rooms)

    def _judged(self, item: Item, verdict: Verdict) -> Verdict:
        """Judge what the whole group leaves behind on the accounts of an item."""
        if verdict.outcome is not Outcome.POSTED or item.mode > Mode.HOLD:
            return verdict
        for leg in item.legs:
            for account, is_debit in ((leg.debit, True), (leg.credit, False)):
                terms, totals = self.state.terms[account], self.totals[account]
                shrinks = terms.is_credit is is_debit
                floor, ceiling = terms.floor, terms.ceiling
                if shrinks and floor is not None and totals.available(terms) < floor:
                    return Verdict(Outcome.INSUFFICIENT_FUNDS)
                if not shrinks and ceiling is not None and totals.filled(terms) > ceiling:
                    return Verdict(Outcome.LIMIT_EXCEEDED)
        return verdict


def _move(totals: Balances, leg: Leg, amounts: tuple[int, int]) -> bool:
    """Move a leg: what it posts, what it holds. Tells whether that fits into the totals."""
    posted, held = amounts
    debit, credit = totals.get(leg.debit, Totals()), totals.get(leg.credit, Totals())
    sums = (debit.debits + posted, credit.credits + posted)
    helds = (debit.held_debits + held, credit.held_credits + held)
    if max(*sums, *helds) > LARGEST:
        return False
    totals[leg.debit] = Totals(sums[0], debit.credits, helds[0], debit.held_credits)
    totals[leg.credit] = Totals(credit.debits, sums[1], credit.held_debits, helds[1])
    return True


def _counts(outcome: Outcome) -> bool:
    """Tell whether an answer holds for the same id later in the call."""
    return outcome.stands or outcome.is_remembered


def _says(item: Item) -> tuple[object, ...]:
    return (item.mode, item.content, item.legs, item.reverses, item.hold)


def _undoes(item: Item, was: Item | None = None, moved: tuple[int, ...] = ()) -> bool:
    """Tell whether an item is the exact undoing of an entry that is no reversal itself."""
    if was is None or was.mode is Mode.HOLD or was.reverses is not None:
        return False
    undone = [
        Leg(leg.credit, leg.debit, micros) for leg, micros in zip(was.legs, moved, strict=True)
    ]
    return list(item.legs) == undone[::-1]


def _is_kept(was: Item, moved: tuple[int, ...], item: Item) -> bool:
    """Tell whether the item says what was posted; of “up to” any amount up to it was right."""
    heads = [(i.mode is Mode.HOLD, i.content, i.reverses, len(i.legs)) for i in (was, item)]
    return heads[0] == heads[1] and all(
        (old.debit, old.credit) == (new.debit, new.credit)
        and (amount == new.amount or (new.up_to and amount < new.amount))
        for old, amount, new in zip(was.legs, moved, item.legs, strict=True)
    )
