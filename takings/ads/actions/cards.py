"""Paying in advance by card: what a paid card adds to a brand's prepaid balance."""

import datetime as dt
from uuid import UUID

from takings.ads import queries
from takings.ads.actions.prepaid import CurrencyNotSold
from takings.ads.models import Deposit
from takings.ads.queries.invoices import advertiser
from takings.ads.queries.promoters import promoter_of
from takings.ads.rules.promotions import CreditsAreNotSold
from takings.ledger.rules import TransferDraft
from takings.money import Money, format_money
from takings.payments.actions import Order, start_payment
from takings.payments.models import Payment
from takings.payments.queries import Sale
from takings.payments.rules import Accepted, Plan, Share
from takings.people.models import Brand, User
from takings.people.queries import NoSuchBrand, Visitor, access_brand
from takings.policies.queries import policy_at


class PrepaidByCard:
    """The purpose of card payments of advertisers; ``subject`` is ``brand:<id>``."""

    name = queries.PREPAID_PURPOSE
    title = "Prepaid advertising"

    def plan(self, sale: Sale) -> Plan:
        """All of it is prepaid: ``provider → advertiser:<brand>:prepaid``."""
        brand = _brand(sale.subject)
        share = Share(queries.prepaid_account(brand.pk), sale.amount)
        memo = f"{brand} paid in advance by card"
        return Plan("prepaid_received", f"deposit:{sale.entry_id}", memo, (share,))

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Write the deposit down; it has the id of its entry, like every deposit."""
        Deposit.objects.create(
            id=sale.entry_id,
            brand=_brand(sale.subject),
            currency=sale.amount.currency,
            amount_micros=sale.amount.micros,
            deposited_at=at,
        )

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:  # noqa: ARG002
        """Move no coins."""
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """Write nothing: what a brand gave back is read from the payment."""

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let every member of the brand see its payments. Refuses: NoSuchBrand."""
        access_brand(user=user, brand_id=_brand(subject).pk)

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say which ads the money paid for."""
        brand = _brand(sale.subject)
        code = sale.amount.currency
        charged = queries.charged_by_campaign(brand=brand, currency=code)
        days = queries.shown_by_day(brand=brand, currency=code, since=sale.ordered_at)
        return (
            f"Bought: advertising for the brand {brand} ({brand.website}), paid in advance",
            *(
                f"Delivered: {one.views} paid views or clicks of “{one.name}” for "
                f"{format_money(one.amount)}, last on {one.last_at:%Y-%m-%d}"
                for one in charged
            ),
            *(
                f"Watched {one.day}: “{one.name}”, {one.views} paid views or clicks for "
                f"{format_money(one.amount)}, from {one.first_at:%H:%M:%S} to "
                f"{one.last_at:%H:%M:%S} UTC, {one.clicks} clicks"
                for one in days
            ),
        )


def top_up(
    *,
    user: User,
    brand: Brand,
    amount: Money,
    payment_id: UUID,
    at: dt.datetime,
    accepted: Accepted | None = None,
) -> Payment:
    """Start a card payment into a brand's prepaid balance; the money is there once it is paid.

    Refuses: CurrencyNotSold, CreditsAreNotSold, and what ``start_payment`` refuses.
    """
    if promoter_of(brand_id=brand.pk) is not None:
        raise CreditsAreNotSold
    sold = policy_at(at=at).currency
    if amount.currency != sold:
        raise CurrencyNotSold(sold=sold, given=amount.currency)
    order = Order(
        id=payment_id,
        purpose=PrepaidByCard.name,
        subject=queries.payments_subject(brand),
        payer=user,
        amount=amount,
        description=f"Prepaid ads for {brand}",
        customer=advertiser(brand=brand),
        accepted=accepted,
    )
    return start_payment(order=order, at=at)


def _brand(subject: str) -> Brand:
    """Return the brand of ``brand:<id>``. Refuses: NoSuchBrand."""
    kind, _, number = subject.partition(":")
    found = (
        Brand.objects.filter(pk=number).first() if kind == "brand" and number.isdigit() else None
    )
    if found is None:
        raise NoSuchBrand
    return found
