"""Closing a period: six stages, each done once, any of them repeatable.

A crash between two stages, or inside one, is finished by calling ``close_period`` again: finished
stages are skipped, an unfinished one has left nothing behind, and posting meets its own entry ids.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.db import connection, transaction

from takings.core.progress import Progress, silent
from takings.policies.queries import policy
from takings.policies.rules import Policy
from takings.settlement import queries
from takings.settlement.actions.answering import NumbersChanged
from takings.settlement.actions.counting import CountViews, count_lake, money_to_share, store_counts
from takings.settlement.actions.posting import confirm_posted, post_pools
from takings.settlement.actions.sharing import share_pools
from takings.settlement.actions.stages import Done, is_done, pools_digest, record
from takings.settlement.actions.stating import make_statements
from takings.settlement.models import DryRun, Period, Stage, Status
from takings.settlement.queries.periods import PERIODS_LOCK
from takings.settlement.rules import PeriodNotOver, digest_rows


def close_period(
    *,
    name: str,
    at: dt.datetime,
    progress: Progress = silent,
    early: bool = False,
    count: CountViews = count_lake,
    approved: DryRun | None = None,
) -> Period:
    """Close a period, or finish or repeat its close: the answer is the same closed period.

    ``early`` lets the demo end a running period now; the next one begins there. ``count`` counts
    the views; the period's own policy applies, whatever is in force at ``at``. With ``approved``
    it closes with exactly the numbers of that dry run, or not.

    Refuses: UnknownPeriod, PeriodNotOver, NoProductRule, NumbersChanged, PoolsMoved, PoolNotEmpty.
    """
    progress(Stage.FROZEN, 0, len(Stage))
    period = _freeze(name=name, at=at, early=early, approved=approved)
    rules = policy(period.policy_version)
    progress(Stage.COUNTED, 1, len(Stage))
    _count(period, policy=rules, count=count, at=at)
    steps: tuple[tuple[Stage, Callable[[Period], Done]], ...] = (
        (Stage.ALLOCATED, partial(_share, policy=rules, approved=approved)),
        (Stage.POSTED, confirm_posted),
        (Stage.STATEMENTS, partial(make_statements, at=at)),
        (Stage.CLOSED, partial(_seal, at=at)),
    )
    for number, (stage, step) in enumerate(steps, start=2):
        progress(stage, number, len(Stage))
        if stage == Stage.POSTED and not is_done(period=period, stage=stage):
            post_pools(period=period, policy=rules, at=at, progress=progress)
        _run(period, stage=stage, step=step, at=at)
    progress(Stage.CLOSED, len(Stage), len(Stage))
    return Period.objects.get(pk=period.pk)


def _freeze(*, name: str, at: dt.datetime, early: bool, approved: DryRun | None) -> Period:
    """Let no more money into the period's pools, and write down what is in them."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # waits for every charge under way, see open_period
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PERIODS_LOCK])
        period = queries.period(name=name)
        if period.status != Status.OPEN:
            return period
        if at < period.ends_at:
            if not early or at <= period.starts_at:
                raise PeriodNotOver(period=name, ends_at=period.ends_at)
            period.ends_at = at
        pools = money_to_share(period=period)
        for key in pools:  # what nobody knows how to share is found before anything is frozen
            policy(period.policy_version).rule_of(key.product)
        if approved is not None and pools_digest(pools) != approved.pools_digest:
            raise NumbersChanged(what="the pools hold other amounts")
        period.status = Status.CLOSING
        period.save()
        done = Done(
            row_count=len(pools),
            input_digest=digest_rows([(period.name, period.starts_at, period.ends_at)]),
            output_digest=pools_digest(pools),
        )
        record(period=period, stage=Stage.FROZEN, done=done, at=at)
        return period


def _count(period: Period, *, policy: Policy, count: CountViews, at: dt.datetime) -> None:
    """Count before the stage's transaction: whoever is killed keeps the days counted so far."""
    if not is_done(period=period, stage=Stage.COUNTED):
        counts = count(starts_at=period.starts_at, ends_at=period.ends_at, policy=policy)
        _run(period, stage=Stage.COUNTED, step=partial(store_counts, counts=counts), at=at)


def _run(period: Period, *, stage: Stage, step: Callable[[Period], Done], at: dt.datetime) -> None:
    """Do a stage and record it, both or neither; two closers of one period queue at its row."""
    with transaction.atomic():
        locked = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
        if not is_done(period=locked, stage=stage):
            record(period=locked, stage=stage, done=step(locked), at=at)


def _share(period: Period, *, policy: Policy, approved: DryRun | None) -> Done:
    done = share_pools(period, policy=policy)
    if approved is not None and done.output_digest != approved.lines_digest:
        raise NumbersChanged(what="the same views and pools are shared otherwise")
    return done


def _seal(period: Period, *, at: dt.datetime) -> Done:
    period.status = Status.CLOSED
    period.closed_at = at
    period.save()
    stages = queries.close_stages(period=period)
    outputs = digest_rows((stage.stage, stage.output_digest) for stage in stages)
    return Done(row_count=len(stages), input_digest=outputs, output_digest=outputs)
