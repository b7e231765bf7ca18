"""What the books owe to deals: what is held is there, and what left, left once."""

from collections import Counter
from collections.abc import Callable, Iterator

from django.db.models import F, Sum

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.payments.models import PaymentShare
from takings.sponsorships.models import (
    ESCROW,
    Deal,
    Funding,
    Milestone,
    Release,
    Settled,
    TakenBack,
)
from takings.sponsorships.queries.deals import DEAL_PURPOSE

Tell = Callable[[int, int], None]
Places = Counter[tuple[str, str]]


def _find_held(_: Tell) -> Iterator[Finding]:
    """Compare each waiting account with what came for it, less what left it."""
    left = _came()
    left.subtract(_left())
    for row in ledger.balances(prefix=ESCROW):
        left[row.name, row.balance.currency] -= row.balance.micros
    for (account, code), micros in sorted(left.items()):
        if micros:
            told = f"what came less what left and its balance differ by {micros} {code} micro-units"
            yield Finding(HELD_IS_THERE.invariant, f"account:{account}", told)


def _came() -> Places:
    """Return what came for each account and did not go back to a card."""
    came = Places()
    prepaid = Funding.objects.filter(way=Funding.Way.PREPAID)
    for pk, code, micros in prepaid.values_list("pk", "currency", "amount_micros"):
        came[f"{ESCROW}{pk}", code] += micros
    shares = PaymentShare.objects.filter(payment__purpose=DEAL_PURPOSE, account__startswith=ESCROW)
    still = F("amount_micros") - F("given_micros")
    for account, code, micros in shares.values_list("account", "payment__currency", still):
        came[account, code] += micros
    return came


def _left() -> Places:
    """Return what left each account for a creator and us, or for a prepaid balance."""
    fundings = dict(Funding.objects.filter(is_wanted=True).values_list("deal", "pk"))
    prepaid = Deal.objects.filter(fundings__way=Funding.Way.PREPAID, fundings__is_wanted=True)
    back = Settled.objects.filter(milestone__deal__in=prepaid)
    left = Places()
    for rows, path, column, sign in (
        (Release.objects.all(), "settled__milestone__deal", "total_micros", 1),
        (TakenBack.objects.all(), "release__settled__milestone__deal", "total_micros", -1),
        (back, "milestone__deal", "brand_micros", 1),
    ):
        sums = rows.values_list(path, f"{path}__currency").annotate(Sum(column))
        for deal, code, micros in sums:
            left[f"{ESCROW}{fundings[deal]}", code] += sign * micros
    return left


def _find_parts(_: Tell) -> Iterator[Finding]:
    """Compare what each deal was paid in with its milestones, and each milestone with its end."""
    paid = dict(Funding.objects.filter(is_wanted=True).values_list("deal", "amount_micros"))
    parts = Milestone.objects.values_list("deal").annotate(Sum("amount_micros"))
    for deal, micros in parts.order_by("deal"):
        if paid.pop(deal, 0) != micros:
            told = f"its milestones come to {micros} micro-units, and that was not paid in"
            yield Finding(MILESTONES_ARE_THE_MONEY.invariant, f"deal:{deal}", told)
    for deal in paid:
        told = "it was paid in and has no milestone"
        yield Finding(MILESTONES_ARE_THE_MONEY.invariant, f"deal:{deal}", told)
    wrong = Settled.objects.exclude(amount_micros=F("milestone__amount_micros"))
    for one in wrong.select_related("milestone").order_by("pk"):
        told = f"milestone {one.pk} left with {one.amount_micros} micro-units"
        yield Finding(MILESTONES_ARE_THE_MONEY.invariant, f"deal:{one.milestone.deal_id}", told)


def _find_over(_: Tell) -> Iterator[Finding]:
    """Find deals that are over while a milestone of theirs still waits."""
    over = Deal.objects.filter(status__in=["done", "ended"], milestones__settled__isnull=True)
    for pk in over.filter(milestones__isnull=False).order_by("pk").distinct().values_list("pk"):
        told = "it is over, and a milestone of it still waits"
        yield Finding(OVER_IS_PAID_OUT.invariant, f"deal:{pk[0]}", told)


HELD_IS_THERE = Check(
    "what was paid in for a deal and did not leave waits on its account", _find_held
)
MILESTONES_ARE_THE_MONEY = Check(
    "a deal's milestones are what was paid in, and each left once and whole", _find_parts
)
OVER_IS_PAID_OUT = Check("a deal that is over holds nothing", _find_over)

CHECKS = (HELD_IS_THERE, MILESTONES_ARE_THE_MONEY, OVER_IS_PAID_OUT)
