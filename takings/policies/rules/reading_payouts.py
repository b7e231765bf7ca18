"""Reading the pack of payouts: from the tables of its file to policies, or a broken pack."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypeVar

from takings.core.errors import Invalid
from takings.money import Money, Rate
from takings.policies.rules.facts import (
    BrokenPack,
    Tree,
    Version,
    fact_of,
    read_versions,
    value_of,
)
from takings.policies.rules.payouts import (
    Bracket,
    CumulativeRule,
    DormancyRule,
    EscheatRule,
    MinimumOf,
    PayoutPolicy,
    ReportRule,
    ScheduleRule,
    Threshold,
    Treaty,
    Unreachable,
    WithholdingRule,
)
from takings.policies.rules.values import Fact

SECTIONS = ("schedule", "dormancy", "withholding", "reports")
NO_END = "-"
ESCHEATS = "dormancy.escheats"  # not in the versions before 2027
MINIMUM_OF: tuple[MinimumOf, ...] = ("balance", "net")
UNREACHABLE: tuple[Unreachable, ...] = ("lost", "escheat")
Facts = Mapping[str, Fact]
_Row = TypeVar("_Row")
_Word = TypeVar("_Word", bound=str)


def read_payout_pack(tree: Tree) -> tuple[PayoutPolicy, ...]:
    """Return the versions of the pack of payouts, oldest first; raises :class:`BrokenPack`."""
    return tuple(_policy(version) for version in read_versions(tree, sections=SECTIONS))


def _policy(version: Version) -> PayoutPolicy:
    facts = version.facts
    return PayoutPolicy(
        version=version.name,
        effective_from=version.effective_from,
        announced_on=version.announced_on,
        summary=version.summary,
        schedule=_schedule(facts),
        dormancy=_dormancy(facts),
        withholding=_withholding(facts),
        reports=_reports(facts),
        facts=tuple(facts.values()),
    )


def _schedule(facts: Facts) -> ScheduleRule:
    minimums = _rows(facts, "schedule.minimum", _minimum)
    comparator = fact_of(facts, "schedule.minimum").comparator
    return ScheduleRule(
        minimums={money.currency: Threshold(money, comparator) for money in minimums},
        minimum_of=_choice(facts, "schedule.minimum_of", MINIMUM_OF),
        evaluated_on=value_of(facts, "schedule.evaluated_on", int),
        paid_from=value_of(facts, "schedule.paid_from", int),
        paid_to=value_of(facts, "schedule.paid_to", int),
        cool_off_days=value_of(facts, "schedule.cool_off_days", int),
    )


def _dormancy(facts: Facts) -> DormancyRule:
    return DormancyRule(
        idle_months=value_of(facts, "dormancy.idle_months", int),
        unpaid_months=value_of(facts, "dormancy.unpaid_months", int),
        unreachable=_choice(facts, "dormancy.unreachable", UNREACHABLE),
        escheats=_rows(facts, ESCHEATS, _escheat) if ESCHEATS in facts else (),
    )


def _withholding(facts: Facts) -> WithholdingRule:
    code = value_of(facts, "withholding.cumulative_currency", str)
    day = value_of(facts, "withholding.cumulative_from", str)
    return WithholdingRule(
        source_country=value_of(facts, "withholding.source_country", str),
        unknown_rate=Rate.of_bp(value_of(facts, "withholding.unknown_bp", int)),
        source_rate=Rate.of_bp(value_of(facts, "withholding.source_bp", int)),
        treaties=_rows(facts, "withholding.treaties", _treaty),
        cumulative=CumulativeRule(
            country=value_of(facts, "withholding.cumulative_country", str),
            currency=code,
            valid_from=dt.date.fromisoformat(day),
            expenses=Rate.of_bp(value_of(facts, "withholding.expenses_bp", int)),
            monthly_deduction=_money(facts, "withholding.monthly_deduction", code),
            brackets=_rows(facts, "withholding.brackets", lambda *row: _bracket(code, *row)),
        ),
    )


def _reports(facts: Facts) -> ReportRule:
    return ReportRule(
        k_amount=_threshold(facts, "reports.k_amount", "USD"),
        k_count=value_of(facts, "reports.k_count", int),
        nec_amount=_threshold(facts, "reports.nec_amount", "USD"),
        dac7_goods_amount=_threshold(facts, "reports.dac7_goods_amount", "EUR"),
        dac7_goods_count=value_of(facts, "reports.dac7_goods_count", int),
    )


def _threshold(facts: Facts, name: str, code: str) -> Threshold:
    return Threshold(_money(facts, name, code), fact_of(facts, name).comparator)


def _money(facts: Facts, name: str, code: str) -> Money:
    return Money.parse(value_of(facts, name, str), code)


def _rows(facts: Facts, name: str, read: Callable[..., _Row]) -> tuple[_Row, ...]:
    """Read a fact that is a table: one text a row, its cells apart by spaces."""
    rows = value_of(facts, name, list)
    try:
        return tuple(read(*row.split()) for row in rows)
    except (TypeError, ValueError, Invalid) as error:
        message = f"{name} has a row that cannot be read: {error}"
        raise BrokenPack(message) from error


def _minimum(code: str, amount: str) -> Money:
    return Money.parse(amount, code)


def _treaty(country: str, basis_points: str, day: str) -> Treaty:
    return Treaty(country, Rate.of_bp(int(basis_points)), dt.date.fromisoformat(day))


def _escheat(jurisdiction: str, rest_days: str, notice_days: str) -> EscheatRule:
    return EscheatRule(jurisdiction, int(rest_days), int(notice_days))


def _bracket(code: str, *cells: str) -> Bracket:
    upto, basis_points, deduction = cells
    end = None if upto == NO_END else Money.parse(upto, code)
    return Bracket(end, Rate.of_bp(int(basis_points)), Money.parse(deduction, code))


def _choice(facts: Facts, name: str, words: tuple[_Word, ...]) -> _Word:
    given = value_of(facts, name, str)
    for word in words:
        if word == given:
            return word
    message = f"{name} is one of {', '.join(words)}"
    raise BrokenPack(message)
