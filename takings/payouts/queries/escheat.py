"""Balances that nobody comes for: since when they rest, who was told, and what became of them."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from takings.core.cells import cell
from takings.core.errors import NotFound
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payouts.models import (
    Escheat,
    EscheatLine,
    EscheatNotice,
    LineState,
    Profile,
    Remittance,
)
from takings.payouts.queries.candidates import account_of, candidates
from takings.payouts.queries.papers import Standing, papers_of
from takings.payouts.queries.past import Look
from takings.payouts.rules.drafting import Candidate
from takings.payouts.rules.escheat import Rest, Stage, falls_on, is_unreached, stage_of
from takings.payouts.rules.remitting import UNCLAIMED
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator
from takings.policies.queries import payout_policy_at
from takings.policies.rules import EscheatRule

HEAD = (
    *("reference", "creator", "legal_name", "street", "postcode", "town", "country"),
    *("currency", "amount", "rests_since", "told_on"),
)


class NoSuchEscheat(NotFound):
    """No proposal has this id."""

    code = "no_such_escheat"
    sentence = "There is no such proposal."


class NoSuchBalance(NotFound):
    """No unclaimed balance has this id, or it is somebody else's."""

    code = "no_such_balance"
    sentence = "There is no such balance of yours."


@dataclass(frozen=True, slots=True)
class Resting:
    """A creator whose money rests: ``amounts`` in whole cents, by currency, each positive."""

    creator: Creator
    amounts: tuple[Money, ...]
    rule: EscheatRule
    rest: Rest
    stage: Stage
    notice: EscheatNotice | None

    @property
    def falls_on(self) -> dt.date:
        """The first day on which the state may have it."""
        return falls_on(self.rest, rule=self.rule)


def resting(*, at: dt.datetime, creator: Creator | None = None) -> list[Resting]:
    """Return everybody, or one creator, whose balance rests long enough for a notice, by creator.

    Nothing is returned before there is a rule, nor for a jurisdiction without one.
    """
    policy = payout_policy_at(at=at)
    rules = {rule.jurisdiction: rule for rule in policy.dormancy.escheats}
    if not rules:
        return []
    whose = creator.pk if creator else None
    look = Look(rules=policy, until=at, at=at, rates_on=at.date(), creator_id=whose)
    unreached = [
        (one, standing)
        for one, standing in candidates(look)
        if is_unreached(gate=one.gate, at=at) and _amounts(one)
    ]
    keys = [one.creator_id for one, _ in unreached]
    who = Creator.objects.select_related("user").in_bulk(keys)
    told = _notices(keys)
    found = []
    for one, known in unreached:
        owner = who[one.creator_id]
        rule = rules.get(known.profile.country if known.profile else owner.user.country)
        if rule is not None:
            notice = told.get(owner.pk)
            since = _rests_since(owner, one, known=known, notice=notice)
            counts = notice if notice and notice.rests_since == since else None
            rest = Rest(since, counts.given_at.date() if counts else None)
            stage = stage_of(rest, rule=rule, on=at.date())
            found.append(Resting(owner, _amounts(one), rule, rest, stage, counts))
    return [one for one in found if one.stage is not Stage.AWAKE]


def _amounts(one: Candidate) -> tuple[Money, ...]:
    """Return what could fall: nothing of somebody who owes something."""
    if any(money < Money.zero(money.currency) for money in one.holdings):
        return ()
    whole = (money.split_payable()[0] for money in one.holdings)
    return tuple(money for money in whole if money)


def _notices(keys: Sequence[int]) -> Mapping[int, EscheatNotice]:
    """Return the newest notice of each."""
    rows = EscheatNotice.objects.filter(creator_id__in=keys)
    newest = rows.order_by("creator_id", "-given_at", "-pk").distinct("creator_id")
    return {row.creator_id: row for row in newest}


def _rests_since(
    owner: Creator, one: Candidate, *, known: Standing, notice: EscheatNotice | None
) -> dt.date:
    """Return the last day on which money moved or its owner came."""
    signs = [_last_moved(owner, money.currency) for money in one.holdings]
    if known.profile is not None:
        signs.append(known.profile.submitted_at.date())
    if known.method is not None:
        signs.append(known.method.added_at.date())
    if notice is not None and notice.answered_at is not None:
        signs.append(notice.answered_at.date())
    return max(signs)


def _last_moved(creator: Creator, currency: str) -> dt.date:
    """Return the last day on which something was earned, paid, given back or taken back."""
    return ledger.daily_balances(name=account_of(creator.pk), currency=currency)[-1][0]


def open_notice(*, creator: Creator, at: dt.datetime) -> EscheatNotice | None:
    """Return the notice that a creator should read: not answered, and their balance still rests."""
    newest = _notices([creator.pk]).get(creator.pk)
    if newest is None or newest.answered_at is not None:
        return None
    return newest if any(one.notice == newest for one in resting(at=at, creator=creator)) else None


def unclaimed_of(*, creator: Creator) -> list[EscheatLine]:
    """Return a creator's balances that left theirs, newest first."""
    rows = EscheatLine.objects.filter(creator=creator).select_related("notice", "remittance")
    gone = rows.filter(state__in=(LineState.UNCLAIMED, LineState.CLAIMED, LineState.REMITTED))
    return list(gone.order_by("-escheat__proposed_at", "currency"))


def unclaimed_totals() -> list[tuple[str, Money]]:
    """Return what waits for its owners or the state, by account and currency."""
    rows = ledger.balances(prefix=UNCLAIMED)
    return [(row.name, row.balance) for row in rows if row.balance]


def escheats(*, limit: int = 50) -> list[Escheat]:
    """Return the newest proposals, each with ``line_count``."""
    rows = Escheat.objects.select_related("proposed_by", "answered_by")
    return list(rows.annotate(line_count=Count("lines")).order_by("-proposed_at", "-pk")[:limit])


def access_escheat(*, user: Visitor, escheat_id: UUID) -> Escheat:
    """Return a proposal to an operator. Refuses: OperatorsOnly, NoSuchEscheat."""
    access_operator(user=user)
    rows = Escheat.objects.select_related("proposed_by", "answered_by")
    found = rows.filter(pk=escheat_id).first()
    if found is None:
        raise NoSuchEscheat
    return found


def lines_of_escheat(found: Escheat) -> list[EscheatLine]:
    """Return the balances of a proposal, by creator."""
    return list(
        found.lines.select_related("creator", "notice").order_by("creator__handle", "currency")
    )


def unclaimed_csv(remittance: Remittance) -> bytes:
    """Return whose balances a payment to a state was: its report, with what is known of them."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(HEAD)
    rows = remittance.balances.select_related("creator__user", "notice")
    lines = list(rows.order_by("creator__handle", "currency"))
    newest = Profile.objects.filter(creator_id__in=[one.creator_id for one in lines])
    profiles = {
        row.creator_id: row for row in newest.order_by("creator_id", "-number").distinct("creator")
    }
    for line in lines:
        whole = _row(remittance, line, profiles.get(line.creator_id))
        table.writerow([cell(value) for value in whole])
    return out.getvalue().encode()


def _row(remittance: Remittance, line: EscheatLine, profile: Profile | None) -> Sequence[object]:
    told = papers_of(profile) if profile else None
    address = (told.legal_name, told.street, told.postcode, told.town) if told else ("",) * 4
    return (
        *(remittance.reference, line.creator.handle, *address, line.notice.jurisdiction),
        *(line.currency, line.amount.decimal()),
        *(line.notice.rests_since, line.notice.given_at.date()),
    )
