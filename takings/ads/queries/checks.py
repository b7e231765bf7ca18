"""What the books owe to advertising: reserved money is leased, and every charge was seen."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import Count, F, Sum

from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    InvalidImpression,
    InvoicedCampaign,
    Lease,
    LineItem,
    TrafficCredit,
)
from takings.ads.queries import promotion_checks
from takings.ads.queries.accounts import prepaid_account
from takings.ads.queries.traffic import over_invoiced
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.policies.rules import AD_REVENUE
from takings.settlement.queries import paid_by_platform

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
    """Compare each charge with the impressions billed under its entry, and their shares with its.

    A share that is none, of what a pool was paid, is no share of nothing.
    """
    sums = (Count("pk"), Sum("price_micros"), Sum("share_micros"))
    billed = BilledImpression.objects.values_list("entry_id").annotate(*sums)
    seen = {entry_id: tuple(found) for entry_id, *found in billed}
    said = ("impression_count", "amount_micros", "share_micros")
    charges = Charge.objects.values_list("entry_id", *said)
    for entry_id, count, micros, share in charges.iterator(chunk_size=5_000):
        if seen.pop(entry_id, None) != (count, micros, share):
            told = f"{count} views and {micros} micro-units are not what was seen"
            yield Finding(CHARGES_WERE_SEEN.invariant, f"entry:{entry_id}", told)
    for entry_id in seen:
        told = "impressions name an entry that is no charge"
        yield Finding(CHARGES_WERE_SEEN.invariant, f"entry:{entry_id}", told)


def _find_commitments(_: Progress) -> Iterator[Finding]:
    """Compare what each campaign and each line item has committed with its leases.

    What it got back is not committed any more.
    """
    held = Sum(F("leases__amount_micros") - F("leases__returned_micros"))
    refunds = TrafficCredit.objects.all()
    campaigns, items = refunds.values_list("campaign_id"), refunds.values_list("line_item_id")
    for kind, rows, credits_of in (
        ("campaign", Campaign.objects.all(), campaigns),
        ("line_item", LineItem.objects.all(), items),
    ):
        back = dict(credits_of.annotate(Sum("amount_micros")))
        known = rows.annotate(held=held).order_by("pk")
        for pk, committed, leased in known.values_list("pk", "committed_micros", "held"):
            stands = (leased or 0) - back.get(pk, 0)
            if committed != stands:
                told = f"committed {committed}, leased and not given back {stands}"
                yield Finding(COMMITTED_IS_LEASED.invariant, f"{kind}:{pk}", told)


def _find_credits(_: Progress) -> Iterator[Finding]:
    """Compare each credit with its impressions, and with what its entry gave back."""
    rows = list(TrafficCredit.objects.select_related("campaign").order_by("pk"))
    gone = InvalidImpression.objects.values_list("credit_id")
    sums = Sum("impression__price_micros"), Sum("impression__share_micros")
    seen = {entry_id: tuple(found) for entry_id, *found in gone.annotate(Count("pk"), *sums)}
    posted = ledger.credits_of(entry_ids=[row.pk for row in rows])
    archived = ledger.archived_entries(ids=[row.pk for row in rows])
    advanced = paid_by_platform(entry_ids=[row.pk for row in rows])
    for row in rows:
        said = {
            (prepaid_account(row.campaign.brand_id), row.currency): row.given.micros,
            (AD_REVENUE, row.currency): 0 if row.pk in advanced else _kept_by_platform(row),
        }
        moved = {place: micros for place, micros in said.items() if micros}
        of_credit = (row.impression_count, row.amount_micros, row.share_micros)
        if seen.get(row.pk) != of_credit or (
            row.pk not in archived and posted.get(row.pk, {}) != moved
        ):
            told = f"{row.impression_count} views for {row.amount_micros} are not what it gave back"
            yield Finding(CREDITS_WERE_CHARGED.invariant, f"entry:{row.pk}", told)


def _kept_by_platform(row: TrafficCredit) -> int:
    """Return what moves to the platform: of a creator's share what the advertiser does not get."""
    if row.share_micros is None:
        return row.kept_micros
    return max(0, row.share_micros - row.given.micros)


def _find_overbilled(_: Progress) -> Iterator[Finding]:
    """Compare what was invoiced of each campaign, less its credit notes, with what was seen."""
    campaigns = InvoicedCampaign.objects.values_list("campaign_id", flat=True)
    for campaign_id in campaigns.order_by("campaign_id").distinct():
        over = over_invoiced(campaign_id=campaign_id)
        if over > 0:
            told = f"{over} micro-units were invoiced that nobody saw"
            yield Finding(INVOICES_ARE_SEEN.invariant, f"campaign:{campaign_id}", told)


RESERVED_IS_LEASED = Check("an advertiser's reserved money is what ad servers hold", _find_reserved)
CHARGES_WERE_SEEN = Check("every ad charge equals the impressions it bills", _find_charges)
COMMITTED_IS_LEASED = Check(
    "what a campaign and each of its line items have committed equals their leases",
    _find_commitments,
)
CREDITS_WERE_CHARGED = Check(
    "every credit for invalid traffic equals the impressions it gives back", _find_credits
)
INVOICES_ARE_SEEN = Check(
    "no invoice bills more than was charged and not given back", _find_overbilled
)
CHECKS = (
    RESERVED_IS_LEASED,
    CHARGES_WERE_SEEN,
    COMMITTED_IS_LEASED,
    CREDITS_WERE_CHARGED,
    INVOICES_ARE_SEEN,
    *promotion_checks.CHECKS,
)
