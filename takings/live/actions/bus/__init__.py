"""The bus behind a small port: who publishes needs a transaction, who hears needs a loop."""

from takings.live.actions.bus.memory import MemoryBus
from takings.live.actions.bus.port import Bus
from takings.live.actions.bus.postgres import PostgresBus

__all__ = ["Bus", "MemoryBus", "PostgresBus"]
