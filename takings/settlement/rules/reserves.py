"""What is kept in reserve of released money."""

from takings.money import Money, Rate


def reserved(*, released: Money, payable: Money, share: Rate) -> Money:
    """Return what is kept of a release: the share, rounded down, and never more than is payable.

    >>> tenth, usd = Rate.of_bp(1_000), lambda micros: Money(micros, "USD")
    >>> reserved(released=usd(109), payable=usd(109), share=tenth).micros
    10
    >>> reserved(released=usd(109), payable=usd(-5), share=tenth).micros
    0
    """
    zero = Money.zero(released.currency)
    kept = max(released, zero).times(share, rounding="down")
    return max(min(kept, payable), zero)
