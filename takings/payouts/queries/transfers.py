"""Transfers of providers as they stand, and accounts there, for those who may see them."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from takings.core.errors import NotFound
from takings.money import Money
from takings.payments.rules import Booked
from takings.payouts.models import Batch, Payout, ProviderAccount, Transfer, TransferStatus
from takings.payouts.queries.papers import standing
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator

SHOWN = 100
CLOSED = Q(status=TransferStatus.REFUSED) | Q(status=TransferStatus.MADE, why="")


class NoSuchTransfer(NotFound):
    """No payout with this id goes by a provider."""

    code = "no_such_payout_transfer"
    sentence = "There is no such transfer."


class NoAccountChosen(NotFound):
    """The creator is not paid by a provider."""

    code = "no_account_chosen"
    sentence = "You are not paid to an account at a provider; choose one first."


def open_transfers(*, limit: int = SHOWN) -> list[Transfer]:
    """Return the transfers that want looking at, the oldest first: no answer, or not enough."""
    rows = _open().select_related("account", "payout__creator")
    return list(rows.order_by("asked_at", "pk")[:limit])


def open_transfer_count(batch: Batch | None = None) -> int:
    """Return how many there are, of one batch or of all."""
    return (_open().filter(payout__batch=batch) if batch else _open()).count()


def access_transfer(*, user: Visitor, payout_id: UUID) -> Transfer:
    """Return a transfer to an operator. Refuses: OperatorsOnly, NoSuchTransfer."""
    access_operator(user=user)
    found = Transfer.objects.filter(pk=payout_id).first()
    if found is None:
        raise NoSuchTransfer
    return found


def account_at_provider(*, creator: Creator) -> ProviderAccount:
    """Return the account at a provider that a creator is paid to. Refuses: NoAccountChosen."""
    method = standing(creator=creator).method
    if method is None or method.account is None:
        raise NoAccountChosen
    return method.account


def movements(provider: str, begin: dt.datetime, end: dt.datetime | None) -> list[Booked]:
    """Return what transfers did to our balance at a provider from an instant on.

    Until another instant, by the provider's time; without one, all that stands in the books and
    was not done there before, such as what was posted and is not sent yet.
    """
    rows = Payout.objects.filter(method__account__provider=provider, sent_at__isnull=False)
    rows = rows.exclude(transfer__status=TransferStatus.REFUSED).select_related("transfer")
    made = Q(transfer__made_at__gte=begin)
    back = Q(transfer__returned_at__gte=begin)
    if end is None:
        made |= Q(transfer__made_at__isnull=True)
    else:
        made &= Q(transfer__made_at__lt=end)
        back &= Q(transfer__returned_at__lt=end)
    found = [_line("transferred", one, -one.net) for one in rows.filter(made)]
    return found + [_line("transfer_undone", one, one.net) for one in rows.filter(back)]


def _line(what: str, payout: Payout, gross: Money) -> Booked:
    transfer = getattr(payout, "transfer", None)
    ref = transfer.ref if transfer is not None else ""
    return Booked(key=f"{what}:{ref}", gross=gross, fee=Money.zero(gross.currency))


def _open() -> QuerySet[Transfer]:
    return Transfer.objects.exclude(CLOSED)
