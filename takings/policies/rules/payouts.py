"""The policy of money that leaves, as values: calendar, minimum, tax withheld, what is reported."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from takings.money import Money, Rate
from takings.policies.rules.values import Comparator, Fact

MinimumOf = Literal["balance", "net"]
Unreachable = Literal["lost", "escheat"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount and how it is compared; the sources say “at least” and “exceeding”."""

    amount: Money
    comparator: Comparator

    def is_met(self, amount: Money) -> bool:
        """Tell whether an amount of the same currency reaches it."""
        return amount > self.amount or (self.comparator == ">=" and amount == self.amount)


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """When balances are looked at, when they are paid, and from how much on.

    Days are of a month (UTC); ``minimums`` are by currency, and a currency without one is not paid.
    """

    minimums: Mapping[str, Threshold]
    minimum_of: MinimumOf
    evaluated_on: int
    paid_from: int
    paid_to: int
    cool_off_days: int


@dataclass(frozen=True, slots=True)
class EscheatRule:
    """After how many days of rest a jurisdiction takes a balance, and how long before we say so."""

    jurisdiction: str
    rest_days: int
    notice_days: int


@dataclass(frozen=True, slots=True)
class DormancyRule:
    """When a balance below the minimum is paid all the same, and what if nobody can be paid.

    A jurisdiction without a rule among ``escheats`` takes nothing: the balance stays owed.
    """

    idle_months: int
    unpaid_months: int
    unreachable: Unreachable
    escheats: tuple[EscheatRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Treaty:
    """A country whose residents are withheld less from a day on."""

    country: str
    rate: Rate
    valid_from: dt.date


@dataclass(frozen=True, slots=True)
class Bracket:
    """Income up to ``upto`` (``None``: any) is taxed at ``rate``, less the quick deduction."""

    upto: Money | None
    rate: Rate
    quick_deduction: Money


@dataclass(frozen=True, slots=True)
class CumulativeRule:
    """A country that withholds on the income of the year so far."""

    country: str
    currency: str
    valid_from: dt.date
    expenses: Rate
    monthly_deduction: Money
    brackets: tuple[Bracket, ...]


@dataclass(frozen=True, slots=True)
class WithholdingRule:
    """What is withheld of pay that comes from one country, and the one cumulative country."""

    source_country: str
    unknown_rate: Rate
    source_rate: Rate
    treaties: tuple[Treaty, ...]
    cumulative: CumulativeRule


@dataclass(frozen=True, slots=True)
class ReportRule:
    """From where on a year's payments are reported."""

    k_amount: Threshold
    k_count: int
    nec_amount: Threshold
    dac7_goods_amount: Threshold
    dac7_goods_count: int


@dataclass(frozen=True, slots=True)
class PayoutPolicy:
    """One dated version; ``version`` is what a batch names."""

    version: str
    effective_from: dt.datetime
    announced_on: dt.date
    summary: str
    schedule: ScheduleRule
    dormancy: DormancyRule
    withholding: WithholdingRule
    reports: ReportRule
    facts: tuple[Fact, ...]
