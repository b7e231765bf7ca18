"""`takings lake …`: what the event lake consists of, and whether it is whole."""

from datetime import datetime
from typing import Annotated

import typer

from config.running import run

lake = typer.Typer(no_args_is_help=True, help="The event lake: its files, whole and in order.")

Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Of one day, UTC.")
]


@lake.command()
def files(
    *,
    day: Day = None,
    snapshot: Annotated[
        int | None, typer.Option(help="As that version of the lake had them.")
    ] = None,
) -> None:
    """List the files: days, events, sizes, hashes, and what names all of them."""
    run("config.commands.lakes", "files", day=day and day.date(), snapshot_id=snapshot)


@lake.command()
def verify(
    *,
    day: Day = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was read within the last day.")
    ] = False,
) -> None:
    """Read every file against the hash it was written with; exit code 1 if one is broken."""
    run("config.commands.lakes", "verify", day=day and day.date(), again=again)


@lake.command()
def compact() -> None:
    """Make few files of the many that shipping leaves, now."""
    run("config.commands.lakes", "compact")


@lake.command()
def erase(
    who: Annotated[str, typer.Argument(metavar="EMAIL|VIEWER", help="Whose events.")],
    *,
    by: Annotated[str, typer.Option(metavar="EMAIL", help="Which operator says so.")],
    reason: Annotated[str, typer.Option(help="Why, for those who ask later; not who.")],
) -> None:
    """Make somebody a stranger in every event of theirs; all counts stay."""
    run("config.commands.lakes", "erase", who, by=by, reason=reason)


@lake.command()
def retain(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which days would go, and drop none.")
    ] = False,
) -> None:
    """Drop days that were settled longer ago than is kept, and versions that nobody named."""
    run("config.commands.lakes", "expendable" if dry_run else "retain")
