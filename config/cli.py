"""`takings`: the one command of the people who run it. `takings --help` lists what it can do."""

import os
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

from config import backups, show
from config import up as machine
from config.events_cli import events
from config.lake_cli import lake
from config.running import call, run
from takings.core.errors import Refusal
from takings.host import checks, home
from takings.host.backup import restoring
from takings.host.environment import flag, setting
from takings.host.reset import erase_home

cli = typer.Typer(
    name="takings",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The short-video platform that pays, and shows cent by cent why.",
)

proofs = typer.Typer(no_args_is_help=True, help="Proofs about the books that need no trust in us.")
cli.add_typer(proofs, name="proof")
accounts = typer.Typer(
    no_args_is_help=True, help="What an account may hold, and whether it is open."
)
cli.add_typer(accounts, name="account")
cli.add_typer(lake, name="lake")
cli.add_typer(events, name="events")

Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]
Address = Annotated[str, typer.Option(help="The address to listen on.")]
DAY, MONTH = "%Y-%m-%d", "%Y-%m"
INSTANTS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M%z"]


@cli.command()
def up(
    address: Address = "127.0.0.1",
    port: Port = 8000,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="With the demo world.")] = False,
    demo_on_a_public_address: Annotated[
        bool, typer.Option(help="Show the demo, passwords and all, to whoever can reach it.")
    ] = False,
    timings: Annotated[bool, typer.Option(help="Say how long each phase takes.")] = False,
    archive: Annotated[
        str, typer.Option(metavar="FOLDER", help="Archive the database's log there; off ends it.")
    ] = "",
) -> None:
    """Start everything: database, web, workers. Ctrl-C stops it."""
    machine.run(
        machine.Wish(
            home=home.data_home(),
            address=address,
            port=port,
            demo=demo or flag("TAKINGS_DEMO"),
            public_demo=demo_on_a_public_address,
            timings=timings,
            archive=archive or setting("TAKINGS_ARCHIVE"),
        )
    )


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    run("config.commands.upkeep", "migrate")


@cli.command()
def seed() -> None:
    """Make the demo world; what is already there stays."""
    os.environ["TAKINGS_DEMO"] = "1"
    run("config.commands.upkeep", "seed")


@cli.command()
def close(
    period: Annotated[str, typer.Argument(help="The period, as 2026-11.")],
    *,
    early: Annotated[bool, typer.Option("--early", help="Before it is over (demo only).")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep it, post nothing.")] = False,
    explain: Annotated[
        str, typer.Option(metavar="CREATOR", help="Show how theirs came about.")
    ] = "",
) -> None:
    """Close a period: count its views, share its money, write its statements."""
    if explain:
        return run("config.commands.explaining", "explain", period, explain)
    if dry_run:
        return run("config.commands.closing", "try_close", period)
    return run("config.commands.closing", "close", period, early=early)


@cli.command()
def judge_traffic() -> None:
    """Look again at the ads of days that are over, and give back what no person saw."""
    run("config.commands.traffic", "judge")


@cli.command()
def trace(
    subject: Annotated[
        str, typer.Argument(help="An entry, line, impression, view, video, statement.")
    ],
) -> None:
    """Follow an amount to its entry, its views and the ads that paid for it, and back."""
    run("config.commands.books", "trace", subject)


@cli.command(name="check-books")
def check_books(
    *,
    full: Annotated[
        bool, typer.Option("--full/--new", help="All of it, or what is new and 1/60 of the old.")
    ] = True,
) -> None:
    """Prove the books; exit code 1 if a row is wrong, and say which."""
    run("config.commands.books", "check_books", full=full)


@cli.command()
def reconcile(
    day: Annotated[datetime, typer.Argument(formats=[DAY], metavar="DAY", help="A past day, UTC.")],
) -> None:
    """Compare each card provider's report of a day with the books; differences become cases."""
    run("config.commands.cards", "reconcile", day)


@cli.command()
def export(
    program: Annotated[Literal["hledger", "beancount"], typer.Argument(help="Who will read it.")],
    *,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=[DAY], metavar="DAY", help="The first, as 2026-10-01, UTC."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=[DAY], metavar="DAY", help="The day after the last."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; else it is printed.")
    ] = None,
) -> None:
    """Write the journal as hledger or Beancount reads it, with the balances it must come to."""
    days = {"since": since and since.date(), "until": until and until.date()}
    run("config.commands.journals", "export", program, **days, path=out)


@cli.command(name="import-opening")
def import_opening(
    file: Annotated[Path, typer.Argument(help="A CSV file: account,currency,amount.")],
    *,
    on: Annotated[
        datetime, typer.Option(formats=[DAY], metavar="DAY", help="When they stood: 2026-10-01.")
    ],
) -> None:
    """Bring in what stood in accounts elsewhere; all lines or none."""
    run("config.commands.opening", "import_opening", file, on=on.date())


@cli.command(name="import-rates")
def import_rates(
    file: Annotated[Path, typer.Argument(help="A CSV file: base,quote,valid_on,rate.")],
    *,
    source: Annotated[str, typer.Option(help="Who says so: ECB.")],
) -> None:
    """Write down exchange rates, one per day and pair; all lines or none."""
    run("config.commands.terms", "import_rates", file, source=source)


@cli.command(name="lock-books")
def lock_books(
    *,
    before: Annotated[
        datetime, typer.Option(formats=[DAY], metavar="DAY", help="The first open day, UTC.")
    ],
    reason: Annotated[str, typer.Option(help="Why, for those who ask later.")],
) -> None:
    """Post nothing more that occurred before a day; corrections are dated later."""
    run("config.commands.terms", "lock_books", before=before, reason=reason)


@accounts.command(name="limit")
def limit_account(
    name: Annotated[str, typer.Argument(help="As viewer:7:coins.")],
    currency: Annotated[str, typer.Argument(help="As EUR or COIN.")],
    amount: Annotated[str, typer.Argument(help="The most it may hold, or none.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, for those who ask later.")],
) -> None:
    """Let an account hold at most so much; what is over it already stays."""
    run("config.commands.terms", "limit", name, currency, amount, reason=reason)


@accounts.command(name="close")
def close_account(
    name: Annotated[str, typer.Argument(help="As advertiser:7:prepaid.")],
    currency: Annotated[str, typer.Argument(help="As EUR.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, for those who ask later.")],
) -> None:
    """Close an empty account: nothing is posted to it any more."""
    run("config.commands.terms", "close", name, currency, reason=reason)


@accounts.command(name="reopen")
def reopen_account(
    name: Annotated[str, typer.Argument(help="As advertiser:7:prepaid.")],
    currency: Annotated[str, typer.Argument(help="As EUR.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, for those who ask later.")],
) -> None:
    """Open a closed account again."""
    run("config.commands.terms", "reopen", name, currency, reason=reason)


@cli.command(name="archive-transfers")
def archive_transfers(
    *,
    before: Annotated[
        datetime, typer.Option(formats=[MONTH], metavar="MONTH", help="The first that stays.")
    ],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")],
) -> None:
    """Move the transfers of old months into files, proved; balances and seals stay."""
    run("config.commands.archives", "archive", before=before.date(), folder=to.absolute())


@cli.command(name="attach-transfers")
def attach_transfers(
    file: Annotated[Path, typer.Argument(help="A file that archive-transfers wrote.")],
) -> None:
    """Bring the transfers of an archived month back into the books."""
    run("config.commands.archives", "attach", file.absolute())


@proofs.command(name="entry")
def proof_of_entry(
    entry_id: Annotated[UUID, typer.Argument(help="The id of an entry of the books.")],
) -> None:
    """Prove that an entry is in the signed books, as it says."""
    run("config.commands.proofs", "entry", entry_id)


@proofs.command(name="head")
def tree_head() -> None:
    """Show the newest signed tree head: keep it, and nothing before it can change unseen."""
    run("config.commands.proofs", "head")


@proofs.command(name="consistency")
def proof_of_consistency(
    old: Annotated[int, typer.Argument(help="The size of the tree head that you kept.")],
    new: Annotated[int, typer.Argument(help="The size of a newer one.")],
) -> None:
    """Prove that nothing before an older tree head was changed."""
    run("config.commands.proofs", "consistency", old, new)


@cli.command(name="payout-reports")
def payout_reports(
    year: Annotated[int, typer.Argument(help="The year, as 2026.")],
    *,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")],
) -> None:
    """Write the year-end reports of payouts: 1099-K, 1099-NEC, 1042-S, DAC7."""
    run("config.commands.payouts", "report", year, folder=to.absolute())


@cli.command()
def appoint(
    email: Annotated[str, typer.Argument(help="The address they joined with.")],
) -> None:
    """Make somebody who joined an operator: they see the desk, take deposits, close months."""
    run("config.commands.people", "appoint", email)


@cli.command()
def ship() -> None:
    """Bring the events that wait in the log into the lake, now."""
    run("config.commands.upkeep", "ship")


@cli.command()
def worker(
    queues: Annotated[list[str], typer.Argument(help="default, ads, events, video.")],
) -> None:
    """Run one worker by hand, as on a second machine."""
    run("config.commands.processes", "work", *queues)


@cli.command()
def web(address: Address = "127.0.0.1", port: Port = 8000) -> None:
    """Run the web server alone, as behind a load balancer."""
    run("config.commands.processes", "serve", address, port)


@cli.command()
def doctor() -> None:
    """Look at everything Takings needs here, and say what to do where something is missing."""
    call("config.commands.doctor", "examine")()


@cli.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, best on another disk.")],
) -> None:
    """Copy everything into a new folder, verified; while Takings runs, or not."""
    backups.back_up(home=home.data_home(), folder=folder)


@cli.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    to: Annotated[
        datetime | None,
        typer.Option(formats=INSTANTS, metavar="INSTANT", help="After it: 2026-11-25T10:00:00Z."),
    ] = None,
    home_: Annotated[
        Path | None,
        typer.Option("--home", metavar="HOME", help="An empty data home; else TAKINGS_HOME."),
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The archive, if it was moved.")
    ] = None,
    files_from: Annotated[
        Path | None, typer.Option(metavar="HOME", help="Has files newer than the backup.")
    ] = None,
) -> None:
    """Bring a backup back into an empty data home, and prove its books."""
    if home_ is not None:
        os.environ["TAKINGS_HOME"] = str(home_)
    wish = restoring.Wish(
        folder=folder.absolute(),
        home=home.data_home(),
        to=to,
        archive=archive,
        files_from=files_from and files_from.absolute(),
    )
    backups.restore(wish=wish)
    run("config.commands.restored", "prove")


@cli.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete the data home with everything in it: database, videos, events."""
    folder = home.data_home()
    if not yes:
        typer.confirm(f"Delete {folder} and everything in it?", abort=True)
    erase_home(home=folder)


def main() -> None:
    """Run one command; whatever goes wrong becomes one sentence and an exit code."""
    try:
        cli()
    except Refusal as refusal:
        show.refuse(str(refusal))
    except OSError as error:
        show.refuse(str(checks.sentence_of(error, home=home.data_home())))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the outermost edge: a person reads this
        show.refuse(_note_fault(error))
    else:
        return
    sys.exit(1)


def _note_fault(error: Exception) -> str:
    """Write a fault of ours down, and return the sentence that says where."""
    path = home.data_home() / "fault.log"
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    try:
        with path.open("a") as file:
            file.write("".join(traceback.format_exception(error)) + "\n")
    except OSError:
        return f"This should not have happened ({said})."
    return f"This should not have happened ({said}). The details are in {path}; please report it."


if __name__ == "__main__":
    main()
