"""What the books owe to members and creators: each month's fee is whole, and earned once."""

from collections import Counter
from collections.abc import Callable, Iterator

from django.db.models import Exists, F, OuterRef

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.memberships.models import Member, MemberEarning, MemberMonth
from takings.memberships.queries.fans.members import MEMBER_PURPOSE
from takings.payments.models import PaymentShare

Tell = Callable[[int, int], None]
WAITING = "unearned:membership:"


def _find_waiting(_: Tell) -> Iterator[Finding]:
    """Compare each month's account with what was paid, given back and earned of it."""
    shares = PaymentShare.objects.filter(
        payment__purpose=MEMBER_PURPOSE, account__startswith=WAITING
    ).values_list("account", F("amount_micros") - F("given_micros"))
    left = Counter(dict(shares))
    rows = MemberEarning.objects.values_list("month", "takes", "total_micros")
    for month_id, takes, total in rows.order_by().iterator(chunk_size=5_000):
        left[f"{WAITING}{month_id}"] += total if takes else -total
    for row in ledger.balances(prefix=WAITING):
        left[row.name] -= row.balance.micros
    for account, micros in sorted(left.items()):
        if micros:
            told = f"what was paid for it and its balance differ by {micros} micro-units"
            yield Finding(MEMBERS_FEES_WAIT.invariant, f"account:{account}", told)


def _find_done(_: Tell) -> Iterator[Finding]:
    """Find months of which all days were earned, or that were taken back, and money still waits."""
    done = MemberMonth.objects.filter(paid_at__isnull=False, earned_until__gte=F("ends_at__date"))
    over = MemberMonth.objects.filter(taken_back_at__isnull=False)
    names = {f"{WAITING}{pk}" for rows in (done, over) for pk in rows.values_list("pk", flat=True)}
    for row in ledger.balances(prefix=WAITING):
        if row.balance and row.name in names:
            told = f"{row.balance.micros} micro-units wait for days that are over"
            yield Finding(DONE_MONTHS_ARE_EMPTY.invariant, f"account:{row.name}", told)


def _find_ends(_: Tell) -> Iterator[Finding]:
    """Find memberships that go on and end at another time than any month of theirs that stands."""
    stand = MemberMonth.objects.filter(
        member=OuterRef("pk"),
        ends_at=OuterRef("ends_at"),
        paid_at__isnull=False,
        taken_back_at__isnull=True,
        left_at__isnull=True,
    )
    for member in Member.objects.filter(~Exists(stand), renews=True).order_by("pk"):
        told = f"it goes on, and no month that stands ends at {member.ends_at}"
        yield Finding(MEMBERS_ARE_PAID.invariant, f"member:{member.pk}", told)


MEMBERS_FEES_WAIT = Check(
    "what members paid for days that are not over waits on its account", _find_waiting
)
DONE_MONTHS_ARE_EMPTY = Check(
    "nothing waits for a member's month that is over or was taken back", _find_done
)
MEMBERS_ARE_PAID = Check("who goes on as a member has a month that stands until then", _find_ends)

CHECKS = (MEMBERS_FEES_WAIT, DONE_MONTHS_ARE_EMPTY, MEMBERS_ARE_PAID)
