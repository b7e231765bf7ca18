"""From what is known of a creator to a payout, or to the reason why there is none."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from takings.ledger.rules.converting import DatedRate, NothingArrives
from takings.money import Money, Rate, format_money
from takings.payouts.rules.deciding import (
    Gate,
    LeftOut,
    Reason,
    check_amount,
    check_gate,
    unreachable,
)
from takings.payouts.rules.dormancy import Dormancy, decide_dormancy
from takings.payouts.rules.sums import Parts, carried, newly_paid, take_apart
from takings.payouts.rules.withholding import (
    Earned,
    TaxStatus,
    Withheld,
    YearSoFar,
    source_ratio,
    withhold,
    withhold_cumulatively,
)
from takings.policies.rules import PayoutPolicy


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement that no payout has taken yet; ``source`` is its part from the source country."""

    statement_id: int
    amount: Money
    source: Money


@dataclass(frozen=True, slots=True)
class Past:
    """What payouts did before, in the currency paid.

    ``remainder`` is what the newest one left, taxed already; ``paid`` and ``withheld`` are of this
    calendar year, the latter for the cumulative country; ``first_month`` is the year's first.
    ``source_ratio`` is what of all statements ever came from the source country. ``vat`` is what
    self-billed invoices put on top and no payout has taken yet: it is nobody's income.
    """

    remainder: Money
    paid: Money
    withheld: Money
    first_month: int | None
    source_ratio: Fraction
    idle_months: int
    unpaid_months: int
    vat: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with a balance: ``holdings`` are what is ripe, one amount a currency, none zero.

    ``rates`` lead to ``currency``, the one they are paid in. Without a method, ``currency`` is that
    of the first holding.
    """

    creator_id: int
    holdings: tuple[Money, ...]
    statements: tuple[Stated, ...]
    gate: Gate
    currency: str
    rates: Mapping[str, DatedRate]
    tax: TaxStatus | None
    past: Past


@dataclass(frozen=True, slots=True)
class Change:
    """A holding in another currency, and what it becomes at which rate."""

    amount: Money
    worth: Money
    rate: DatedRate


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a payout: a statement, or ``None`` for what was carried over or taken back."""

    statement_id: int | None
    amount: Money
    worth: Money


@dataclass(frozen=True, slots=True)
class Draft:
    """A payout as it would be: ``lines`` sum to ``parts.gross``.

    ``source`` is what of the newly paid comes from the country that withholds by source.
    """

    balance: Money
    parts: Parts
    withheld: tuple[Withheld, ...]
    changes: tuple[Change, ...]
    lines: tuple[Share, ...]
    source: Money
    why: str = ""


def decide(candidate: Candidate, *, rules: PayoutPolicy, at: dt.datetime) -> Draft | LeftOut:
    """Return what is paid to somebody, or why nothing is."""
    owed = next((one for one in candidate.holdings if one < Money.zero(one.currency)), None)
    if owed is not None:
        amount = format_money(-owed, exact=True)
        return LeftOut(Reason.OWED, f"{amount} is owed: more was taken back than there was.")
    blocked = check_gate(gate=candidate.gate, at=at)
    dormancy = _dormancy(candidate, rules=rules, can_be_paid=blocked is None)
    if blocked is not None or candidate.tax is None:
        no_papers = LeftOut(Reason.NO_PROFILE, "Where you pay tax is not known yet.")
        return unreachable(dormancy=dormancy, left_out=blocked or no_papers)
    missing = [one.currency for one in candidate.holdings if _needs_rate(one, candidate)]
    if missing:
        told = f"There is no rate from {missing[0]} to {candidate.currency} of these days."
        return LeftOut(Reason.NO_RATE, told)
    return _draft(candidate, candidate.tax, rules=rules, dormancy=dormancy, at=at)


def _needs_rate(holding: Money, candidate: Candidate) -> bool:
    return holding.currency != candidate.currency and holding.currency not in candidate.rates


def _dormancy(candidate: Candidate, *, rules: PayoutPolicy, can_be_paid: bool) -> Dormancy:
    return decide_dormancy(
        rule=rules.dormancy,
        balance=next(iter(candidate.holdings), Money.zero(candidate.currency)),
        idle_months=candidate.past.idle_months,
        unpaid_months=candidate.past.unpaid_months,
        can_be_paid=can_be_paid,
    )


def _draft(
    candidate: Candidate,
    tax: TaxStatus,
    *,
    rules: PayoutPolicy,
    dormancy: Dormancy,
    at: dt.datetime,
) -> Draft | LeftOut:
    zero = Money.zero(candidate.currency)
    changes = _changes(candidate)
    own = [one for one in candidate.holdings if one.currency == candidate.currency]
    balance = sum((*own, *(change.worth for change in changes)), zero)
    stated = _stated(candidate)
    earned = _earned(candidate, balance=balance)
    withheld = _withheld(candidate, tax, earned=earned, rules=rules, at=at)
    if isinstance(withheld, LeftOut):
        return withheld
    parts = take_apart(balance=balance, withheld=withheld)
    net = max(parts.net, zero)
    left_out = check_amount(rule=rules.schedule, balance=balance, net=net, dormancy=dormancy)
    if left_out is not None:
        return left_out
    rest = carried(gross=parts.gross, stated=sum((one.worth for one in stated), zero))
    lines = (*stated, Share(None, rest, rest)) if rest else stated
    why = "It rested too long to wait for the minimum." if dormancy is Dormancy.PAID else ""
    return Draft(balance, parts, withheld, changes, lines, earned.source, why)


def _changes(candidate: Candidate) -> tuple[Change, ...]:
    found = []
    for holding in candidate.holdings:
        if holding.currency != candidate.currency:
            rate = candidate.rates[holding.currency]
            worth = _worth(holding, candidate)
            if worth:
                found.append(Change(holding, worth, rate))
    return tuple(found)


def _worth(amount: Money, candidate: Candidate) -> Money:
    """Return what an amount is worth in the currency paid; what is worth nothing stays."""
    if amount.currency == candidate.currency or not amount:
        return Money(amount.micros, candidate.currency)
    try:
        return candidate.rates[amount.currency].convert(amount)
    except NothingArrives:
        return Money.zero(candidate.currency)


def _stated(candidate: Candidate) -> tuple[Share, ...]:
    known = {candidate.currency, *candidate.rates}
    return tuple(
        Share(one.statement_id, one.amount, _worth(one.amount, candidate))
        for one in candidate.statements
        if one.amount.currency in known
    )


def _earned(candidate: Candidate, *, balance: Money) -> Earned:
    """Return what is newly paid, and its source part: in the proportion of the statements paid."""
    vat = (_worth(one, candidate) for one in candidate.past.vat)
    untaxed = sum(vat, candidate.past.remainder)
    whole = newly_paid(balance=balance, remainder_before=untaxed)
    sums = [(_worth(s.amount, candidate), _worth(s.source, candidate)) for s in _known(candidate)]
    ratio = candidate.past.source_ratio
    if sums:
        stated = sum(amount.micros for amount, _ in sums)
        ratio = source_ratio(stated=stated, source=sum(part.micros for _, part in sums))
    return Earned(whole=whole, source=whole.times(Rate(ratio), rounding="down"))


def _withheld(
    candidate: Candidate,
    tax: TaxStatus,
    *,
    earned: Earned,
    rules: PayoutPolicy,
    at: dt.datetime,
) -> tuple[Withheld, ...] | LeftOut:
    found = [withhold(rule=rules.withholding, status=tax, earned=earned, on=at.date())]
    cumulative = rules.withholding.cumulative
    if tax.residence == cumulative.country and at.date() >= cumulative.valid_from:
        if candidate.currency != cumulative.currency:
            code, place = cumulative.currency, cumulative.country
            told = f"Tax of {place} is withheld in {code}; choose an account in {code}."
            return LeftOut(Reason.OTHER_TAX_CURRENCY, told)
        year = _year(candidate, earned.whole, at=at)
        found.append(withhold_cumulatively(rule=cumulative, year=year))
    return tuple(one for one in found if one is not None)


def _known(candidate: Candidate) -> tuple[Stated, ...]:
    known = {candidate.currency, *candidate.rates}
    return tuple(one for one in candidate.statements if one.amount.currency in known)


def _year(candidate: Candidate, now: Money, *, at: dt.datetime) -> YearSoFar:
    first = candidate.past.first_month or at.month
    return YearSoFar(
        paid=candidate.past.paid,
        withheld=candidate.past.withheld,
        now=now,
        month_count=at.month - first + 1,
    )
