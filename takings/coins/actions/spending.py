"""Spending coins, for many people at once: a handful of statements, however many they are.

Nothing is posted here: the caller makes one entry of the coins and of what they pay for. Its
transaction holds the wallets until it commits, so two spendings of one wallet take turns.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from takings.coins.models import CoinLot, Limit, Spend, SpendPart, Wallet
from takings.coins.queries import limits_of, open_lots, spent_on
from takings.coins.rules import (
    LimitKind,
    OpenLot,
    Paused,
    Taken,
    check_person,
    days_of,
    left_of,
    spend_lots,
)
from takings.coins.rules.limits import SUMS, check_sum
from takings.coins.rules.lots import after
from takings.core.errors import Invalid, Refusal
from takings.money import Money
from takings.money.currency import COIN
from takings.policies.queries import coin_rule_at
from takings.policies.rules import CoinRule


class SpendIdTaken(Invalid):
    """The id of a spending is its idempotency key."""

    code = "spend_id_taken"
    sentence = "A spending with this id exists and is another one; open the form again."


class NothingToSpend(Invalid):
    """Whoever spends, spends something."""

    code = "nothing_to_spend"
    sentence = "Spend at least one coin."


@dataclass(frozen=True, slots=True)
class Ask:
    """Coins that somebody wants to spend.

    ``id`` makes asking twice the same as once; what a browser chose is no id, only what is derived
    from it and the viewer (:func:`takings.core.ids.derived`). ``viewer_id`` is the key of a user.
    """

    id: UUID
    viewer_id: int
    coins: Money
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A spending that could not be, and why; nothing was taken."""

    spend_id: UUID
    refusal: Refusal


def take(*, asks: Sequence[Ask], at: dt.datetime) -> list[Taken | Refused]:
    """Take coins out of wallets, inside the caller's transaction; the answers keep their order.

    Each ask is answered for itself, seeing what those before it left: Taken says of which lots the
    coins are, or Refused why not (NotEnoughCoins, CoinsHeld, LimitReached, Paused, TooYoung,
    AgeUnknown, NotInThisCountry, SpendIdTaken, NothingToSpend). Asked again, a spending is answered
    as the first time. Wallets are locked in the order of their keys.

    The caller posts what :func:`~takings.coins.rules.coin_transfers` says, and of each part its
    ``value`` from its ``account``: ``coins:liability:<lot> → creator:pending`` and the rest.
    """
    wallets = _lock({ask.viewer_id for ask in asks})
    known = _known(ask.id for ask in asks)
    state = _State(wallets, coin_rule_at(at=at), at, open_lots(viewer_ids=wallets), known)
    state.read_limits()
    answers = [_answer(ask, state) for ask in asks]
    _write(state)
    return answers


def give_back(*, spend_ids: Collection[UUID], at: dt.datetime) -> list[Taken]:
    """Undo spendings wholly and exactly, each once; return how they went back, ordered by id.

    Every coin goes back into its lot, and its money to the lot's account; of lots that were taken
    back or ended meanwhile it does not (:class:`~takings.coins.rules.Part`). Inside the caller's
    transaction, which posts the reverse of what it posted. Given back before, it is answered the
    same way. Ids that are no spending are left out.
    """
    owners = Spend.objects.filter(pk__in=spend_ids).values_list("wallet_id", flat=True)
    _lock(set(owners))
    spends = list(Spend.objects.filter(pk__in=spend_ids).order_by("pk"))
    fresh = {spend.pk for spend in spends if spend.given_back_at is None}
    parts = list(
        SpendPart.objects.filter(spend__in=spends).select_related("lot").order_by("spend_id", "pk")
    )
    lots = {part.lot.pk: part.lot for part in parts}
    for part in parts:
        part.lot = lots[part.lot.pk]
        if part.spend_id in fresh:
            _return(part)
    SpendPart.objects.bulk_update(
        [part for part in parts if part.spend_id in fresh], ["kept_micros", "kept_value_micros"]
    )
    CoinLot.objects.bulk_update(lots.values(), _LOT_FIELDS)
    Spend.objects.filter(pk__in=fresh).update(given_back_at=at)
    return [
        Taken(
            spend.pk,
            spend.wallet_id,
            tuple(
                way
                for part in parts
                if part.spend_id == spend.pk
                for way in part.given_back(part.lot)
            ),
        )
        for spend in spends
    ]


_LOT_FIELDS = (
    "spent_micros",
    "left_micros",
    "value_left_micros",
    "kept_micros",
    "kept_value_micros",
)


def _return(part: SpendPart) -> None:
    """Put the coins of a part back into its lot, as far as the lot may have them."""
    lot = part.lot
    spent = lot.spent_micros - part.coins_micros
    left = left_of(coins_micros=lot.coins_micros, spent_micros=spent, gone_micros=lot.gone_micros)
    part.kept_micros = part.coins_micros - (left - lot.left_micros)
    part.kept_value_micros = part.value_micros * part.kept_micros // part.coins_micros
    lot.spent_micros, lot.left_micros = spent, left
    lot.value_left_micros += part.value_micros - part.kept_value_micros
    lot.kept_micros += part.kept_micros
    lot.kept_value_micros += part.kept_value_micros


@dataclass(slots=True)
class _State:
    """What the wallets of a call hold while it is worked, and what it takes."""

    wallets: Mapping[int, Wallet]
    rule: CoinRule
    at: dt.datetime
    lots: dict[int, list[OpenLot]]
    known: dict[UUID, tuple[Money, Taken]]
    limits: Mapping[int, Mapping[LimitKind, Limit]] = field(default_factory=dict)
    spent: Mapping[int, dict[dt.date, int]] = field(default_factory=dict)
    spends: list[Spend] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def read_limits(self) -> None:
        """Read the limits that hold, and what was spent in the months they are for."""
        self.limits = limits_of(viewer_ids=self.wallets, at=self.at)
        summed = [pk for pk, kinds in self.limits.items() if not kinds.keys().isdisjoint(SUMS)]
        if summed:
            first = (self.at - dt.timedelta(days=1)).date().replace(day=1)  # west of Greenwich
            found = spent_on(viewer_ids=summed, since=first)
            self.spent = {pk: found.get(pk, {}) for pk in summed}


def _lock(viewer_ids: Collection[int]) -> dict[int, Wallet]:
    """Lock wallets in the order of their keys: two calls never wait for each other in a ring."""
    locked = Wallet.objects.select_related("user").select_for_update(of=("self",), no_key=True)
    return {wallet.pk: wallet for wallet in locked.filter(pk__in=viewer_ids).order_by("pk")}


def _known(spend_ids: Iterable[UUID]) -> dict[UUID, tuple[Money, Taken]]:
    """Return the spendings that were taken before, under these ids."""
    spends = {spend.pk: spend for spend in Spend.objects.filter(pk__in=list(spend_ids))}
    parts: dict[UUID, list[SpendPart]] = {pk: [] for pk in spends}
    for part in SpendPart.objects.filter(spend__in=spends).select_related("lot").order_by("pk"):
        parts[part.spend_id].append(part)
    return {
        pk: (
            Money(spend.coins_micros, COIN),
            Taken(pk, spend.wallet_id, tuple(part.spent(part.lot) for part in parts[pk])),
        )
        for pk, spend in spends.items()
    }


def _answer(ask: Ask, state: _State) -> Taken | Refused:
    known = state.known.get(ask.id)
    if known is not None:
        is_same = (known[1].viewer_id, known[0]) == (ask.viewer_id, ask.coins)
        return known[1] if is_same else Refused(ask.id, SpendIdTaken())
    try:
        return _take(ask, state)
    except Refusal as refusal:
        return Refused(ask.id, refusal)


def _take(ask: Ask, state: _State) -> Taken:
    if ask.coins <= Money.zero(COIN):
        raise NothingToSpend
    day = _check(ask, state)
    lots = state.lots.get(ask.viewer_id, [])
    first = state.rule.bonus_first
    taken = Taken(
        ask.id,
        ask.viewer_id,
        spend_lots(lots=lots, asked=ask.coins, at=state.at, bonus_first=first),
    )
    state.lots[ask.viewer_id] = after(lots, taken.parts)
    state.known[ask.id] = (ask.coins, taken)
    if ask.viewer_id in state.spent:
        spent = state.spent[ask.viewer_id]
        spent[day] = spent.get(day, 0) + ask.coins.micros
    state.taken.append(taken)
    state.spends.append(
        Spend(
            id=ask.id,
            wallet_id=ask.viewer_id,
            coins_micros=ask.coins.micros,
            day=day,
            occurred_at=ask.occurred_at,
        )
    )
    return taken


def _check(ask: Ask, state: _State) -> dt.date:
    """Return the day it counts for, if this person may spend so much now."""
    wallet = state.wallets.get(ask.viewer_id)
    if wallet is None:
        return state.at.date()  # never had coins: there are not enough
    user = wallet.user
    day, month = days_of(at=state.at, time_zone=user.time_zone)
    check_person(rule=state.rule, country=user.country, born_on=user.born_on, day=day, adult=False)
    limits, spent = state.limits.get(wallet.pk, {}), state.spent.get(wallet.pk, {})
    for limit in limits.values():
        if limit.until is not None and state.at < limit.until:
            raise Paused(until=limit.until)
    for kind, since in ((LimitKind.DAY, day), (LimitKind.MONTH, month)):
        said = limits.get(kind)
        if said is not None and said.coins_micros is not None:
            sums = sum(micros for then, micros in spent.items() if then >= since)
            most = Money(said.coins_micros, COIN)
            check_sum(kind, limit=most, spent=Money(sums, COIN), asked=ask.coins, day=day)
    return day


_SPENT = """
    UPDATE coins_coinlot AS lot SET spent_micros = spent_micros + part.coins,
        left_micros = left_micros - part.coins, value_left_micros = value_left_micros - part.value
    FROM (
        SELECT id, sum(coins)::bigint AS coins, sum(value)::bigint AS value
        FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS given (id, coins, value) GROUP BY id
    ) AS part WHERE lot.id = part.id
"""


def _write(state: _State) -> None:
    if not state.taken:
        return
    Spend.objects.bulk_create(state.spends)
    rows = [
        SpendPart(
            spend_id=taken.spend_id,
            lot_id=part.lot_id,
            coins_micros=part.coins.micros,
            value_micros=part.value.micros if part.value is not None else 0,
        )
        for taken in state.taken
        for part in taken.parts
    ]
    SpendPart.objects.bulk_create(rows)
    columns: list[list[UUID] | list[int]] = [
        [row.lot_id for row in rows],
        [row.coins_micros for row in rows],
        [row.value_micros for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, columns)
