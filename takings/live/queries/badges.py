"""What stands beside people's names at a creator: the apps above know, live does not."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Protocol

from takings.people.models import Creator


class Badges(Protocol):
    """Says what some people are to a creator, by their key; who is nothing is left out."""

    def __call__(
        self, *, creator: Creator, user_ids: Collection[int], at: dt.datetime
    ) -> Mapping[int, str]:
        """Return a word or two for each."""


_known: list[Badges] = []


def register_badges(badges: Badges) -> None:
    """Let an app say what people are; called once, when it starts."""
    _known.append(badges)


def badges_of(*, creator: Creator, user_ids: Collection[int], at: dt.datetime) -> dict[int, str]:
    """Return what stands beside the names of these people."""
    return {
        user_id: word
        for badges in _known
        for user_id, word in badges(creator=creator, user_ids=user_ids, at=at).items()
    }
