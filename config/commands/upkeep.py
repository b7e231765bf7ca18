"""Commands that bring something up to date."""

from config.prepare import prepare
from config.show import out
from takings.core import clock
from takings.events import actions as events
from takings.host.environment import setting


def migrate() -> None:
    """Migrate, one process at a time."""
    prepare(url=setting("DATABASE_URL"), with_demo=False)
    out.print("The database is up to date.")


def seed() -> None:
    """Migrate and make the demo world."""
    prepare(url=setting("DATABASE_URL"), with_demo=True)
    out.print("The demo world is there. Start it with: takings up --demo")


def ship() -> None:
    """Ship what is sealed; what a running collector still writes stays with it."""
    shipped = events.ship_segments(at=clock.now())
    rows = sum(segment.row_count for segment in shipped)
    out.print(f"{rows:,} events of {len(shipped)} segments are in the lake.")
