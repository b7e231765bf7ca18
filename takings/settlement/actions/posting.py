"""The stage that pays: every pool leaves its account by one entry, and must then be empty."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.core.progress import Progress
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft
from takings.policies.rules import Policy
from takings.settlement.actions.counting import pool_balances
from takings.settlement.actions.splitting import post_splits
from takings.settlement.actions.stages import Done, output_digest
from takings.settlement.models import Period, PoolResult, Stage
from takings.settlement.queries import shares_of
from takings.settlement.rules import PoolKey, digest_rows, pool_entry


class PoolNotEmpty(Conflict):
    """A pool of the period still holds money after it was shared."""

    code = "pool_not_empty"
    sentence = "{account} still holds {left} after the close; run check-books."


def post_pools(*, period: Period, policy: Policy, at: dt.datetime, progress: Progress) -> None:
    """Post each pool's entry, then what is shared of it, one transaction each.

    A crash in between leaves whole entries, which the next close meets again.
    """
    results = PoolResult.objects.filter(period=period, entry_id__isnull=False)
    results = results.select_related("period").order_by("country", "currency", "product")
    for number, result in enumerate(results):
        progress(f"{Stage.POSTED.value} {result.country}", number, len(results))
        with transaction.atomic():
            post(drafts=[_draft(period, result, policy)], at=at)
    post_splits(period=period, at=at)


def confirm_posted(period: Period) -> Done:
    """Prove that the pools are empty. Refuses: PoolNotEmpty."""
    for key, left in pool_balances(period=period).items():
        raise PoolNotEmpty(account=key.account, left=left)
    posted = PoolResult.objects.filter(period=period, entry_id__isnull=False)
    rows = list(posted.order_by("country", "currency").values_list("entry_id", "total_micros"))
    return Done(
        row_count=len(rows),
        input_digest=output_digest(period=period, stage=Stage.ALLOCATED),
        output_digest=digest_rows(rows),
    )


def _draft(period: Period, result: PoolResult, policy: Policy) -> EntryDraft:
    key = PoolKey(period.name, result.country, result.currency, result.product)
    memo = f"{result.views} counted views of {result.country} in {period.name}"
    if result.said:
        memo = f"{key.product} of {key.country} in {key.period}. {result.said}"
    if result.views == 0:
        unearned_to = policy.rule_of(key.product).unearned_to
        memo = f"No view of {result.country} counted in {period.name}: {unearned_to}"
    return pool_entry(
        key=key,
        shares=shares_of(pool=result),
        policy_version=period.policy_version,
        occurred_at=period.ends_at,
        memo=memo,
    )
