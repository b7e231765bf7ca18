"""What an entry moves, in as few flows as can be drawn: each transfer, or kinds of accounts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from takings.ledger.rules import TransferDraft, account_kind
from takings.money import Money

DRAWN = 12
"""So many transfers are drawn one by one: more are not told apart on a phone."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money from one end to another: a transfer, or all transfers of the same two kinds.

    An end is an account's name, or, where several accounts are meant, their pattern in the chart.
    """

    debit: str
    credit: str
    amount: Money
    transfer_count: int = 1


@dataclass(frozen=True, slots=True)
class Flows:
    """All that is drawn of an entry; ``note`` says what was put together, or is empty."""

    drawn: tuple[Flow, ...]
    note: str

    def of(self, currency: str) -> tuple[Flow, ...]:
        """Return the flows of one currency: widths of different currencies mean nothing."""
        return tuple(flow for flow in self.drawn if flow.amount.currency == currency)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies, in the order in which they appear."""
        return tuple(dict.fromkeys(flow.amount.currency for flow in self.drawn))


def flows_of(transfers: Sequence[TransferDraft]) -> Flows:
    """Return what to draw of an entry: at most :data:`DRAWN` flows."""
    if len(transfers) <= DRAWN:
        return Flows(tuple(Flow(t.debit, t.credit, t.amount) for t in transfers), note="")
    grouped = _grouped(transfers)
    drawn = sorted(grouped, key=lambda flow: -flow.amount.micros)[:DRAWN]
    note = (
        f"{len(transfers):,} transfers are drawn as {len(drawn)}: those between the same two kinds"
        " of account are one."
    )
    if len(drawn) < len(grouped):
        note += f" The {len(grouped) - len(drawn)} smallest are not drawn."
    return Flows(tuple(drawn), note=f"{note} The table has every one.")


def _grouped(transfers: Iterable[TransferDraft]) -> list[Flow]:
    groups: dict[tuple[str, str, str], list[TransferDraft]] = defaultdict(list)
    for move in transfers:
        kinds = account_kind(move.debit).pattern, account_kind(move.credit).pattern
        groups[(*kinds, move.amount.currency)].append(move)
    return [
        Flow(
            debit=_end(debit, {move.debit for move in moves}),
            credit=_end(credit, {move.credit for move in moves}),
            amount=Money(sum(move.amount.micros for move in moves), code),
            transfer_count=len(moves),
        )
        for (debit, credit, code), moves in groups.items()
    ]


def _end(pattern: str, names: set[str]) -> str:
    """Return the account's own name where there is only one."""
    return min(names) if len(names) == 1 else pattern
