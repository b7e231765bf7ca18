"""Which account pays which, where several give and several get."""

from collections.abc import Mapping

from takings.ledger.rules import AccountName, TransferDraft
from takings.money import Money


def moves_between(
    sources: Mapping[AccountName, Money], targets: Mapping[AccountName, Money]
) -> tuple[TransferDraft, ...]:
    """Return the transfers that take ``sources`` to ``targets``, which sum to the same, in order.

    What an account would give itself stays where it is.

    >>> usd = lambda micros: Money(micros, "USD")
    >>> moves = moves_between({"a": usd(55), "b": usd(45)}, {"x": usd(70), "b": usd(30)})
    >>> [(move.debit, move.credit, move.amount.micros) for move in moves]
    [('a', 'x', 55), ('b', 'x', 15)]
    """
    left = dict(targets)
    moves = []
    for source, amount in sources.items():
        for target, wanted in left.items():
            part = min(amount, wanted)
            amount, left[target] = amount - part, wanted - part  # noqa: PLW2901 - what is left
            if part and source != target:
                moves.append(TransferDraft(source, target, part))
    return tuple(moves)
