"""Commands of the archive. They come as the owner of the tables: nobody else may empty one."""

import datetime as dt
from pathlib import Path

from config.database import set_addresses
from config.prepare import connected_to
from config.show import out
from takings.core import clock
from takings.ledger.actions import archiving


def archive(*, before: dt.date, folder: Path) -> None:
    """Archive the months before that of ``before``, a file each."""
    with connected_to(set_addresses().owner):
        archived = archiving.archive_transfers(before=before, folder=folder, at=clock.now())
    for one in archived:
        out.print(
            f"{one.month:%Y-%m}: {one.transfer_count:,} transfers are in "
            f"{folder / one.file_name}, SHA-256 {bytes(one.digest).hex()}.",
            markup=False,
            soft_wrap=True,
        )
    if not archived:
        out.print("There is nothing to archive.")


def attach(file: Path) -> None:
    """Attach a file."""
    with connected_to(set_addresses().owner):
        back = archiving.attach_transfers(file=file, at=clock.now())
    out.print(f"The {back.transfer_count:,} transfers of {back.month:%Y-%m} are in the books.")
