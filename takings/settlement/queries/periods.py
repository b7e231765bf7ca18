"""Periods: which one an instant belongs to, by name, and how far its close is."""

import datetime as dt

from django.db import connection

from takings.ledger import queries as ledger
from takings.money import Money
from takings.policies.queries import policy, policy_at
from takings.settlement.models import CloseStage, Period, Status
from takings.settlement.rules import PRODUCT, PoolKey, Tile, tile_at, tile_named

PERIODS_LOCK = 7_201_101
"""Advisory lock: shared while money enters the open period, exclusive while one is frozen."""


def open_period(*, at: dt.datetime) -> Period:
    """Return the period that money of this instant belongs to; it may not be stored yet.

    Inside a transaction it stays open until the commit: a close that wants to freeze it waits.
    Money of an instant whose period is frozen already goes to the next one.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PERIODS_LOCK])
    return period_at(at=at)


def held_open(*, name: str) -> Period:
    """Return the period of this name; a close that wants to freeze it waits for our commit.

    Refuses: UnknownPeriod.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PERIODS_LOCK])
    return period(name=name)


def period_at(*, at: dt.datetime) -> Period:
    """Return the first period from this instant on that is not frozen, without holding it open."""
    stored = {row.name: row for row in Period.objects.order_by("starts_at")}
    tiles = [_tile(row) for row in stored.values()]
    tile = tile_at(tiles, at=at)
    while tile.name in stored and stored[tile.name].status != Status.OPEN:
        tile = tile_at(tiles, at=tile.ends_at)
    return stored.get(tile.name) or _unstored(tile)


def period(*, name: str) -> Period:
    """Return the period of this name; a month nobody has settled yet is not stored.

    Refuses: UnknownPeriod.
    """
    stored = {row.name: row for row in Period.objects.order_by("starts_at")}
    tile = tile_named([_tile(row) for row in stored.values()], name=name)
    return stored.get(tile.name) or _unstored(tile)


def periods() -> list[Period]:
    """Return all stored periods, newest first."""
    return list(Period.objects.order_by("-starts_at"))


def periods_with_money() -> set[str]:
    """Return the names of the periods whose pools are not empty."""
    return {key.period for key in pools_with_money()}


def pools_with_money() -> dict[PoolKey, Money]:
    """Return every pool that is not empty, of whatever period and product, with what is in it."""
    pools: dict[PoolKey, Money] = {}
    for row in ledger.balances(prefix="pool:"):
        _, product, country, name = row.name.split(":")
        if row.balance:
            pools[PoolKey(name, country, row.balance.currency, product)] = row.balance
    return pools


def payable_from(*, period: Period) -> dt.datetime | None:
    """Return when the hold window of a closed period ends; nothing while it is open."""
    if period.closed_at is None:
        return None
    rules = policy(period.policy_version).settlement
    return period.closed_at + dt.timedelta(days=rules.held(stream=PRODUCT))


def settled_at(day: dt.date) -> dt.datetime | None:
    """Return when the last period of a UTC day was closed; nothing while one of them is not."""
    starts_at = dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)
    ends_at = starts_at + dt.timedelta(days=1)
    found = Period.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    tiles = [
        (min(row.ends_at, ends_at) - max(row.starts_at, starts_at), row.closed_at) for row in found
    ]
    closed = [at for _, at in tiles if at is not None]
    is_whole = sum((length for length, _ in tiles), dt.timedelta()) == ends_at - starts_at
    return max(closed) if is_whole and len(closed) == len(tiles) else None


def close_stages(*, period: Period) -> list[CloseStage]:
    """Return the finished stages of a close, in their order."""
    return list(CloseStage.objects.filter(period=period).order_by("finished_at", "id"))


def _tile(row: Period) -> Tile:
    return Tile(row.name, row.starts_at, row.ends_at)


def _unstored(tile: Tile) -> Period:
    return Period(
        name=tile.name,
        starts_at=tile.starts_at,
        ends_at=tile.ends_at,
        policy_version=policy_at(at=tile.starts_at).version,
        status=Status.OPEN,
    )
