"""What gifts earn a creator right now: today, this month, and what waits until when."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from takings.gifts.models import Gift
from takings.gifts.queries.insights import sums_of
from takings.gifts.queries.standing import standing_gifts
from takings.gifts.rules.insights import Span, Sums, moneys, month_words, since
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.policies.rules import GIFTS
from takings.settlement.models import DirectEarning, ShareLine, Statement
from takings.settlement.queries import open_period, payable_from


@dataclass(frozen=True, slots=True)
class Waiting:
    """A closed month's share of gifts inside its hold window, which ends at ``until``."""

    month: str
    share: Money
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Income:
    """A creator's gifts now.

    ``estimated`` is what the open period's statement would say of gifts, before what the creator
    agreed to share. ``looked_at`` are gifts that are held, those that end first in front.
    ``payable`` is everything that may be paid out, whatever it was earned with.
    """

    today: Sums
    month: str
    estimated: tuple[Money, ...]
    waiting: list[Waiting]
    looked_at: list[Gift]
    payable: tuple[Money, ...]


def income(*, creator: Creator, at: dt.datetime) -> Income:
    """Return what gifts earn a creator; a day is one of the creator's own time zone."""
    period = open_period(at=at).name
    began_at = since(Span.TODAY, at=at, time_zone=creator.user.time_zone)
    earned = DirectEarning.objects.filter(creator=creator, product=GIFTS, period=period)
    sums = earned.order_by().values_list("currency").annotate(micros=Sum("share_micros"))
    return Income(
        today=sums_of(standing_gifts(creator=creator, since=began_at)),
        month=month_words(period),
        estimated=moneys(sums),
        waiting=_waiting(creator),
        looked_at=list(looked_at(creator=creator)),
        payable=payable_of(creator),
    )


def looked_at(*, creator: Creator) -> list[Gift]:
    """Return a creator's gifts that are held, those that end first in front."""
    found = Gift.objects.filter(
        creator=creator, hold__isnull=False, release__isnull=True, taken_back__isnull=True
    )
    rows = found.select_related("kind", "hold", "sender").prefetch_related("moneys")
    return list(rows.order_by("hold__ends_at", "pk"))


def payable_of(creator: Creator) -> tuple[Money, ...]:
    """Return what may be paid out to a creator, by currency; below zero it is owed."""
    name = f"creator:{creator.pk}:payable"
    rows = [row.balance for row in ledger.balances(prefix=name) if row.name == name]
    return moneys((one.currency, one.micros) for one in rows)


def _waiting(creator: Creator) -> list[Waiting]:
    told = Statement.objects.filter(creator=creator, release__isnull=True).select_related("period")
    found = []
    for statement in told.order_by("period__starts_at", "currency"):
        lines = ShareLine.objects.filter(
            period=statement.period, creator=creator, product=GIFTS, currency=statement.currency
        )
        micros = lines.aggregate(micros=Sum("amount_micros"))["micros"]
        until = payable_from(period=statement.period)
        if micros and until is not None:
            share = Money(micros, statement.currency)
            found.append(Waiting(month_words(statement.period.name), share, until))
    return found
