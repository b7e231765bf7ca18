"""The collector: ``POST /e``, raw ASGI, acknowledged only after the events are on the disk."""

from takings.events.edge.collector import app, shutdown, startup

__all__ = ["app", "shutdown", "startup"]
