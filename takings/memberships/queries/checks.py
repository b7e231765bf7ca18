"""What the books owe to passes: what waits is there, and nobody goes without ads for nothing."""

from collections.abc import Callable, Iterator

from django.db.models import F, Q

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.memberships.models import Month
from takings.memberships.queries.passes import PASS_PURPOSE
from takings.memberships.queries.sums import WAITING
from takings.payments.models import PaymentShare
from takings.people.models import User

Progress = Callable[[int, int], None]


def _find_waiting(_: Progress) -> Iterator[Finding]:
    """Compare each month's account with what was paid, given back and shared of it."""
    shares = PaymentShare.objects.filter(
        payment__purpose=PASS_PURPOSE, account__startswith=WAITING
    ).values_list("account", F("amount_micros") - F("given_micros"))
    left = dict(shares)
    for pk, earned in Month.objects.filter(earned_micros__gt=0).values_list("pk", "earned_micros"):
        account = f"{WAITING}{pk}"
        left[account] = left.get(account, 0) - earned
    for row in ledger.balances(prefix=WAITING):
        left[row.name] = left.get(row.name, 0) - row.balance.micros
    for account, micros in sorted(left.items()):
        if micros:
            told = f"what was paid for it and its balance differ by {micros} micro-units"
            yield Finding(WHAT_WAITS_IS_THERE.invariant, f"account:{account}", told)


def _find_ad_free(_: Progress) -> Iterator[Finding]:
    """Find people who see no ads otherwise than their pass says."""
    either = Q(ad_free_until__isnull=False) | Q(ad_free_pass__ends_at__isnull=False)
    found = User.objects.filter(either).order_by("pk")
    ends = found.values_list("pk", "ad_free_until", "ad_free_pass__ends_at")
    for user_id, shown_until, paid_until in ends.iterator(chunk_size=5_000):
        if shown_until != paid_until:
            told = "their viewer token and their pass end at different times"
            yield Finding(AD_FREE_IS_PAID.invariant, f"user:{user_id}", told)


WHAT_WAITS_IS_THERE = Check(
    "what was paid for days without ads and is not shared yet waits on its account", _find_waiting
)
AD_FREE_IS_PAID = Check("whoever sees no ads has a pass that runs until then", _find_ad_free)

CHECKS = (WHAT_WAITS_IS_THERE, AD_FREE_IS_PAID)
