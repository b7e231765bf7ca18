"""The record of a close: which stages are done, and the digests of what went in and came out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from takings.money import Money
from takings.settlement.models import CloseStage, Period, Stage
from takings.settlement.rules import PoolKey, digest_rows, named

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Done:
    """What a finished stage reports; ``snapshot_id`` names the lake's version if it read one."""

    row_count: int
    input_digest: str
    output_digest: str
    snapshot_id: int | None = None


def hold_period(period: Period) -> None:
    """Let whoever else changes what a period comes to wait until this transaction ends.

    Statements themselves cannot be locked: that takes the right to change them, and nobody has it.
    """
    Period.objects.select_for_update(no_key=True).get(pk=period.pk)


def is_done(*, period: Period, stage: Stage) -> bool:
    """Tell whether a stage is finished."""
    return CloseStage.objects.filter(period=period, stage=stage).exists()


def output_digest(*, period: Period, stage: Stage) -> str:
    """Return what a finished stage said came out of it."""
    return CloseStage.objects.get(period=period, stage=stage).output_digest


def snapshot_of(*, period: Period) -> int | None:
    """Return the version of the lake that the period's views were counted from."""
    return CloseStage.objects.get(period=period, stage=Stage.COUNTED).snapshot_id


def record(*, period: Period, stage: Stage, done: Done, at: dt.datetime) -> None:
    """Write a stage down as finished."""
    CloseStage.objects.create(
        period=period,
        stage=stage,
        finished_at=at,
        policy_version=period.policy_version,
        snapshot_id=done.snapshot_id,
        row_count=done.row_count,
        input_digest=done.input_digest,
        output_digest=done.output_digest,
    )


def pools_digest(pools: Mapping[PoolKey, Money]) -> str:
    """Return the digest of what is in the pools."""
    return digest_rows(
        named(key.product, key.period, key.country, key.currency, money.micros)
        for key, money in pools.items()
    )
