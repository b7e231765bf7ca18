"""``/ads/next`` and ``/ads/click/<token>``: decided from memory, on money already leased."""

from takings.ads.edge.routes import app, shutdown, startup
from takings.ads.edge.server import AdServer, Chosen

__all__ = ["AdServer", "Chosen", "app", "shutdown", "startup"]
