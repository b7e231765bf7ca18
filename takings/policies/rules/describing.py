"""A policy in sentences for people, each with the facts it tells, so that pages can cite them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from takings.money import format_money
from takings.money.rate import BASIS_POINTS, Rate
from takings.policies.rules.products import ELSEWHERE, WATCH_ADS, Gate, PoolRule
from takings.policies.rules.values import Fact, Policy, ReserveRule

_WORDS = {">=": "at least", ">": "more than"}
_TRACKS = ("no music", "one track", "two tracks", "three tracks", "four tracks")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence under a topic (``view``, ``pool``, ``ads``, ``settlement``) and its facts."""

    topic: str
    text: str
    facts: tuple[Fact, ...]


def describe(policy: Policy) -> tuple[Sentence, ...]:
    """Return the policy as sentences, in the order in which money meets them."""
    return (
        _tell(policy, _view(policy), ("view.min_watch_ms", "view.min_percent")),
        _tell(policy, _repeats(policy), ("view.max_per_viewer_video_day",)),
        _tell(policy, _own_views(policy), ("view.counts_own_views",)),
        *_promoted(policy),
        *_traffic(policy),
        _tell(policy, _ads(policy), ("ads.viewable_pixels_bp", "ads.viewable_ms")),
        _tell(policy, _pace(policy), ("ads.organic_between_ads",)),
        _tell(policy, _music(policy), ("pool.pool_part_by_tracks",)),
        _tell(policy, _share(policy), ("pool.creator_share",)),
        *_gate(policy),
        *_watch_ads(policy),
        *(describe_product(policy, product) for product in policy.products),
        _tell(policy, _hold(policy), ("settlement.hold_days",)),
        *_reserves(policy),
        _tell(policy, _late(policy), ("settlement.late_days",)),
    )


def describe_reserve(rule: ReserveRule) -> str:
    """Say what is kept in reserve, of whom and for how long."""
    whose = f" in a studio's first {rule.new_days} days" if rule.standing == "new" else ""
    part = _percent(rule.share.ratio)
    return f"{part} of what is released{whose} is kept for {rule.days} days"


def describe_gate(gate: Gate) -> str:
    """Say whom a gate lets through."""
    views = f"{gate.min_views:,} counted views in the {gate.days} days before its end"
    return f"creators with at least {views}; below, nothing until they are back above it"


def describe_product(policy: Policy, product: str) -> Sentence:
    """Return how the pools of a product are shared, with its facts."""
    rule = policy.products[product]
    facts = tuple(fact for fact in policy.facts if fact.name.startswith(f"{product}."))
    name = product.replace("_", " ")
    gate = f" It pays {describe_gate(rule.gate)}." if rule.gate else ""
    return Sentence(
        product, f"Each country's pool “{name}” {_METHODS[rule.method](rule)}{gate}", facts
    )


def _by_all(rule: PoolRule) -> str:
    share, unit = _percent(rule.creator_share.ratio), _UNITS[rule.unit]
    return f"pays creators {share}, by each one's part of all {unit}."


def _by_member(rule: PoolRule) -> str:
    share, unit = _percent(rule.creator_share.ratio), _UNITS[rule.unit]
    idle = {"pro_rata": "is shared as the others' are", "rest": "stays with the platform"}
    return (
        f"pays creators {share} of each member's fee, by that member's own {unit}; "
        f"the fee of who watched nothing {idle[rule.unwatched]}."
    )


def _by_rate(rule: PoolRule) -> str:
    rates = ", ".join(
        f"{format_money(rate)} {'elsewhere' if country == ELSEWHERE else f'in {country}'}"
        for country, rate in rule.rates
    )
    return (
        f"pays {rates} for 1,000 counted views of videos with at least {rule.min_video_views:,}; "
        "if it is too small, in proportion."
    )


_UNITS = {"views": "counted views", "watched_ms": "counted watch time"}
_METHODS: Mapping[str, Callable[[PoolRule], str]] = {
    "pro_rata": _by_all,
    "user_centric": _by_member,
    "fixed_rate": _by_rate,
}


def _tell(policy: Policy, text: str, names: tuple[str, ...]) -> Sentence:
    topic = names[0].partition(".")[0]
    return Sentence(topic, text, tuple(policy.fact(name) for name in names))


def _view(policy: Policy) -> str:
    rule = policy.view
    word = _WORDS[rule.watch_comparator]
    return (
        f"A view counts when {word} {_seconds(rule.min_watch_ms)} "
        f"or {word} {rule.min_percent} % of the video were watched."
    )


def _repeats(policy: Policy) -> str:
    count = policy.view.max_per_viewer_video_day
    return f"The first {count} views of a video by one viewer on one day (UTC) count."


def _own_views(policy: Policy) -> str:
    verb = "count" if policy.view.counts_own_views else "do not count"
    return f"Views of one's own videos {verb}."


def _promoted(policy: Policy) -> tuple[Sentence, ...]:
    if policy.view.counts_promoted:
        return ()
    told = "Views that somebody paid for, by a promotion, do not count."
    return (_tell(policy, told, ("view.counts_promoted",)),)


def _traffic(policy: Policy) -> tuple[Sentence, ...]:
    rule = policy.view.traffic
    told = {
        f"of viewers with more than {rule.viewer_views:,} showings": rule.viewer_views,
        f"of networks with more than {rule.network_views:,}": rule.network_views,
        f"that last {_seconds(rule.slack_ms)} longer than time passed": rule.slack_ms,
        f"in more than {rule.parallel_views} players at once": rule.parallel_views,
        f"of videos that more than {rule.farm_viewers:,} watched on one network": rule.farm_viewers,
        f"of videos with {rule.farm_audience:,} viewers or more, over {rule.farm_percent} % "
        "of them on one network": rule.farm_percent,
    }
    parts = [text for text, limit in told.items() if limit]
    if not parts:
        return ()
    facts = tuple(fact for fact in policy.facts if fact.name.startswith("traffic."))
    return (Sentence("traffic", f"Views of one day (UTC) do not count {', '.join(parts)}.", facts),)


def _ads(policy: Policy) -> str:
    rule = policy.ads
    pixels = _percent(Rate.of_bp(rule.viewable_pixels_bp).ratio)
    return (
        f"An ad is seen when {pixels} of its pixels "
        f"were on screen for {_seconds(rule.viewable_ms)} without a break."
    )


def _pace(policy: Policy) -> str:
    return f"One ad comes after every {policy.ads.organic_between_ads} videos."


def _music(policy: Policy) -> str:
    parts = (
        f"{_TRACKS[tracks]} leaves {_percent(part)}"
        for tracks, part in enumerate(policy.pool.pool_part_by_tracks)
    )
    return (
        "Each country's ad money is shared by views; music is paid first: "
        f"a view with {', with '.join(parts)} of its money to creators."
    )


def _share(policy: Policy) -> str:
    share = _percent(policy.pool.creator_share.ratio)
    return (
        "What is left is allocated by each creator's share of the country's counted views; "
        f"creators are paid {share} of their allocation, with music or without."
    )


def _gate(policy: Policy) -> tuple[Sentence, ...]:
    if policy.pool.gate is None:
        return ()
    text = f"The pool pays {describe_gate(policy.pool.gate)}."
    return (_tell(policy, text, ("pool.gate_views", "pool.gate_days")),)


def _watch_ads(policy: Policy) -> tuple[Sentence, ...]:
    if WATCH_ADS not in policy.shares:
        return ()
    share = _percent(policy.shares[WATCH_ADS].ratio)
    text = (
        f"An ad inside a video pays that video's creator {share} of its price, with music or not."
    )
    return (_tell(policy, text, (f"shares.{WATCH_ADS}",)),)


def _hold(policy: Policy) -> str:
    days = policy.settlement.hold_days
    others = "".join(
        f" (of {stream}: {length})" for stream, length in policy.settlement.stream_hold_days.items()
    )
    return f"Earnings are held for {days} days{others} after the close, then may be paid out."


def _reserves(policy: Policy) -> tuple[Sentence, ...]:
    if not policy.settlement.reserves:
        return ()
    parts = "; ".join(
        f"{describe_reserve(one)} ({one.stream})" for one in policy.settlement.reserves
    )
    text = f"What is kept in reserve goes back by itself: {parts}."
    return (_tell(policy, text, ("settlement.reserves",)),)


def _late(policy: Policy) -> str:
    return (
        f"A view that reaches us more than {policy.settlement.late_days} days late does not count."
    )


def _seconds(ms: int) -> str:
    whole, rest = divmod(ms, 1000)
    number = f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
    return f"{number} second{'' if ms == 1000 else 's'}"  # noqa: PLR2004 - one second


def _percent(ratio: Fraction) -> str:
    """Write a share: 45 %, 50 %, or the fraction where percent would not be exact (1/3)."""
    basis_points = ratio * BASIS_POINTS
    if basis_points.denominator != 1:
        return f"{ratio.numerator}/{ratio.denominator}"
    whole, rest = divmod(basis_points.numerator, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"
