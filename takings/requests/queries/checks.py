"""What requests add to ``check_books``: what waits is there, and what was earned moved."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from django.db.models import F, Q, Sum

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.payments.models import Attempt, AttemptStatus, PaymentShare, RefundHold, Verb
from takings.requests.models import Release, Request
from takings.requests.queries.rooms import REQUEST_PURPOSE
from takings.requests.rules import ESCROW, HOLDING

Tell = Callable[[int, int], None]
BATCH = 2_000


def _find_waiting(_: Tell) -> Iterator[Finding]:
    """Compare each escrow with what was paid into it, given back and earned.

    Done, it holds what refunds are asked for, what is earned again after a refund was refused (the
    clock sees to that every minute), and else nothing.
    """
    shares = PaymentShare.objects.filter(
        payment__purpose=REQUEST_PURPOSE, account__startswith=ESCROW
    ).values_list("account", F("amount_micros") - F("given_micros"))
    left = Counter(dict(shares))
    out = Release.objects.filter(taken_back__isnull=True).values_list("request_id", "total_micros")
    for pk, micros in out:
        left[f"{ESCROW}{pk}"] -= micros
    refused = Attempt.objects.filter(
        payment__purpose=REQUEST_PURPOSE, verb=Verb.REFUND, status=AttemptStatus.REFUSED
    ).values("payment")
    waits = Request.objects.filter(Q(state__in=HOLDING) | Q(pk__in=refused))
    holding = {f"{ESCROW}{pk}" for pk in waits.values_list("pk", flat=True)}
    asked = RefundHold.objects.filter(released_at=None, account__startswith=ESCROW)
    held = dict(asked.values_list("account").annotate(micros=Sum("amount_micros")))
    for row in ledger.balances(prefix=ESCROW):
        left[row.name] -= row.balance.micros
        if row.name not in holding and row.balance.micros != held.get(row.name, 0):
            told = f"its request is over, and {row.balance.micros} micro-units wait still"
            yield Finding(WHAT_WAITS_IS_THERE.invariant, f"account:{row.name}", told)
    for account, micros in sorted(left.items()):
        if micros:
            told = f"what was paid for it and its balance differ by {micros} micro-units"
            yield Finding(WHAT_WAITS_IS_THERE.invariant, f"account:{account}", told)


def _find_releases(tell: Tell) -> Iterator[Finding]:
    """Compare each release with what its entry gave the creator."""
    rows = Release.objects.order_by("pk").select_related("request")
    total, done, left = rows.count(), 0, rows.iterator(chunk_size=BATCH)
    while batch := list(islice(left, BATCH)):
        ids = [row.entry_id for row in batch]
        posted, archived = ledger.credits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
        for row in batch:
            account = f"creator:{row.request.creator_id}:pending"
            moved = posted.get(row.entry_id, {}).get((account, row.currency), 0)
            if row.entry_id not in archived and moved != row.share_micros:
                told = f"its entry gave the creator {moved} micro-units, it says {row.share_micros}"
                yield Finding(RELEASES_ARE_POSTED.invariant, f"request:{row.request_id}", told)
        done += len(batch)
        tell(done, total)


WHAT_WAITS_IS_THERE = Check(
    "what was paid for a request and is neither earned nor given back waits on its account",
    _find_waiting,
)
RELEASES_ARE_POSTED = Check(
    "each release of a request gave its creator what it says", _find_releases
)

CHECKS = (WHAT_WAITS_IS_THERE, RELEASES_ARE_POSTED)
