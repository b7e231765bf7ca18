"""What of a year's payments is reported to which tax office."""

from enum import StrEnum

from takings.money import Money
from takings.policies.rules import ReportRule


class Activity(StrEnum):
    """DAC7 (Directive 2021/514, annex V): goods have a floor, personal services have none."""

    GOODS = "goods"
    SERVICES = "services"


def needs_1099_k(*, rule: ReportRule, amount: Money, payment_count: int) -> bool:
    """Tell whether a third party network reports a year: both conditions, each exceeded (WE-24)."""
    return rule.k_amount.is_met(amount) and payment_count > rule.k_count


def needs_1099_nec(*, rule: ReportRule, amount: Money) -> bool:
    """Tell whether a year of pay for services is reported; the policy says what exactly $2,000 is.

    $650 in 2025 is, $1,950 in 2026 is not (WE-24).
    """
    return rule.nec_amount.is_met(amount)


def needs_1042_s(*, source_paid: Money) -> bool:
    """Tell whether a non-resident's pay from the source country is reported: any is (WE-26)."""
    return source_paid > Money.zero(source_paid.currency)


def needs_dac7(*, rule: ReportRule, activity: Activity, amount: Money, count: int) -> bool:
    """Tell whether a seller is reported: services always; goods unless few and small (WE-25)."""
    if activity is Activity.SERVICES:
        return count > 0
    return count >= rule.dac7_goods_count or rule.dac7_goods_amount.is_met(amount)
