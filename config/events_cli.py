"""`takings events …`: what arrives, what a file of the log holds, and giving one to the lake."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from config.running import run

events = typer.Typer(no_args_is_help=True, help="Events on their way from the player to the lake.")

Files = Annotated[list[Path], typer.Argument(help="Files of the log, such as NAME.damaged.")]


@events.command()
def tail(
    *,
    kind: Annotated[
        list[str] | None, typer.Option("--type", help="Only such, as heartbeat; may be repeated.")
    ] = None,
    video: Annotated[UUID | None, typer.Option(help="Only of this video.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="First what still waits in the log.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", help="End after so long.")
    ] = None,
) -> None:
    """Follow the events that this machine's collectors accept; Ctrl-C ends it."""
    run(
        "config.commands.events",
        "tail",
        kinds=kind or [],
        video=video,
        as_json=as_json,
        from_start=from_start,
        seconds=seconds,
    )


@events.command()
def inspect(
    segment: Annotated[str, typer.Argument(help="A segment's name, or its file.")],
) -> None:
    """Tell what a file of the log holds; exit code 1 if it was changed since it was sealed."""
    run("config.commands.events", "inspect", segment)


@events.command()
def replay(files: Files) -> None:
    """Bring files of the log into the lake; what it has already stays as it is."""
    run("config.commands.events", "replay", files)


@events.command()
def networks(
    addresses: Annotated[list[str] | None, typer.Argument(help="Addresses to look up.")] = None,
) -> None:
    """Read the lists of networks, look addresses up; exit code 1 if a line is wrong."""
    run("config.commands.events", "networks", addresses or [])
