"""Reading the house pack: from the tables of its file to policies, or a broken pack."""

from collections.abc import Mapping

from takings.policies.rules.facts import (
    Tree,
    Version,
    read_versions,
    value_of,
)
from takings.policies.rules.reading_products import read_pool, read_products, read_shares
from takings.policies.rules.reading_settlement import read_settlement
from takings.policies.rules.reading_views import read_view
from takings.policies.rules.values import AdRule, Fact, Policy

SECTIONS = ("view", "pool", "ads", "settlement")


def read_pack(tree: Tree) -> tuple[Policy, ...]:
    """Return the versions of a pack, oldest first; raises :class:`BrokenPack`.

    ``tree`` is the parsed TOML: a ``name`` and a list of ``version`` tables with ``view``,
    ``pool``, ``ads`` and ``settlement`` in each. A version may have ``shares``, and a section for
    each product that is shared otherwise than feed ads.
    """
    return tuple(_policy(version) for version in read_versions(tree, sections=SECTIONS))


def _policy(version: Version) -> Policy:
    facts = version.facts
    return Policy(
        version=version.name,
        effective_from=version.effective_from,
        announced_on=version.announced_on,
        summary=version.summary,
        currency=version.currency,
        view=read_view(facts),
        pool=read_pool(facts),
        ads=_ad_rule(facts),
        settlement=read_settlement(facts),
        facts=tuple(facts.values()),
        products=read_products(facts),
        shares=read_shares(facts),
    )


def _ad_rule(facts: Mapping[str, Fact]) -> AdRule:
    return AdRule(
        organic_between_ads=value_of(facts, "ads.organic_between_ads", int),
        viewable_pixels_bp=value_of(facts, "ads.viewable_pixels_bp", int),
        viewable_ms=value_of(facts, "ads.viewable_ms", int),
        token_ttl_s=value_of(facts, "ads.token_ttl_s", int),
        auction_floor_micros=value_of(facts, "ads.auction_floor_micros", int),
    )
