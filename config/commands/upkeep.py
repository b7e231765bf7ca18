"""Commands that bring something up to date."""

from config.database import set_addresses
from config.prepare import prepare
from config.show import out
from takings.core import clock
from takings.events import actions as events


def migrate() -> None:
    """Migrate, one process at a time."""
    prepare(addresses=set_addresses(), with_demo=False)
    out.print("The database is up to date.")


def seed() -> None:
    """Migrate and make the demo world."""
    prepare(addresses=set_addresses(), with_demo=True)
    out.print("The demo world is there. Start it with: takings up --demo")


def ship() -> None:
    """Ship what is sealed; what a running collector still writes stays with it."""
    shipped = events.ship_segments(at=clock.now())
    rows = sum(segment.row_count for segment in shipped)
    out.print(f"{rows:,} events of {len(shipped)} segments are in the lake.")
