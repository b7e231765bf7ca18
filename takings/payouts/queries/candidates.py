"""Everybody with a balance, and all that decides whether they are paid: a few set-based looks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from takings.ledger import queries as ledger
from takings.ledger.queries.rates import NoRate, rate_on
from takings.ledger.rules.converting import DatedRate
from takings.money import Money
from takings.payouts.models import Payout
from takings.payouts.queries.papers import Standing, hits_of, papers_of
from takings.payouts.queries.past import Known, Look
from takings.payouts.rules.deciding import Gate, check_gate
from takings.payouts.rules.drafting import Candidate

CHUNK = 5_000
CHANGED = "Papers or bank account changed after it was drafted."


def account_of(creator_id: int) -> str:
    """Return the account of what a creator may be paid."""
    return f"creator:{creator_id}:payable"


def ripe_payables(*, until: dt.datetime, creator_id: int | None = None) -> list[ledger.Ripe]:
    """Return the payable balances of everybody, or of one, that are ripe and not zero."""
    whose = "" if creator_id is None else f"{creator_id}:"
    found = ledger.ripe_balances(prefix=f"creator:{whose}", suffix="payable", until=until)
    return [one for one in found if one.ripe]


def candidates(look: Look) -> Iterator[tuple[Candidate, Standing]]:
    """Return everybody with a ripe balance that is not zero, with their papers, by creator."""
    holdings: dict[int, list[Money]] = defaultdict(list)
    for one in ripe_payables(until=look.until, creator_id=look.creator_id):
        holdings[int(one.name.split(":")[1])].append(one.ripe)
    rates = _Rates(look.rates_on)
    everybody = sorted(holdings)
    for first in range(0, len(everybody), CHUNK):
        chunk = everybody[first : first + CHUNK]
        known = Known(look, chunk)
        for key in chunk:
            found_out = _candidate(key, holdings[key], known=known, rates=rates)
            yield found_out, known.standings[key]


def _candidate(key: int, holdings: list[Money], *, known: Known, rates: "_Rates") -> Candidate:
    standing = known.standings[key]
    currency = standing.method.currency if standing.method else holdings[0].currency
    return Candidate(
        creator_id=key,
        holdings=tuple(holdings),
        statements=tuple(known.statements.get(key, ())),
        gate=replace(gate_of(key, known=known), is_in_a_batch=key in known.in_a_batch),
        currency=currency,
        rates=rates.to(currency, sources=[one.currency for one in holdings]),
        tax=standing.tax_status(),
        past=known.past(key, currency),
    )


def barred(*, payouts: Sequence[Payout], look: Look) -> dict[UUID, str]:
    """Return those of drafted payouts that may not be sent any more, each with why."""
    known = Known(look, [one.creator_id for one in payouts])
    found = {one.pk: _bar(one, known=known) for one in payouts}
    return {key: why for key, why in found.items() if why}


def _bar(payout: Payout, *, known: Known) -> str:
    standing = known.standings[payout.creator_id]
    left_out = check_gate(gate=gate_of(payout.creator_id, known=known), at=known.look.at)
    if left_out is not None:
        return left_out.sentence
    return CHANGED if (standing.profile, standing.method) != (payout.profile, payout.method) else ""


def gate_of(key: int, *, known: Known) -> Gate:
    """Return what decides whether somebody may be paid at all."""
    standing = known.standings[key]
    gate = standing.gate(hit_count=_hit_count(standing), at=known.look.at)
    return replace(gate, came_back=known.came_back.get(key, ""))


def _hit_count(standing: Standing) -> int:
    """Ask the list of today, but only of those who were verified: the others are not paid."""
    if standing.profile is None or standing.review is None:
        return 0
    return len(hits_of(papers_of(standing.profile)))


@dataclass(slots=True)
class _Rates:
    """Rates of a day, each looked up once."""

    on: dt.date
    found: dict[tuple[str, str], DatedRate | None] = field(default_factory=dict)

    def to(self, currency: str, *, sources: Collection[str]) -> dict[str, DatedRate]:
        """Return the rates that exist from these currencies to this one."""
        rates = {code: self._rate(code, currency) for code in sources if code != currency}
        return {code: rate for code, rate in rates.items() if rate is not None}

    def _rate(self, base: str, quote: str) -> DatedRate | None:
        if (base, quote) not in self.found:
            try:
                self.found[base, quote] = rate_on(base=base, quote=quote, on=self.on)
            except NoRate:
                self.found[base, quote] = None
        return self.found[base, quote]
