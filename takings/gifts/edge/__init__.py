"""``POST /gifts/send`` as raw ASGI: gifts of one process are sent together."""

from takings.gifts.edge.routes import app, shutdown

__all__ = ["app", "shutdown"]
