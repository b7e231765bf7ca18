"""What is done once after a restore, and what is then true."""

from pyarrow.fs import FileType

from config.commands.books import check_books
from config.database import set_addresses
from config.prepare import prepare
from config.show import out
from takings.core import clock
from takings.events import actions as events
from takings.events.models import lake
from takings.events.models.stores import store
from takings.events.queries import LakeFileBroken
from takings.events.queries.snapshots import EVERYTHING, plan_files


def prove() -> None:
    """Bring the schema up to date, look at the lake, prove the books (exit code 1 if they fail)."""
    prepare(addresses=set_addresses(), with_demo=False)
    if missing := _missing_files():
        out.print(
            f"The event lake is not whole: {missing[0]} is missing, and {len(missing) - 1} more. "
            "Restore again, and name a home that has them with --files-from.",
            markup=False,
            soft_wrap=True,
        )
    else:
        events.drop_shipped(at=clock.now())
        held = plan_files(where=EVERYTHING)
        out.print(f"The event lake is whole: {held.row_count:,} events in {len(held.paths)} files.")
    check_books()


def _missing_files() -> list[str]:
    try:
        files = plan_files(where=EVERYTHING).planned
    except (LakeFileBroken, FileNotFoundError) as broken:
        return [str(broken)]
    found = store().get_file_info([lake.path_of(file.name) for file in files])
    return [one.path for one in found if one.type == FileType.NotFound]
