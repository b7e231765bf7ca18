"""What became of money that waits in an account of its own: a fan's month, a request's escrow."""

from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Part, Ref, Stop
from takings.insights.rules.transfers import is_own
from takings.insights.rules.words import kind_words
from takings.ledger import queries as ledger
from takings.ledger.queries import EntryView
from takings.money import format_money

WAITS = ("unearned:", "escrow:")
FEW = 25


def waiting_stops(*, entry: EntryView, reader: Reader) -> tuple[Stop, ...]:
    """Return all that an entry's waiting account saw, the newest first, to whose it is."""
    names = {name for move in entry.transfers for name in (move.debit, move.credit)}
    own = (name for name in names if reader.is_operator or is_own(name, reader=reader))
    return tuple(_stop(name, entry=entry) for name in sorted(own) if name.startswith(WAITS))


def _stop(name: str, *, entry: EntryView) -> Stop:
    lines = ledger.entries_touching(account=name, limit=FEW + 1)
    left = ledger.balance(name=name, currency=lines[0].change.currency)
    return Stop(
        kind="booking",
        title="What became of it",
        sentence=(
            f"{format_money(left, exact=True)} of it still waits here."
            if left
            else "Nothing of it waits any more."
        ),
        amount=left,
        parts=tuple(
            Part(
                label=kind_words(line.kind),
                amount=line.change,
                at=line.occurred_at,
                ref=Ref("entry", str(line.id)),
                tone="here" if line.id == entry.id else "",
            )
            for line in lines[:FEW]
        ),
        left_out=max(0, len(lines) - FEW),
    )
