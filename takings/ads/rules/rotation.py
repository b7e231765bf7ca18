"""Which ads of its campaign a line item shows, and which of them comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from takings.ads.rules.lines import LineItem, Rotation
from takings.core.errors import Conflict, Invalid

LARGEST_WEIGHT = 10
MOST_CHOSEN = 50
BEST_TURNS = 9
"""The likeliest get so many of ten turns; in the tenth all are tried, or nothing would be learned
of the others."""


class BadWeight(Invalid):
    """Whoever shows ads by weight says how often each comes."""

    code = "bad_weight"
    sentence = "To show ads by weight, choose them and give each a whole number from 1 to {most}."


class TooManyAds(Invalid):
    """So many ads learn nothing."""

    code = "too_many_ads"
    sentence = "Choose at most {most} ads for one line item."


class AdOfOthers(Invalid):
    """A line item shows ads of its own campaign."""

    code = "ad_of_others"
    sentence = "One of the ads belongs to another campaign; choose among those of this one."


class DeclinedAd(Conflict):
    """What an operator declined is not shown."""

    code = "declined_ad"
    sentence = "“{headline}” was declined and cannot be shown; mend the ad first, or leave it out."


@dataclass(frozen=True, slots=True)
class ShownAds:
    """Which ads a line item shows, by their ids; none: all of its campaign, later ones as well.

    By weight, each comes as often in a round as its number in ``weights`` says.
    """

    ids: tuple[UUID, ...] = ()
    weights: tuple[int, ...] = ()
    rotation: Rotation = Rotation.EVEN

    @property
    def weight_of(self) -> dict[UUID, int]:
        """The weight of each, where they are shown by weight."""
        return dict(zip(self.ids, self.weights, strict=False))


def check_ads(ads: ShownAds) -> None:
    """Refuse what says nothing. Refuses: TooManyAds, BadWeight."""
    if len(ads.ids) > MOST_CHOSEN:
        raise TooManyAds(most=MOST_CHOSEN)
    is_weighed = ads.rotation is Rotation.WEIGHTED
    if len(ads.weights) != len(ads.ids) * is_weighed or is_weighed > len(ads.ids):
        raise BadWeight(most=LARGEST_WEIGHT)
    if not all(1 <= weight <= LARGEST_WEIGHT for weight in ads.weights):
        raise BadWeight(most=LARGEST_WEIGHT)


def tidied_ads(ads: ShownAds) -> ShownAds:
    """Return each ad once, in the order of ids, with its weight; call it on checked ones only."""
    ids = tuple(sorted(set(ads.ids)))
    weight_of = ads.weight_of
    return replace(ads, ids=ids, weights=tuple(weight_of[one] for one in ids if weight_of))


def round_of(item: LineItem, chances: Mapping[UUID, int]) -> tuple[UUID, ...]:
    """Return these ads as often as each comes in one round; ``chances`` are in ppm.

    Of a hundred turns the best of five ads gets 92: ninety, and two of the ten in which all come.
    """
    ids = tuple(chances)
    if item.rotation is Rotation.EVEN or len(ids) == 1:
        return ids
    if item.rotation is Rotation.WEIGHTED:
        weight_of = dict(zip(item.creative_ids, item.weights, strict=True))
        return tuple(one for one in ids for _ in range(weight_of[one]))
    most = max(chances.values())
    best = tuple(one for one in ids if chances[one] == most)
    return ids if len(best) == len(ids) else best * (BEST_TURNS * len(ids) // len(best)) + ids


def told_ads(ads: ShownAds, *, headlines: Mapping[UUID, str]) -> dict[str, str]:
    """Return the same in words, as a person reads it in a history."""
    weight_of = ads.weight_of

    def told(one: UUID) -> str:
        times = f" × {weight_of[one]}" if weight_of else ""
        return f"“{headlines.get(one, one)}”{times}"

    return {
        "ads": ", ".join(told(one) for one in ads.ids) or "all",
        "rotation": ROTATIONS[ads.rotation].lower(),
    }


ROTATIONS = {
    Rotation.EVEN: "In turn",
    Rotation.BEST: "The likeliest most often",
    Rotation.WEIGHTED: "By weight",
}
