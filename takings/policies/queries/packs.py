"""Which policy holds: by instant, by name, and in words."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from takings.policies.rules import (
    BreakRule,
    CoinRule,
    DealRule,
    DisclosureRule,
    FanRule,
    GiftRule,
    MemberRule,
    NoPolicyCovers,
    PassRule,
    PayoutPolicy,
    Policy,
    PromotionRule,
    RequestRule,
    ShopRule,
    TrafficRules,
    UnknownPolicy,
    ViewPolicy,
    in_force,
    read_break_pack,
    read_coin_pack,
    read_deal_pack,
    read_disclosure_pack,
    read_fan_pack,
    read_gift_pack,
    read_member_pack,
    read_pack,
    read_pass_pack,
    read_payout_pack,
    read_promotion_pack,
    read_request_pack,
    read_shop_pack,
    read_traffic_pack,
    read_view_pack,
)

PACKS = Path(__file__).parent.parent / "packs"
VIEWS = PACKS / "views"
HOUSE, PAYOUTS, BREAKS = "house", "payouts", "breaks"
PASSES, TRAFFIC, COINS, GIFTS = "passes", "traffic", "coins", "gifts"
FANS, PROMOTIONS, MEMBERSHIPS, REQUESTS = "fans", "promotions", "memberships", "requests"
DEALS, DISCLOSURE, SHOPS = "deals", "disclosure", "shop"
WITH_OWN_RULES = {
    *(PAYOUTS, BREAKS, PASSES, TRAFFIC, COINS, GIFTS, FANS, PROMOTIONS, MEMBERSHIPS, REQUESTS),
    *(DEALS, DISCLOSURE, SHOPS),
}


@cache
def versions(*, pack: str = HOUSE) -> tuple[Policy, ...]:
    """Return all versions of a pack, oldest first; nothing for a pack that does not exist.

    Others have rules of their own: :func:`payout_policies`, :func:`break_rule_at`,
    :func:`pass_rule_at`, :func:`coin_rule_at`, :func:`traffic_rules`, :func:`gift_rule_at`,
    :func:`fan_rule_at`, :func:`promotion_rule_at`, :func:`member_rule_at`,
    :func:`request_rule_at`, :func:`deal_rule_at`, :func:`disclosure_rule_at`,
    :func:`shop_rule_at`.
    """
    path = PACKS / f"{pack}.toml"
    if pack in WITH_OWN_RULES or path not in PACKS.iterdir():
        return ()
    return read_pack(tomllib.loads(path.read_text(encoding="utf-8")))


def policy_at(*, at: dt.datetime, pack: str = HOUSE) -> Policy:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(versions(pack=pack), at=at)
    if found is None:
        raise NoPolicyCovers(pack=pack, at=at)
    return found


def policy(version: str) -> Policy:
    """Return the version of this name (``house@2026-01-01``). Refuses: UnknownPolicy."""
    for found in versions(pack=version.partition("@")[0]):
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)


@cache
def payout_policies() -> tuple[PayoutPolicy, ...]:
    """Return all versions of the policy of money that leaves, oldest first."""
    return read_payout_pack(tomllib.loads((PACKS / f"{PAYOUTS}.toml").read_text(encoding="utf-8")))


def payout_policy_at(*, at: dt.datetime) -> PayoutPolicy:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(payout_policies(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=PAYOUTS, at=at)
    return found


@cache
def traffic_rules() -> tuple[TrafficRules, ...]:
    """Return all versions of what a day's ads are judged by, oldest first."""
    return read_traffic_pack(tomllib.loads((PACKS / f"{TRAFFIC}.toml").read_text(encoding="utf-8")))


@cache
def break_rules() -> tuple[BreakRule, ...]:
    """Return all versions of where ads may stand in a video, oldest first."""
    return read_break_pack(tomllib.loads((PACKS / f"{BREAKS}.toml").read_text(encoding="utf-8")))


def break_rule_at(*, at: dt.datetime) -> BreakRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(break_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=BREAKS, at=at)
    return found


@cache
def pass_rules() -> tuple[PassRule, ...]:
    """Return all versions of how the ad-free pass is sold, oldest first."""
    return read_pass_pack(tomllib.loads((PACKS / f"{PASSES}.toml").read_text(encoding="utf-8")))


def pass_rule_at(*, at: dt.datetime) -> PassRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(pass_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=PASSES, at=at)
    return found


@cache
def gift_rules() -> tuple[GiftRule, ...]:
    """Return all versions of what gifts bring and what keeps them safe, oldest first."""
    return read_gift_pack(tomllib.loads((PACKS / f"{GIFTS}.toml").read_text(encoding="utf-8")))


def gift_rule_at(*, at: dt.datetime) -> GiftRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(gift_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=GIFTS, at=at)
    return found


def gift_rule(version: str) -> GiftRule:
    """Return the version of this name (``gifts@2026-11-01``). Refuses: UnknownPolicy."""
    for found in gift_rules():
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)


@cache
def fan_rules() -> tuple[FanRule, ...]:
    """Return all versions of what fans are shown of each other, oldest first."""
    return read_fan_pack(tomllib.loads((PACKS / f"{FANS}.toml").read_text(encoding="utf-8")))


def fan_rule_at(*, at: dt.datetime) -> FanRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(fan_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=FANS, at=at)
    return found


@cache
def member_rules() -> tuple[MemberRule, ...]:
    """Return all versions of how memberships of creators are sold, oldest first."""
    path = PACKS / f"{MEMBERSHIPS}.toml"
    return read_member_pack(tomllib.loads(path.read_text(encoding="utf-8")))


def member_rule_at(*, at: dt.datetime) -> MemberRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(member_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=MEMBERSHIPS, at=at)
    return found


def member_rule(version: str) -> MemberRule:
    """Return the version of this name (``memberships@2026-11-26``). Refuses: UnknownPolicy."""
    for found in member_rules():
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)


@cache
def promotion_rules() -> tuple[PromotionRule, ...]:
    """Return all versions of how own videos are promoted, oldest first."""
    path = PACKS / f"{PROMOTIONS}.toml"
    return read_promotion_pack(tomllib.loads(path.read_text(encoding="utf-8")))


def promotion_rule_at(*, at: dt.datetime) -> PromotionRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(promotion_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=PROMOTIONS, at=at)
    return found


@cache
def request_rules() -> tuple[RequestRule, ...]:
    """Return all versions of what can be agreed about requests, oldest first."""
    return read_request_pack(
        tomllib.loads((PACKS / f"{REQUESTS}.toml").read_text(encoding="utf-8"))
    )


def request_rule_at(*, at: dt.datetime) -> RequestRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(request_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=REQUESTS, at=at)
    return found


def request_rule(version: str) -> RequestRule:
    """Return the version of this name (``requests@2026-11-26``). Refuses: UnknownPolicy."""
    for found in request_rules():
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)


@cache
def shop_rules() -> tuple[ShopRule, ...]:
    """Return all versions of what selling costs and how long its steps take, oldest first."""
    return read_shop_pack(tomllib.loads((PACKS / f"{SHOPS}.toml").read_text(encoding="utf-8")))


def shop_rule_at(*, at: dt.datetime) -> ShopRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(shop_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=SHOPS, at=at)
    return found


def shop_rule(version: str) -> ShopRule:
    """Return the version of this name (``shop@2026-11-01``). Refuses: UnknownPolicy."""
    for found in shop_rules():
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)


@cache
def deal_rules() -> tuple[DealRule, ...]:
    """Return all versions of what holds for deals of brands and creators, oldest first."""
    return read_deal_pack(tomllib.loads((PACKS / f"{DEALS}.toml").read_text(encoding="utf-8")))


def deal_rule_at(*, at: dt.datetime) -> DealRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(deal_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=DEALS, at=at)
    return found


@cache
def disclosure_rules() -> tuple[DisclosureRule, ...]:
    """Return all versions of what a video says of who paid for it, oldest first."""
    path = PACKS / f"{DISCLOSURE}.toml"
    return read_disclosure_pack(tomllib.loads(path.read_text(encoding="utf-8")))


def disclosure_rule_at(*, at: dt.datetime) -> DisclosureRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(disclosure_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=DISCLOSURE, at=at)
    return found


def deal_rule(version: str) -> DealRule:
    """Return the version of this name (``deals@2026-11-01``). Refuses: UnknownPolicy."""
    for found in deal_rules():
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)


@cache
def coin_rules() -> tuple[CoinRule, ...]:
    """Return all versions of how coins are sold and spent, oldest first."""
    return read_coin_pack(tomllib.loads((PACKS / f"{COINS}.toml").read_text(encoding="utf-8")))


def coin_rule_at(*, at: dt.datetime) -> CoinRule:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(coin_rules(), at=at)
    if found is None:
        raise NoPolicyCovers(pack=COINS, at=at)
    return found


@cache
def view_policies(*, platform: str) -> tuple[ViewPolicy, ...]:
    """Return what a platform called a view, oldest first; nothing for one we know nothing of."""
    path = VIEWS / f"{platform}.toml"
    if path not in VIEWS.iterdir():
        return ()
    return read_view_pack(tomllib.loads(path.read_text(encoding="utf-8")))


def view_policy_at(*, platform: str, at: dt.datetime) -> ViewPolicy:
    """Return what a platform calls a view at an instant. Refuses: NoPolicyCovers."""
    found = in_force(view_policies(platform=platform), at=at)
    if found is None:
        raise NoPolicyCovers(pack=platform, at=at)
    return found
