"""Reading what makes a view count: of the house, and as other platforms define it."""

import re
from collections.abc import Mapping, Sequence

from takings.policies.rules.facts import BrokenPack, Tree, fact_of, read_versions, value_of
from takings.policies.rules.values import Fact, ViewPolicy
from takings.policies.rules.views import TrafficRule, ViewRule

TRAFFIC = (
    "viewer_views",
    "network_views",
    "slack_ms",
    "parallel_views",
    "farm_viewers",
    "farm_percent",
    "farm_audience",
)
SURFACE, COUNTRY = re.compile(r"[a-z_]+"), re.compile(r"[A-Z]{2}")
Facts = Mapping[str, Fact]


def read_view_pack(tree: Tree) -> tuple[ViewPolicy, ...]:
    """Return the versions of a platform's pack, oldest first; raises :class:`BrokenPack`.

    Each table of a version, as ``qualified``, is one definition of a view.
    """
    return tuple(
        ViewPolicy(
            version=version.name,
            effective_from=version.effective_from,
            summary=version.summary,
            definitions={
                section: read_view(version.facts, section=section)
                for section in sorted({name.partition(".")[0] for name in version.facts})
            },
            facts=tuple(version.facts.values()),
        )
        for version in read_versions(tree, sections=())
    )


def read_view(facts: Facts, *, section: str = "view") -> ViewRule:
    """Return the definition in this section; raises :class:`BrokenPack`.

    Only seconds, percent, repeats and own views must be there; what else may exclude a view is
    off in a version that leaves it out.
    """
    name = f"{section}.min_watch_ms"
    comparator = fact_of(facts, name).comparator
    if comparator not in {">=", ">"} or facts.get(f"{section}.min_percent") is None:
        message = f"{name} and {section}.min_percent need the comparator >= or >"
        raise BrokenPack(message)
    return ViewRule(
        min_watch_ms=value_of(facts, name, int),
        min_percent=value_of(facts, f"{section}.min_percent", int),
        watch_comparator=">" if comparator == ">" else ">=",
        max_per_viewer_video_day=value_of(facts, f"{section}.max_per_viewer_video_day", int),
        counts_own_views=value_of(facts, f"{section}.counts_own_views", bool),
        surface_min_watch_ms=dict(_surface_ms(facts, f"{section}.surface_min_watch_ms")),
        surfaces=_words(facts, f"{section}.surfaces", SURFACE),
        countries=_words(facts, f"{section}.countries", COUNTRY),
        counts_promoted=_flag(facts, f"{section}.counts_promoted", default=True),
        counts_disliked=_flag(facts, f"{section}.counts_disliked", default=True),
        counts_replays=_flag(facts, f"{section}.counts_replays", default=False),
        once_ever=_flag(facts, f"{section}.once_ever", default=False),
        traffic=_traffic(facts),
    )


def _traffic(facts: Facts) -> TrafficRule:
    given = {name: f"traffic.{name}" for name in TRAFFIC if f"traffic.{name}" in facts}
    return TrafficRule(**{name: value_of(facts, fact, int) for name, fact in given.items()})


def _flag(facts: Facts, name: str, *, default: bool) -> bool:
    return value_of(facts, name, bool) if name in facts else default


def _words(facts: Facts, name: str, shape: re.Pattern[str]) -> tuple[str, ...]:
    words: Sequence[str] = value_of(facts, name, list) if name in facts else []
    if wrong := [word for word in words if not shape.fullmatch(word)]:
        message = f"{name}: “{wrong[0]}” is none"
        raise BrokenPack(message)
    return tuple(words)


def _surface_ms(facts: Facts, name: str) -> list[tuple[str, int]]:
    """Read rows like ``search 30000``."""
    rows: Sequence[str] = value_of(facts, name, list) if name in facts else []
    cells = [row.split() for row in rows]
    for row, words in zip(rows, cells, strict=True):
        match words:
            case [surface, ms] if SURFACE.fullmatch(surface) and ms.isdecimal():
                continue
            case _:
                message = f"{name}: “{row}” is no surface and milliseconds"
                raise BrokenPack(message)
    return [(surface, int(ms)) for surface, ms in cells]
