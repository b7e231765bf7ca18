"""Reading how pools are shared: ``pool`` is feed ads; every other product has its own section."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar, get_args

from takings.core.errors import Invalid
from takings.money import Money, Rate
from takings.policies.rules.facts import BrokenPack, value_of
from takings.policies.rules.products import Gate, PoolRule, ProductMethod, Unit, Unwatched
from takings.policies.rules.values import Fact

Facts = Mapping[str, Fact]
WHOLE_BP = 10_000
_Word = TypeVar("_Word", bound=str)


def read_pool(facts: Facts) -> PoolRule:
    """Return how feed ads are shared; raises :class:`BrokenPack`.

    A version with a gate says both ``pool.gate_views`` and ``pool.gate_days``.
    """
    parts = tuple(Fraction(part) for part in value_of(facts, "pool.pool_part_by_tracks", list))
    if not parts or parts[0] != 1 or any(not 0 <= part <= 1 for part in parts):
        message = "pool.pool_part_by_tracks starts with 1 and stays within 0 and 1"
        raise BrokenPack(message)
    return PoolRule(
        creator_share=Rate.of_bp(value_of(facts, "pool.creator_share", int)),
        pool_part_by_tracks=parts,
        unearned_to=value_of(facts, "pool.unearned_to", str),
        gate=_gate(facts, "pool"),
    )


def read_products(facts: Facts) -> dict[str, PoolRule]:
    """Return how every other product is shared, by name: a section with a ``method`` is one.

    Raises :class:`BrokenPack`.
    """
    names = sorted(name.partition(".")[0] for name in facts if name.endswith(".method"))
    return {name: _product(facts, name) for name in names}


def read_shares(facts: Facts) -> dict[str, Rate]:
    """Return the creator's share of money that belongs to one creator, by where it comes from."""
    names = [name for name in facts if name.startswith("shares.")]
    return {name.partition(".")[2]: _share(facts, name) for name in names}


def _product(facts: Facts, product: str) -> PoolRule:
    method = _word(facts, f"{product}.method", get_args(ProductMethod), default="")
    rest_to = value_of(facts, f"{product}.rest_to", str)
    is_fixed = method == "fixed_rate"
    share = Rate(Fraction(1)) if is_fixed else _share(facts, f"{product}.creator_share")
    rates = value_of(facts, f"{product}.rates", list) if is_fixed else []
    least = f"{product}.min_video_views"
    return PoolRule(
        creator_share=share,
        pool_part_by_tracks=(Fraction(1),),
        unearned_to=rest_to,
        method=method,
        unit=_word(facts, f"{product}.unit", get_args(Unit), default="views"),
        rest_to=rest_to,
        unwatched=_word(facts, f"{product}.unwatched", get_args(Unwatched), default="rest"),
        rates=tuple(_rate(product, row) for row in rates),
        min_video_views=value_of(facts, least, int) if least in facts else 0,
        gate=_gate(facts, product),
    )


def _share(facts: Facts, name: str) -> Rate:
    share_bp = value_of(facts, name, int)
    if not 0 <= share_bp <= WHOLE_BP:
        message = f"{name} is a share: 0 to {WHOLE_BP} basis points"
        raise BrokenPack(message)
    return Rate.of_bp(share_bp)


def _gate(facts: Facts, section: str) -> Gate | None:
    if f"{section}.gate_views" not in facts:
        return None
    return Gate(
        min_views=value_of(facts, f"{section}.gate_views", int),
        days=value_of(facts, f"{section}.gate_days", int),
    )


def _word(facts: Facts, name: str, known: tuple[_Word, ...], *, default: str) -> _Word:
    said = value_of(facts, name, str) if name in facts else default
    for word in known:
        if word == said:
            return word
    message = f"{name} is one of {', '.join(known)}"
    raise BrokenPack(message)


def _rate(product: str, row: str) -> tuple[str, Money]:
    """Read ``US USD 0.04``: the country (``*`` is elsewhere), and what 1,000 views pay."""
    try:
        country, code, amount = row.split()
        return country, Money.parse(amount, code)
    except (ValueError, Invalid) as wrong:
        message = f"{product}.rates: “{row}” is no country, currency and amount"
        raise BrokenPack(message) from wrong
