"""An advertiser's accounts in the books: what is prepaid, reserved and spent."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, Max, Q, Sum

from takings.ads.models import BilledImpression, Campaign, Charge, Deposit, LineItem
from takings.ads.queries.invoices import credited_to
from takings.ads.queries.traffic import VALID, given_back
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payments import queries as payments
from takings.payments.models import Payment
from takings.payments.rules import PurposeName
from takings.people.models import Brand

PREPAID_PURPOSE = PurposeName.ADVERTISER_BALANCE
DEALS = ("deal_funded", "deal_refunded")
CHANGES = {
    "prepaid_received",
    "earnings_exchanged",
    "payment_refunded",
    "refund_failed",
    "payment_disputed",
    "dispute_won",
    "invoice_credited",
    "ad_refunded",
    *DEALS,
}
"""Kinds of entries that change what a brand may spend, besides charges."""


@dataclass(frozen=True, slots=True)
class Balances:
    """Where a brand's money is: what it paid in, less what went back, is in the next five.

    ``spent`` is less what credit notes and the second look at the views gave back; ``deals`` what
    creators are hired for, less what came back of it.

    ``refunding`` is held for refunds that are asked for. ``owed`` is what refunds and disputes took
    after it was spent: the platform bore it.
    """

    deposited: Money
    prepaid: Money
    refunding: Money
    reserved: Money
    spent: Money
    deals: Money
    owed: Money


@dataclass(frozen=True, slots=True)
class Charged:
    """What one campaign was charged so far."""

    name: str
    views: int
    amount: Money
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry that changed what a brand may spend."""

    entry_id: uuid.UUID
    kind: str
    memo: str
    occurred_at: dt.datetime
    change: Money


def prepaid_account(brand_id: int) -> str:
    """Return the account of what a brand may still spend."""
    return f"advertiser:{brand_id}:prepaid"


def reserved_account(brand_id: int) -> str:
    """Return the account of what ad servers hold of a brand's money."""
    return f"advertiser:{brand_id}:reserved"


def prepaid(*, brand_id: int, currency: str) -> Money:
    """Return what a brand may still spend: not what a refund that is asked for will take."""
    return ledger.available(name=prepaid_account(brand_id), currency=currency)


def prepaid_by_brand(*, currency: str) -> dict[int, Money]:
    """Return what each brand may still spend, in one look at the books."""
    accounts = ledger.balances(prefix="advertiser:")
    return {
        int(account.name.split(":")[1]): account.balance - account.held
        for account in accounts
        if account.name.endswith(":prepaid") and account.balance.currency == currency
    }


def balances(*, brand: Brand, currency: str) -> Balances:
    """Return where a brand's money is."""
    deposits = Deposit.objects.filter(brand=brand, currency=currency)
    charges = Charge.objects.filter(campaign__brand=brand, currency=currency)
    back = payments.taken_back(
        purpose=PREPAID_PURPOSE, subject=payments_subject(brand), currency=currency
    )
    charged = Money(_total(charges.aggregate(total=Sum("amount_micros"))), currency)
    spendable = prepaid(brand_id=brand.pk, currency=currency)
    paid_in = Money(_total(deposits.aggregate(total=Sum("amount_micros"))), currency)
    return Balances(
        deposited=paid_in - back.given,
        prepaid=spendable,
        refunding=ledger.balance(name=prepaid_account(brand.pk), currency=currency) - spendable,
        reserved=ledger.balance(name=reserved_account(brand.pk), currency=currency),
        spent=charged
        - credited_to(brand=brand, currency=currency)
        - given_back(brand=brand, currency=currency),
        deals=_in_deals(brand, currency=currency),
        owed=back.borne,
    )


def _in_deals(brand: Brand, *, currency: str) -> Money:
    account = prepaid_account(brand.pk)
    rows = ledger.taken_by(prefix=account, kinds=DEALS)
    found = {(name, code): micros for name, code, micros in rows}
    return Money(found.get((account, currency), 0), currency)


def payments_subject(brand: Brand) -> str:
    """Return how payments name a brand."""
    return f"brand:{brand.pk}"


def card_payments(*, brand: Brand) -> list[Payment]:
    """Return a brand's card payments, newest first."""
    return payments.payments_of(purpose=PREPAID_PURPOSE, subject=payments_subject(brand))


def charged_by_campaign(*, brand: Brand, currency: str) -> list[Charged]:
    """Return what each campaign of a brand was charged and did not get back, by name."""
    billed = BilledImpression.objects.filter(
        VALID, campaign__brand=brand, campaign__currency=currency
    )
    rows = billed.values("campaign__name").annotate(
        views=Count("pk"), micros=Sum("price_micros"), last=Max("viewed_at")
    )
    return [
        Charged(
            name=row["campaign__name"],
            views=row["views"],
            amount=Money(row["micros"], currency),
            last_at=row["last"],
        )
        for row in rows.order_by("campaign__name")
    ]


def charged_around(*, spender: Campaign | LineItem, at: dt.datetime) -> tuple[Money, Money]:
    """Return what a campaign or a line item was charged before an instant, and from it on.

    What it got back is less of what came before.
    """
    found = spender.charges.aggregate(
        before=Sum("amount_micros", filter=Q(charged_at__lt=at)),
        since=Sum("amount_micros", filter=Q(charged_at__gte=at)),
    )
    back = spender.refunds.aggregate(sum=Sum("amount_micros"))["sum"] or 0
    currency = spender.committed.currency
    return Money((found["before"] or 0) - back, currency), Money(found["since"] or 0, currency)


def newest_deposits(*, limit: int = 20) -> list[Deposit]:
    """Return the deposits of all brands, newest first."""
    newest = Deposit.objects.select_related("brand").order_by("-deposited_at", "-pk")
    return list(newest[:limit])


def movements(*, brand: Brand, before: int | None = None, limit: int = 50) -> list[Movement]:
    """Return what changed a brand's prepaid and reserved money together, newest first.

    Lending to ad servers and giving back moves money between the two and is left out.
    """
    paid = ledger.entries_touching(account=prepaid_account(brand.pk), before=before, limit=limit)
    spent = ledger.entries_touching(account=reserved_account(brand.pk), before=before, limit=limit)
    lines = [line for line in paid if line.kind in CHANGES]
    lines += [line for line in spent if line.kind == "ad_charged"]
    newest = sorted(lines, key=lambda line: -line.number)[:limit]
    newest.sort(key=lambda line: line.occurred_at, reverse=True)  # charges are posted in batches
    return [
        Movement(line.id, line.kind, line.memo, line.occurred_at, line.change) for line in newest
    ]


def _total(row: dict[str, int | None]) -> int:
    return int(row["total"] or 0)
