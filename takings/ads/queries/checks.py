"""What the books owe to advertising: reserved money is leased, and every charge was seen."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import Count, F, Sum

from takings.ads.models import BilledImpression, Campaign, Charge, Lease, LineItem
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding

Progress = Callable[[int, int], None]


def _find_reserved(_: Progress) -> Iterator[Finding]:
    """Compare each advertiser's reserved account with the rooms of its open leases."""
    rooms: dict[tuple[str, str], int] = defaultdict(int)
    room = F("amount_micros") - F("returned_micros") - F("charged_micros")
    rows = Lease.objects.values_list("campaign__brand_id", "campaign__currency")
    for brand_id, currency, micros in rows.annotate(room=Sum(room)):
        rooms[f"advertiser:{brand_id}:reserved", currency] += micros
    for account in ledger.balances(prefix="advertiser:"):
        if account.name.endswith(":reserved"):
            rooms[account.name, account.balance.currency] -= account.balance.micros
    for (name, currency), micros in sorted(rooms.items()):
        if micros:
            told = f"open leases and the account differ by {micros} micro-units of {currency}"
            yield Finding(RESERVED_IS_LEASED.invariant, f"account:{name}", told)


def _find_charges(_: Progress) -> Iterator[Finding]:
    """Compare each charge with the impressions billed under its entry."""
    seen = {
        entry_id: (count, micros)
        for entry_id, count, micros in BilledImpression.objects.values_list("entry_id").annotate(
            Count("pk"), Sum("price_micros")
        )
    }
    charges = Charge.objects.values_list("entry_id", "impression_count", "amount_micros")
    for entry_id, count, micros in charges.iterator(chunk_size=5_000):
        if seen.pop(entry_id, None) != (count, micros):
            told = f"{count} views and {micros} micro-units are not what was seen"
            yield Finding(CHARGES_WERE_SEEN.invariant, f"entry:{entry_id}", told)
    for entry_id in seen:
        told = "impressions name an entry that is no charge"
        yield Finding(CHARGES_WERE_SEEN.invariant, f"entry:{entry_id}", told)


def _find_commitments(_: Progress) -> Iterator[Finding]:
    """Compare what each campaign and each line item has committed with its leases."""
    held = Sum(F("leases__amount_micros") - F("leases__returned_micros"))
    for kind, rows in (("campaign", Campaign.objects.all()), ("line_item", LineItem.objects.all())):
        known = rows.annotate(held=held).order_by("pk")
        for pk, committed, leased in known.values_list("pk", "committed_micros", "held"):
            if committed != (leased or 0):
                told = f"committed {committed}, leased {leased or 0}"
                yield Finding(COMMITTED_IS_LEASED.invariant, f"{kind}:{pk}", told)


RESERVED_IS_LEASED = Check("an advertiser's reserved money is what ad servers hold", _find_reserved)
CHARGES_WERE_SEEN = Check("every ad charge equals the impressions it bills", _find_charges)
COMMITTED_IS_LEASED = Check(
    "what a campaign and each of its line items have committed equals their leases",
    _find_commitments,
)
CHECKS = (RESERVED_IS_LEASED, CHARGES_WERE_SEEN, COMMITTED_IS_LEASED)
