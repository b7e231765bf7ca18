"""The catalogue, the gifts that were sent and what became of them, and creators' say."""

from takings.gifts.models.catalogue import GiftKind
from takings.gifts.models.fans import FanChoice, FanSum, Goal, LevelName, Thanks
from takings.gifts.models.gifts import Gift, GiftHold, GiftMoney, GiftRelease, TakenBack
from takings.gifts.models.welcome import GiftBlock, Welcome

__all__ = [
    "FanChoice",
    "FanSum",
    "Gift",
    "GiftBlock",
    "GiftHold",
    "GiftKind",
    "GiftMoney",
    "GiftRelease",
    "Goal",
    "LevelName",
    "TakenBack",
    "Thanks",
    "Welcome",
]
