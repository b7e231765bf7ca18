"""What a payout makes of money in several currencies, without a database."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from takings.ledger.rules.converting import DatedRate
from takings.money import Money
from takings.payouts.rules.deciding import Gate, LeftOut, ProfileState, Reason
from takings.payouts.rules.drafting import Candidate, Draft, Past, Stated, decide
from takings.payouts.rules.withholding import TaxForm, TaxStatus
from takings.policies.queries import payout_policies
from tests.make.ledger import usd

RULES = payout_policies()[-1]
AT = dt.datetime(2026, 12, 21, tzinfo=dt.UTC)
RATE = DatedRate("USD", "EUR", AT.date(), Decimal("0.5"), "ECB")


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def candidate(*holdings: Money, stated: tuple[Stated, ...] = ()) -> Candidate:
    nothing = Money.zero("EUR")
    return Candidate(
        creator_id=1,
        holdings=holdings,
        statements=stated,
        gate=Gate(ProfileState.VERIFIED),
        currency="EUR",
        rates={"USD": RATE},
        tax=TaxStatus(TaxForm.W9, "US"),
        past=Past(nothing, nothing, nothing, None, Fraction(0), 0, 0),
    )


def draft(found: Draft | LeftOut) -> Draft:
    assert isinstance(found, Draft)
    return found


def test_balances_of_several_currencies_are_paid_together() -> None:
    statement = Stated(7, usd(100), usd(40))
    found = draft(decide(candidate(eur("60"), usd(100), stated=(statement,)), rules=RULES, at=AT))
    assert found.parts.net == eur("110")
    assert [(change.amount, change.worth) for change in found.changes] == [(usd(100), eur("50"))]
    assert [(line.statement_id, line.worth) for line in found.lines] == [
        (7, eur("50")),
        (None, eur("60")),
    ]
    assert found.source == eur("44")  # 40 % of what is newly paid


def test_what_is_worth_nothing_in_the_currency_paid_stays_where_it_is() -> None:
    tiny = Money(1, "USD")
    found = draft(decide(candidate(eur("80"), tiny), rules=RULES, at=AT))
    assert (found.changes, found.parts.net) == ((), eur("80"))


def test_a_statement_in_a_currency_that_is_not_changed_waits() -> None:
    yen = Money.parse("5000", "JPY")
    found = draft(decide(candidate(eur("80"), stated=(Stated(3, yen, yen),)), rules=RULES, at=AT))
    assert [line.statement_id for line in found.lines] == [None]


def test_tax_that_takes_everything_leaves_nothing_to_pay() -> None:
    one = candidate(Money(9_000, "EUR"))
    found = decide(one, rules=RULES, at=AT)
    assert isinstance(found, LeftOut)
    assert found.reason == Reason.NOTHING
