"""An advertiser's money as it is paid in; ``leasing`` lends it, ``charging`` charges it."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.ads import queries
from takings.ads.models import Deposit
from takings.core.errors import Conflict, Invalid
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.people.actions import record_staff_act
from takings.people.models import Brand, User
from takings.policies.queries import policy_at


class CurrencyNotSold(Invalid):
    """The platform's pools have one currency; so has everything an advertiser buys."""

    code = "currency_not_sold"
    sentence = "Ads are sold in {sold}, not in {given}."


class DepositIdTaken(Conflict):
    """The id of a deposit is its idempotency key."""

    code = "deposit_id_taken"
    sentence = "A deposit with this id exists and is another one; use a new id."


@transaction.atomic
def deposit_prepaid(
    *,
    brand: Brand,
    amount: Money,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Deposit:
    """Take an advertiser's money: ``bank → advertiser:<brand>:prepaid``.

    The same id again with the same brand and amount changes nothing.
    Refuses: DepositIdTaken, CurrencyNotSold, AmountNotPositive.
    """
    deposit, _ = _deposit(brand, amount, id=id, at=at)
    return deposit


@transaction.atomic
def take_deposit(
    *,
    operator: User,
    brand: Brand,
    amount: Money,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    reason: str,
    at: dt.datetime,
) -> Deposit:
    """Write down, as an operator, that an advertiser's money arrived; the act is kept with it.

    Refuses: as :func:`deposit_prepaid`.
    """
    deposit, is_new = _deposit(brand, amount, id=id, at=at)
    if is_new:
        record_staff_act(
            operator=operator,
            act="ads.take_deposit",
            target=f"deposit:{id}",
            reason=reason,
            at=at,
        )
    return deposit


def _deposit(
    brand: Brand,
    amount: Money,
    *,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> tuple[Deposit, bool]:
    """Return the deposit, and whether this call made it."""
    sold = policy_at(at=at).currency
    if amount.currency != sold:
        raise CurrencyNotSold(sold=sold, given=amount.currency)
    transfer = TransferDraft("bank", queries.prepaid_account(brand.pk), amount)
    deposit, is_new = Deposit.objects.get_or_create(
        id=id,
        defaults={
            "brand": brand,
            "currency": amount.currency,
            "amount_micros": amount.micros,
            "deposited_at": at,
        },
    )
    if is_new:
        draft = EntryDraft(
            id=id,
            kind="prepaid_received",
            reference=f"deposit:{id}",
            policy_version=policy_at(at=at).version,
            occurred_at=at,
            memo=f"{brand} paid in advance",
            transfers=(transfer,),
        )
        post(drafts=[draft], at=at)
    elif (deposit.brand_id, deposit.amount) != (brand.pk, amount):
        raise DepositIdTaken
    return deposit, is_new
