"""Commands about proofs that need nobody's trust."""

import json
from uuid import UUID

from config.show import out
from takings.ledger import queries


def entry(entry_id: UUID) -> None:
    """Print the proof that an entry is in the signed books, as it says."""
    _print(queries.entry_proof(id=entry_id))


def consistency(old: int, new: int) -> None:
    """Print the proof that nothing before an older tree head was changed."""
    _print(queries.consistency_proof(old=old, new=new))


def head() -> None:
    """Print the newest signed tree head."""
    newest = queries.latest_head()
    if newest is None:
        out.print("Nothing is sealed yet; entries are sealed every few seconds.")
    else:
        _print(newest)


def _print(document: dict[str, object]) -> None:
    out.print(json.dumps(document, indent=2, ensure_ascii=False), markup=False, soft_wrap=True)
