"""What the demo's creators sell, and who bought what."""

import io

from PIL import Image

from takings.shop.rules.catalogue import Kind

SIDE = 600
SELLER, AFFILIATE = "mara-lights", 1_000
GOODS = (
    ("lamp", "Thread lamp, 20 cm", Kind.PHYSICAL, "34.00", 12, (196, 120, 60)),
    ("print", "Print “Gravity”, A3", Kind.PHYSICAL, "19.00", 40, (40, 96, 110)),
    ("loops", "Twelve loops as wallpapers", Kind.DIGITAL, "4.99", None, (88, 66, 140)),
)
"""Key, title, kind, price in euros, pieces, colour of the picture."""
ABOUT = {
    "lamp": "The lamp of the videos, wound by hand. Ships with a plug for the EU.",
    "print": "A still from the loop, on heavy paper, numbered and signed.",
    "loops": "A ZIP file with twelve loops in 4K, for any screen of your own.",
}
ORDERS = (("print", "done"), ("lamp", "to send"), ("loops", "downloaded"))
"""What the fan bought, and where it is."""


def drawn(colour: tuple[int, int, int]) -> bytes:
    """Return a plain picture: a shine from above on a colour."""
    shine = Image.radial_gradient("L").resize((SIDE, SIDE))
    picture = Image.composite(
        Image.new("RGB", (SIDE, SIDE), colour), Image.new("RGB", (SIDE, SIDE), "white"), shine
    )
    written = io.BytesIO()
    picture.save(written, format="PNG")
    return written.getvalue()
