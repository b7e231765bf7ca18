"""Who counts: DuckDB in this process, or Apache Spark; the same text, the same numbers."""

from importlib import import_module

from django.conf import settings

from takings.core.errors import Invalid, Unavailable
from takings.events.queries.engines.embedded import DuckEngine
from takings.events.queries.engines.port import Engine, Session

__all__ = ["DuckEngine", "Engine", "EngineMissing", "Session", "UnknownEngine", "chosen_engine"]


class UnknownEngine(Invalid):
    """The setting names no engine."""

    code = "unknown_engine"
    sentence = "TAKINGS_SETTLEMENT_ENGINE is “{given}”: choose duckdb or spark."


class EngineMissing(Unavailable):
    """Spark is chosen and not installed."""

    code = "engine_missing"
    sentence = "Spark is not installed here: pip install takings[spark]."


def chosen_engine() -> Engine:
    """Return the engine of ``TAKINGS_SETTLEMENT_ENGINE``. Refuses: UnknownEngine, EngineMissing."""
    match settings.SETTLEMENT_ENGINE:
        case "duckdb":
            return DuckEngine()
        case "spark":
            try:  # imported only when it is chosen: it is half a gigabyte, and wants Java
                module = import_module("takings.events.queries.engines.spark")
            except ModuleNotFoundError as error:
                raise EngineMissing from error
            engine: Engine = module.SparkEngine()
            return engine
        case other:
            raise UnknownEngine(given=other)
