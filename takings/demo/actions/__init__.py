"""Making the demo world: its people, their clips, a month of viewing, and the money of it."""

from takings.demo.actions.dealing import make_deals
from takings.demo.actions.gifting import give_gifts
from takings.demo.actions.posts import applaud, render_clip
from takings.demo.actions.rooms import open_rooms
from takings.demo.actions.seed import NotADemo, live_on, seed_world
from takings.demo.actions.selling import show_goods

__all__ = [
    "NotADemo",
    "applaud",
    "give_gifts",
    "live_on",
    "make_deals",
    "open_rooms",
    "render_clip",
    "seed_world",
    "show_goods",
]
