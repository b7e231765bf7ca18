"""Reading when money becomes payable: hold windows and reserves, by stream."""

from collections.abc import Mapping

from takings.money import Rate
from takings.policies.rules.facts import BrokenPack, value_of
from takings.policies.rules.values import Fact, ReserveRule, SettlementRule

WHOLE_BP = 10_000


def read_settlement(facts: Mapping[str, Fact]) -> SettlementRule:
    """Return the rules of the section ``settlement``; raises :class:`BrokenPack`.

    A version may leave out ``stream_hold_days`` (``"gifts 21"``: stream, days) and ``reserves``
    (``"feed_ads new 1000 30"``: stream, standing, basis points kept, days; the first that fits
    counts), and then has none. A reserve of new creators needs ``new_days``.
    """
    return SettlementRule(
        hold_days=value_of(facts, "settlement.hold_days", int),
        stream_hold_days=dict(_stream_days(row) for row in _rows(facts, "stream_hold_days")),
        reserves=tuple(_reserve(row, facts) for row in _rows(facts, "reserves")),
        late_days=value_of(facts, "settlement.late_days", int),
    )


def _rows(facts: Mapping[str, Fact], name: str) -> list[str]:
    known = f"settlement.{name}" in facts
    return value_of(facts, f"settlement.{name}", list) if known else []


def _stream_days(row: str) -> tuple[str, int]:
    match row.split():
        case [stream, days] if days.isdecimal():
            return stream, int(days)
        case _:
            message = f"settlement.stream_hold_days: “{row}” is no stream and days"
            raise BrokenPack(message)


def _reserve(row: str, facts: Mapping[str, Fact]) -> ReserveRule:
    match row.split():
        case [stream, "new" | "any" as standing, share_bp, days] if (
            share_bp.isdecimal()
            and days.isdecimal()
            and 0 < int(share_bp) <= WHOLE_BP
            and int(days) > 0
        ):
            is_new = standing == "new"
            return ReserveRule(
                stream=stream,
                standing="new" if is_new else "any",
                share=Rate.of_bp(int(share_bp)),
                days=int(days),
                new_days=value_of(facts, "settlement.new_days", int) if is_new else 0,
            )
        case _:
            message = f"settlement.reserves: “{row}” is no stream, standing, basis points and days"
            raise BrokenPack(message)
