"""Direct money: there is nothing to share, each amount was one creator's when it came in."""

from collections.abc import Iterable

from takings.money import Money
from takings.settlement.rules.methods.values import CreatorLine, PoolShares, shared_without_music

SAID = "Nothing is shared: a part of each ad or gift went to its video’s creator at once"


def share_direct(*, total: Money, earned: Iterable[CreatorLine]) -> PoolShares:
    """Return what was earned as the lines that it is; the platform has the rest of ``total``."""
    return shared_without_music(total=total, counted=(), lines=earned, said=SAID)
