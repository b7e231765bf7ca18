"""The command that brings balances in from elsewhere."""

import datetime as dt
from pathlib import Path

from config.show import out
from takings.core import clock
from takings.ledger.actions import opening
from takings.policies.queries import policy_at


def import_opening(path: Path, *, on: dt.date) -> None:
    """Bring in the balances of a CSV file, under the policy that was in force on that day."""
    midnight = dt.datetime.combine(on, dt.time.min, tzinfo=dt.UTC)
    became = opening.import_opening(
        content=path.read_bytes(),
        on=on,
        policy_version=policy_at(at=midnight).version,
        at=clock.now(),
    )
    for code, posted in became.items():
        news = "was there already" if posted.outcome == "already_posted" else "is posted"
        out.print(f"{code}: entry {posted.entry_id} {news}.", soft_wrap=True)
