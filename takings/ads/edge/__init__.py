"""``/ads/next`` and ``/ads/click/<token>``: decided from memory, on money already leased.

``/vast`` and ``/vmap`` are the same for players of other sites, ``/ads/list`` within videos.
"""

from takings.ads.edge.openrtb import app as auctions_app
from takings.ads.edge.routes import app, shutdown, startup
from takings.ads.edge.server import AdServer, Chosen
from takings.ads.edge.vast import app as players_app

__all__ = ["AdServer", "Chosen", "app", "auctions_app", "players_app", "shutdown", "startup"]
