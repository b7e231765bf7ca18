"""The naive books: a dictionary of balances that every life is compared with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from takings.ledger.rules import TransferDraft, account_kind

Key = tuple[str, str]


@dataclass(slots=True)
class Oracle:
    """Balances as one would keep them on paper, each on its account's own side."""

    balances: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def of(self, account: str, currency: str = "USD") -> int:
        """Return the micro-units in an account."""
        return self.balances[account, currency]

    def allows(self, transfers: Iterable[TransferDraft]) -> bool:
        """Tell whether these transfers together leave every account at or above its floor."""
        after = self._after(transfers)
        floors = {key: account_kind(key[0]).floor_micros for key in after}
        return all(
            floor is None or after[key] >= floor
            for key, floor in floors.items()
            if after[key] != self.balances[key]
        )

    def apply(self, transfers: Iterable[TransferDraft]) -> None:
        """Write them down."""
        self.balances.update(self._after(transfers))

    def picture(self) -> dict[Key, int]:
        """Return every balance that is not zero."""
        return {key: micros for key, micros in self.balances.items() if micros}

    def _after(self, transfers: Iterable[TransferDraft]) -> dict[Key, int]:
        after: dict[Key, int] = {}
        for move in transfers:
            code = move.amount.currency
            for account, side in ((move.debit, "debit"), (move.credit, "credit")):
                grows = account_kind(account).side == side
                change = move.amount.micros if grows else -move.amount.micros
                before = after.get((account, code), self.balances[account, code])
                after[account, code] = before + change
        return after
