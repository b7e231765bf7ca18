"""Who is asking, as far as answers depend on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Creators see their own lines, brands their own charges, operators everything.

    ``accounts`` are single accounts that are theirs besides: where their own fees wait.
    """

    creator_id: int | None = None
    brand_ids: frozenset[int] = frozenset()
    is_operator: bool = False
    accounts: frozenset[str] = frozenset()

    def owns_creator(self, creator_id: int | None) -> bool:
        """Tell whether a creator's money is this reader's business."""
        return self.is_operator or (creator_id is not None and creator_id == self.creator_id)

    def owns_brand(self, brand_id: int | None) -> bool:
        """Tell whether a brand's money is this reader's business."""
        return self.is_operator or (brand_id is not None and brand_id in self.brand_ids)


WHOLE_DESK = Reader(is_operator=True)
"""The operator's view, for the command line of the machine itself."""


@dataclass(frozen=True, slots=True)
class Whose:
    """How to speak of a creator to this reader: “your part”, or “@ada's part”."""

    subject: str
    possessive: str
    pronoun: str


YOURS = Whose("you", "your", "yours")


def whose(*, handle: str, creator_id: int, reader: Reader) -> Whose:
    """Return how to speak of a creator: as “you” only to themselves."""
    if creator_id == reader.creator_id:
        return YOURS
    return Whose(f"@{handle}", f"@{handle}'s", f"@{handle}'s")


def start(sentence: str) -> str:
    """Return the sentence with its first letter large; a handle keeps its own."""
    return sentence[:1].upper() + sentence[1:]
