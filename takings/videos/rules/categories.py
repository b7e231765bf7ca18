"""What a video, or an ad, is about: a short list out of a standard one.

The codes and names are those of the IAB Content Taxonomy 1.0, which auctions speak
(`cattax` 1 of OpenRTB 2.6); what is empty is not said.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from takings.core.errors import Invalid

NOT_SAID: Final = ""
CATEGORIES: Final = MappingProxyType(
    {
        "IAB1": "Arts & Entertainment",
        "IAB1-6": "Music",
        "IAB2": "Automotive",
        "IAB3": "Business",
        "IAB4": "Careers",
        "IAB5": "Education",
        "IAB6": "Family & Parenting",
        "IAB7": "Health & Fitness",
        "IAB8": "Food & Drink",
        "IAB8-5": "Cocktails/Beer",
        "IAB9": "Hobbies & Interests",
        "IAB9-7": "Card Games",
        "IAB9-30": "Video & Computer Games",
        "IAB10": "Home & Garden",
        "IAB11": "Law, Government & Politics",
        "IAB12": "News",
        "IAB13": "Personal Finance",
        "IAB14": "Society",
        "IAB14-1": "Dating",
        "IAB15": "Science",
        "IAB16": "Pets",
        "IAB17": "Sports",
        "IAB18": "Style & Fashion",
        "IAB19": "Technology & Computing",
        "IAB20": "Travel",
        "IAB21": "Real Estate",
        "IAB22": "Shopping",
        "IAB23": "Religion & Spirituality",
    }
)
"""The name of each by its code; what stands before a hyphen is what it belongs to."""
LONGEST_CODE: Final = 8


class BadCategory(Invalid):
    """Only what is in the list can be asked for."""

    code = "bad_category"
    sentence = "“{given}” is no category; choose one of the list, or none."


def check_category(category: str) -> None:
    """Refuse what is not in the list; nothing is fine. Refuses: BadCategory."""
    if category and category not in CATEGORIES:
        raise BadCategory(given=category[:20])


def with_wider(category: str) -> frozenset[str]:
    """Return a category and what it belongs to: Music is Arts & Entertainment, too."""
    return frozenset({category, category.partition("-")[0]} - {NOT_SAID})


def names_of(categories: Iterable[str]) -> list[str]:
    """Return the names of categories, in the same order."""
    return [CATEGORIES[category] for category in categories]


def by_name() -> list[tuple[str, str]]:
    """Return the codes and names in the order of names, as forms list them."""
    return sorted(CATEGORIES.items(), key=lambda pair: pair[1])
