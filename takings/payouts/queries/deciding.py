"""What would be paid now: the dry run of a batch, and a creator's next payout."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from takings.ledger import queries as ledger
from takings.money import Money
from takings.payouts.queries.candidates import account_of, candidates, ripe_payables
from takings.payouts.queries.papers import Standing
from takings.payouts.queries.past import Look
from takings.payouts.rules.calendar import PayDates, last_dates, next_dates
from takings.payouts.rules.deciding import LeftOut, Reason
from takings.payouts.rules.drafting import Candidate, Draft, decide
from takings.people.models import Creator
from takings.policies.queries import payout_policy_at

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody with a balance, and what was decided."""

    candidate: Candidate
    standing: Standing
    decision: Draft | LeftOut


@dataclass(frozen=True, slots=True)
class Total:
    """All payouts of one kind of file and currency."""

    rail: str
    count: int
    net: Money
    withheld: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """A dry run: sums of everybody, reasons by number, and the first lines of each."""

    dates: PayDates
    totals: tuple[Total, ...]
    reasons: tuple[tuple[Reason, int], ...]
    drafts: tuple[tuple[Creator, Draft], ...]
    left_out: tuple[tuple[Creator, Money, LeftOut], ...]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A creator's next payout: when it would leave, and how much, or why nothing does.

    ``balances`` are what is payable now; ``decision`` is as if nothing changed until then.
    """

    dates: PayDates
    balances: tuple[Money, ...]
    decision: Draft | LeftOut


def last_pay_dates(*, at: dt.datetime) -> PayDates:
    """Return the newest dates whose balances are fixed."""
    return last_dates(rule=payout_policy_at(at=at).schedule, at=at)


def decided(*, at: dt.datetime, chunk: int) -> Iterator[list[Decided]]:
    """Decide everybody with a balance by the dates that are due, so many at a time."""
    rules = payout_policy_at(at=at)
    until = last_pay_dates(at=at).counts_until
    look = Look(rules=rules, until=until, at=at, rates_on=at.date())
    everybody = candidates(look)
    while found := list(islice(everybody, chunk)):
        yield [Decided(one, standing, decide(one, rules=rules, at=at)) for one, standing in found]


def due_count(*, at: dt.datetime) -> int:
    """Return how many balances a batch drafted now would decide."""
    until = last_pay_dates(at=at).counts_until
    return len({one.name for one in ripe_payables(until=until)})


def preview(*, at: dt.datetime) -> Preview:
    """Return what a batch drafted now would hold; nothing is kept."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    reasons: Counter[Reason] = Counter()
    drafts: list[tuple[int, Draft]] = []
    left_out: list[tuple[int, Money, LeftOut]] = []
    for chunk in decided(at=at, chunk=1_000):
        for one in chunk:
            key = one.candidate.creator_id
            if isinstance(one.decision, LeftOut):
                reasons[one.decision.reason] += 1
                left_out.append((key, one.candidate.holdings[0], one.decision))
                del left_out[SHOWN:]
                continue
            rail = one.standing.method.rail if one.standing.method else ""
            total = sums[rail, one.decision.balance.currency]
            total[0] += 1
            total[1] += one.decision.parts.net.micros
            total[2] += one.decision.parts.withheld.micros
            drafts.append((key, one.decision))
            del drafts[SHOWN:]
    who = Creator.objects.in_bulk([key for key, *_ in (*drafts, *left_out)])
    return Preview(
        dates=last_pay_dates(at=at),
        totals=tuple(
            Total(rail, count, Money(net, code), Money(withheld, code))
            for (rail, code), (count, net, withheld) in sorted(sums.items())
        ),
        reasons=tuple(reasons.most_common()),
        drafts=tuple((who[key], draft) for key, draft in drafts),
        left_out=tuple((who[key], money, why) for key, money, why in left_out),
    )


def upcoming(*, creator: Creator, at: dt.datetime) -> Upcoming:
    """Return a creator's next payout as if nothing changed until then."""
    rules = payout_policy_at(at=at)
    dates = next_dates(rule=rules.schedule, at=at)
    then = dt.datetime.combine(dates.paid_from, dt.time(), tzinfo=dt.UTC)
    look = Look(rules=rules, until=at, at=max(at, then), rates_on=at.date(), creator_id=creator.pk)
    found = [decide(one, rules=rules, at=look.at) for one, _ in candidates(look)]
    nothing = LeftOut(Reason.NOTHING, "There is nothing to pay.")
    return Upcoming(
        dates=dates,
        balances=tuple(
            one.balance
            for one in ledger.balances(prefix=account_of(creator.pk))
            if one.name == account_of(creator.pk) and one.balance
        ),
        decision=found[0] if found else nothing,
    )
