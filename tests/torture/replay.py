"""The auditor's view: the books a second time, from the rows in the order of their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from takings.ledger.models import Account, Balance, Entry, Hold, HoldEnd, Transfer
from takings.ledger.rules.decide import State, advance
from takings.ledger.rules.items import Item, Leg, Mode, Terms, Totals, Verdict
from takings.ledger.rules.outcomes import Outcome

POSTING = 2**17
_ENDS = {"voided": Mode.VOID_HOLD, "expired": Mode.EXPIRE_HOLD}


@dataclass(frozen=True, slots=True)
class Row:
    """An item as it stands in the books, and its place there."""

    number: int
    item: Item


def rows() -> list[Row]:
    """Return everything that stands, in the order of its numbers."""
    return sorted([*_entries(), *_holds(), *_ends()], key=lambda row: row.number)


def _entries() -> Iterator[Row]:
    legs: dict[int, list[Leg]] = {}
    for number, debit, credit, micros in Transfer.objects.order_by(
        "entry_id", "position"
    ).values_list("entry_id", "debit_id", "credit_id", "amount_micros"):
        legs.setdefault(int(str(number)), []).append(Leg(debit, credit, micros))
    ended = dict(HoldEnd.objects.filter(outcome="posted").values_list("entry_id", "hold_id"))
    for entry in Entry.objects.all():
        mode = Mode.POST_HOLD if entry.id in ended else Mode.ENTRY
        item = Item(
            entry.id,
            tuple(legs.get(entry.number, ())),
            (entry.kind, entry.reference, entry.policy_version, entry.memo),
            entry.occurred_at,
            entry.number // POSTING,
            mode,
            entry.reverses_id,
            ended.get(entry.id),
        )
        yield Row(entry.number, item)


def _holds() -> Iterator[Row]:
    for kept in Hold.objects.all():
        leg = Leg(kept.debit_id, kept.credit_id, kept.amount_micros)
        content = (kept.kind, kept.reference, kept.policy_version, kept.memo)
        group = kept.number // POSTING
        item = Item(kept.id, (leg,), content, kept.occurred_at, group, Mode.HOLD)
        yield Row(kept.number, item)


def _ends() -> Iterator[Row]:
    for end in HoldEnd.objects.exclude(outcome="posted").select_related("hold"):
        kept, mode, group = end.hold, _ENDS[end.outcome], end.number // POSTING
        leg = Leg(kept.debit_id, kept.credit_id, kept.amount_micros)
        item = Item(kept.id, (leg,), (), end.ended_at, group, mode, hold=kept.id)
        yield Row(end.number, item)


def terms() -> dict[int, Terms]:
    """Return by what each account is judged, by its id."""
    return {
        row.id: Terms(row.side == "credit", row.floor_micros, row.ceiling_micros)
        for row in Account.objects.all()
    }


def audit() -> Iterator[str]:
    """Yield what is wrong: a floor or a limit broken on the way, a balance that is not the sum."""
    state = State(terms=terms())
    ended = set[object]()
    for posting, group in groupby(rows(), key=lambda row: row.number // POSTING):
        items = [row.item for row in group]
        for item in items:
            if item.hold is not None and item.hold not in state.items:
                yield f"posting {posting} ends hold {item.hold}, which came later or never"
                return
            if item.hold is not None and item.hold in ended:
                yield f"posting {posting} ends hold {item.hold} a second time"
            ended.add(item.hold)
        filled = {key: _filled(state, key) for key in _touched(items)}
        told = [Verdict(Outcome.POSTED, tuple(leg.amount for leg in i.legs)) for i in items]
        advance(state, items, told)
        yield from _bounds(state, posting, filled)
    kept = {key: totals for key, totals in state.totals.items() if totals != Totals()}
    for balance in Balance.objects.all():
        totals = Totals(
            balance.debits_micros,
            balance.credits_micros,
            balance.held_debits_micros,
            balance.held_credits_micros,
        )
        if kept.pop(balance.pk, Totals()) != totals:
            yield f"{balance.name} stands at {totals}, replayed {state.totals.get(balance.pk)}"
    yield from (f"there is no account {key}" for key in kept)


def _bounds(state: State, posting: int, filled: dict[int, int]) -> Iterator[str]:
    for key, before in filled.items():
        bound, totals = state.terms[key], state.totals[key]
        if bound.floor is not None and totals.available(bound) < bound.floor:
            yield f"account {key} is below its floor after posting {posting}: {totals}"
        is_over = bound.ceiling is not None and totals.filled(bound) > bound.ceiling
        if is_over and totals.filled(bound) > before:
            yield f"account {key} is over its limit after posting {posting}: {totals}"


def _touched(items: list[Item]) -> set[int]:
    return {key for item in items for leg in item.legs for key in (leg.debit, leg.credit)}


def _filled(state: State, account: int) -> int:
    return state.totals.get(account, Totals()).filled(state.terms[account])
