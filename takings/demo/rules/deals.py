"""What the demo's brand offers to the demo's creator."""

from takings.money import Money
from takings.sponsorships.rules import Terms, Usage


def _dollars(whole: int) -> Money:
    return Money(whole * 10**6, "USD")


RUNNING = Terms(
    title="Loops for our autumn page",
    show="Two of your loops in the colours of autumn, each with our name in the text.",
    avoid="No other brand in the picture.",
    signed=_dollars(5),
    approved=_dollars(5),
    published=_dollars(10),
    stayed=_dollars(5),
    videos=2,
    live_days=15,
    usage=Usage.CHANNELS,
    usage_days=90,
    usage_where="Europe",
)
OFFERED = Terms(
    title="One loop for the winter sale",
    show="A loop of falling snow that ends where it begins.",
    link="https://northwind.example/winter",
    signed=_dollars(0),
    approved=_dollars(40),
    published=_dollars(60),
    stayed=_dollars(0),
    product="A winter coat",
    product_value=_dollars(180),
)
