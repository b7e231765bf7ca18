"""Codes as people say them: outcomes of views, kinds of entries, countries, months, accounts."""

import datetime as dt
import re
from functools import cache

from babel import Locale

from takings.insights.rules.trace import PolicyCard, PolicyRule
from takings.ledger.rules import account_kind
from takings.policies.rules import (
    DEALS,
    DIRECT,
    FEED_ADS,
    GIFTS,
    MEMBERSHIPS,
    REQUESTS,
    SHOP,
    WATCH_ADS,
    Policy,
    TrafficRule,
    describe,
)

_PERIOD = re.compile(r"(\d{4})-(\d{2})(?:\.(\d+))?")
_MONTHS = tuple(Locale("en").months["format"]["wide"].values())

_KINDS = {
    "prepaid_received": "Advertiser paid in",
    "budget_leased": "Budget set aside",
    "ad_charged": "Ad views charged",
    "ad_refunded": "Ad views given back",
    "pool_shared": "Pool shared",
    "gift_sent": "Gift sent",
    "gift_released": "Held gift released",
    "gift_taken_back": "Gift taken back",
    "request_held": "Request paid, held",
    "request_released": "Request earned",
    "request_taken_back": "Request taken back",
    "order_paid": "Order paid",
    "order_earned": "Sale earned",
    "commission_earned": "Recommendation earned",
    "order_returned": "Sale given back",
    "commission_returned": "Recommendation given back",
    "order_rounded": "Order rounded",
    "pool_funded": "Pool funded",
    "deal_funded": "Deal paid in",
    "milestone_released": "Milestone of a deal paid",
    "milestone_taken_back": "Milestone taken back",
    "deal_refunded": "Deal’s money given back",
    "member_paid": "Month without ads paid",
    "membership_paid": "Member's month paid",
    "membership_earned": "Member's days are over",
    "membership_unearned": "Member's fee waits again",
    "coins_bought": "Coins bought",
    "coins_granted": "Bonus coins given",
    "coins_returned": "Coins given back",
    "coins_given_again": "Coins there again",
    "coins_ended": "Coins ended",
    "pool_fee_added": "Member's fee added to a pool",
    "earnings_released": "Earnings released",
    "budget_returned": "Unused budget returned",
    "payment_refunded": "Card payment refunded",
    "refund_failed": "Refund came back",
    "payment_disputed": "Card payment disputed",
    "dispute_won": "Dispute won",
    "dispute_lost": "Dispute lost",
    "provider_settled": "Provider paid out to the bank",
    "tax_due": "Tax due",
    "adjusted": "Adjusted by hand",
    "earnings_split": "Earnings shared",
    "earnings_held": "Earnings held",
    "earnings_exchanged": "Earnings exchanged",
    "exchange_undone": "Exchange undone",
    "hold_lifted": "Hold lifted",
    "payout_sent": "Paid out",
    "payout_returned": "Payout came back",
    "converted": "Changed into another currency",
    "vat_self_billed": "VAT of a self-billed invoice",
    "balance_escheated": "Unclaimed",
    "unclaimed_claimed": "Claimed by its owner",
    "unclaimed_remitted": "Handed to the state",
    "tax_remitted": "Tax paid to the authority",
    "tax_refunded": "Tax paid back to us",
    "tax_reclaimed": "Tax claimed back",
}


_PRODUCTS = {
    FEED_ADS: "Ads in the feed",
    WATCH_ADS: "Ads inside videos",
    GIFTS: "Gifts",
    MEMBERSHIPS: "Memberships",
    REQUESTS: "Requests",
    DEALS: "Brand deals",
    SHOP: "Shop",
    "premium": "Members' fees",
}
_ONE = {
    WATCH_ADS: "ad",
    GIFTS: "gift",
    MEMBERSHIPS: "payment",
    REQUESTS: "request",
    DEALS: "milestone",
    SHOP: "sale",
}

KINDS = tuple(_KINDS)
"""The kinds of entries that have words of their own."""

_WITH_ARTICLE = frozenset(("AE", "BS", "CD", "CG", "CF", "CZ", "DO", "GB", "GM", "NL", "PH", "US"))


def product_words(product: str) -> str:
    """Return what a pool is for: ``creator_fund`` is “Creator fund”."""
    return _PRODUCTS.get(product, product.replace("_", " ").capitalize())


def of_pool(product: str) -> str:
    """Return `` · Creator fund``, for lines of a pool that is not of feed ads."""
    return "" if product == FEED_ADS else f" · {product_words(product)}"


def line_words(*, views: int, product: str) -> str:
    """Return how many views a line has, and of which pool it is unless that is feed ads.

    Ads inside a video and gifts ask for no view.
    """
    if product in DIRECT:
        return product_words(product)
    return f"{views_words(views)}{of_pool(product)}"


def ads_words(number: int) -> str:
    """Return ``1 ad``, ``1,204 ads``."""
    return direct_words(WATCH_ADS, number)


def direct_word(product: str) -> str:
    """Return what one of them is: ``gift``."""
    return _ONE[product]


def direct_words(product: str, number: int) -> str:
    """Return how many ads inside a video, gifts or sales there are: ``3 gifts``."""
    one = direct_word(product)
    return f"1 {one}" if number == 1 else f"{number:,} {one}s"


def outcome_words(outcome: str, *, policy: Policy) -> tuple[str, str]:
    """Return a view's outcome as a name and the rule behind it, in this policy's numbers."""
    words = {
        **_rule_words(policy),
        **_traffic_words(policy.view.traffic),
        "own_view": ("Your own", "watching oneself earns nothing"),
        "bot": ("Robot", "the browser says it is a robot or runs without a screen"),
        "blocked": ("Blocked network", "it came from a network on our list"),
        "data_centre": ("Data centre", "it came from a network of machines"),
        "duplicate": ("Contested", "two viewers or two videos claimed the same view"),
        "unknown_video": ("Unknown video", "the video was not published"),
        "promoted": ("Paid for", "views that somebody paid for earn nothing"),
        "disliked": ("Not interested", "the viewer asked not to see such videos"),
    }
    return words.get(outcome, (outcome.replace("_", " ").capitalize(), ""))


def _rule_words(policy: Policy) -> dict[str, tuple[str, str]]:
    rule = policy.view
    seconds, late_days = rule.min_watch_ms / 1000, policy.settlement.late_days
    return {
        "qualified": (
            "Engaged",
            f"watched for {seconds:g} seconds or {rule.min_percent} % of the video",
        ),
        "too_short": ("Too short", f"under {seconds:g} seconds and {rule.min_percent} %"),
        "repeat": (
            "Repeated",
            f"one viewer counts {rule.max_per_viewer_video_day} times a day for a video",
        ),
        "late": ("Late", f"reached us more than {late_days} days after it happened"),
        "other_surface": ("Elsewhere", f"views count from {_listed(rule.surfaces)}"),
        "other_country": ("Other country", f"views count in {_listed(rule.countries)}"),
    }


def _traffic_words(rule: TrafficRule) -> dict[str, tuple[str, str]]:
    return {
        "impossible": ("Impossible", "longer watched than time passed, or over before it began"),
        "busy_viewer": (
            "Too much for one viewer",
            f"its viewer had more than {rule.viewer_views:,} showings that day",
        ),
        "everywhere": (
            "Everywhere at once",
            f"its viewer watched in more than {rule.parallel_views} players at once that day",
        ),
        "busy_network": (
            "Too much for one network",
            f"its network had more than {rule.network_views:,} showings that day",
        ),
        "farm": (
            "View farm",
            f"its network had over {rule.farm_viewers:,} or {rule.farm_percent} % of its viewers",
        ),
    }


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


def kind_words(kind: str) -> str:
    """Return the kind of an entry (``ad_charged``) or act (``payments.refund``) as a heading."""
    return _KINDS.get(kind, kind.replace("_", " ").replace(".", ": ").capitalize())


def account_words(name: str) -> str:
    """Return what an account is for, from the chart of accounts."""
    return account_kind(name).meaning


@cache
def country_words(code: str) -> str:
    """Return the English name of a country: ``DE`` is Germany; an unknown code stays as it is."""
    return str(Locale("en").territories.get(code, code))


def place_words(code: str) -> str:
    """Return a country as it is written in a sentence: ``the United States``, ``Germany``."""
    name = country_words(code)
    return f"the {name}" if code in _WITH_ARTICLE else name


def period_words(name: str) -> str:
    """Return ``November 2026`` for ``2026-11``, ``November 2026, part 2`` for ``2026-11.2``."""
    match = _PERIOD.fullmatch(name)
    if match is None:
        return name
    part = f", part {match[3]}" if match[3] else ""
    return f"{_MONTHS[int(match[2]) - 1]} {match[1]}{part}"


def views_words(number: int) -> str:
    """Return ``1 view``, ``1,204 views``."""
    return "1 view" if number == 1 else f"{number:,} views"


def engaged_words(number: int) -> str:
    """Return ``1 engaged view``, ``1,204 engaged views``."""
    return "1 engaged view" if number == 1 else f"{number:,} engaged views"


def day_words(day: dt.date) -> str:
    """Return ``14 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def watched_words(ms: int) -> str:
    """Return a watch time: ``7.3 s``, ``1 min 5 s``."""
    if ms < 60_000:  # noqa: PLR2004 - a minute
        return f"{ms / 1000:.1f} s"
    minutes, rest = divmod(ms // 1000, 60)
    return f"{minutes:,} min {rest} s" if minutes < 60 else _hours(minutes)  # noqa: PLR2004


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest} min"


def policy_card(policy: Policy) -> PolicyCard:
    """Return the policy in sentences, each with the sources it follows."""
    rules = tuple(
        PolicyRule(
            topic=sentence.topic,
            sentence=sentence.text,
            sources=tuple(fact.source for fact in sentence.facts),
        )
        for sentence in describe(policy)
    )
    return PolicyCard(
        version=policy.version, effective_from=policy.effective_from.date(), rules=rules
    )
